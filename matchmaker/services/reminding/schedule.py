"""Which reminder comes next, and what becomes of it: rules only, without database or mails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from matchmaker.models.states import ReminderKind
from matchmaker.services.reminding.moments import is_night, local_day, morning
from matchmaker.services.reminding.rules import ReminderRules

USEFUL = timedelta(hours=12)
"""A reminder that comes later than this before a talk helps nobody to plan."""


class Why(StrEnum):
    """Why a reminder was skipped."""

    LATE = "late"  # the service was not running, or no mail left, until it was of no use
    JUST_TOLD = "just_told"  # the invitation or the change left on the reminder's day, or after
    UNREACHABLE = "unreachable"  # there is no address, or the invitation did not arrive


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An invitation that counts, as the rules see it; all times aware.

    `asked_at` is when the last mail that asks for an answer left (None: none has left, or the
    answer is there). `reminded_at` has a time for every reminder of this question so far that went
    where the question went; `last_step` also counts those to a former address. `announced`: people
    have been reminded of the talk's present start.
    """

    starts_at: datetime
    sequence: int
    asked_at: datetime | None
    reminded_at: Sequence[datetime] = ()
    last_step: int = 0
    announced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """A reminder that is still to come; `step` and `occasion` as in `models.Reminder`."""

    kind: ReminderKind
    step: int
    occasion: str
    due_at: datetime
    useful_until: datetime

    def is_due(self, now: datetime, zone: ZoneInfo) -> bool:
        """Whether something has to be done about it now; at night nothing has."""
        return self.due_at <= now and not is_night(now, zone)

    def is_late(self, now: datetime) -> bool:
        return now > self.useful_until


def coming(asked: Asked, rules: ReminderRules, zone: ZoneInfo) -> list[Coming]:
    """At most one reminder of each kind."""
    talk = _before_talk(asked, rules, zone)
    found = [] if talk is None or asked.announced else [talk]
    answer = _for_answer(asked, rules, zone, talk)
    return found if answer is None else [*found, answer]


def occasion_of(starts_at: datetime) -> str:
    """The talk's start, by which a reminder of a moved talk is another one."""
    return f"{starts_at.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


def _before_talk(asked: Asked, rules: ReminderRules, zone: ZoneInfo) -> Coming | None:
    if not rules.talk_days:
        return None
    day = local_day(asked.starts_at, zone) - timedelta(days=rules.talk_days)
    return Coming(
        kind=ReminderKind.TALK,
        step=1,
        occasion=occasion_of(asked.starts_at),
        due_at=morning(day, zone),
        useful_until=asked.starts_at - USEFUL,
    )


def _for_answer(
    asked: Asked, rules: ReminderRules, zone: ZoneInfo, talk: Coming | None
) -> Coming | None:
    """None once the reminder of the talk, which also asks, would come first."""
    if asked.asked_at is None or len(asked.reminded_at) >= rules.answer_times:
        return None
    last = max([asked.asked_at, *asked.reminded_at])
    due_at = morning(local_day(last, zone) + timedelta(days=rules.answer_days), zone)
    until = talk.due_at if talk else asked.starts_at - USEFUL
    if due_at >= until:
        return None
    return Coming(
        kind=ReminderKind.ANSWER,
        step=asked.last_step + 1,
        occasion=str(asked.sequence),
        due_at=due_at,
        useful_until=until - timedelta(microseconds=1),
    )
