"""When people are reminded, as the coordination sets it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.i18n import N_
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Invalid
from matchmaker.services.house import settings_row

KEY = "reminders"
RANGES = {"talk_days": (0, 14), "answer_days": (1, 14), "answer_times": (0, 3)}
OUT_OF_RANGE = N_("Please give a whole number within the allowed range.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderRules:
    """`talk_days` before a talk everybody is reminded of it (0: nobody is).

    Whoever has not answered is reminded `answer_days` after having been asked, and as long after
    each reminder, `answer_times` times at most (0: never).
    """

    talk_days: int = 3
    answer_days: int = 4
    answer_times: int = 1


def reminder_rules(session: Session) -> ReminderRules:
    return settings_row.load(session, KEY, ReminderRules)


def change_reminder_rules(session: Session, desk: Desk, **changes: Any) -> ReminderRules:
    """Set the given rules and keep the others; Invalid where a value is out of its range."""
    before = reminder_rules(session)
    after = replace(before, **changes)
    faults = {
        name: OUT_OF_RANGE
        for name, (low, high) in RANGES.items()
        if not low <= getattr(after, name) <= high
    }
    if faults:
        raise Invalid(faults)
    if after != before:
        settings_row.change(session, desk, KEY, "reminders.changed", before=before, after=after)
    return after
