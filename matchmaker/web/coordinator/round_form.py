"""The form of a planning round: as typed, as read, and what was wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from werkzeug.datastructures import MultiDict

from matchmaker.dates import read_day
from matchmaker.i18n import N_
from matchmaker.models import PlanningRound
from matchmaker.services.errors import Invalid
from matchmaker.services.planning.goals import GOALS, Importance, weights_of
from matchmaker.web.numbers import sent_number
from matchmaker.web.texts import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """The fields as they stand in the form; `goals` maps a goal to less, normal or more."""

    name: str
    first_day: str
    last_day: str
    goals: Mapping[str, Importance]
    version: int = 0

    def facts(self) -> dict[str, Any]:
        """What the service needs. Raises Invalid for days that are none."""
        first, last = read_day(self.first_day), read_day(self.last_day)
        faults = {
            name: N_("Please give a day. Example: 19.01.2027.")
            for name, day in (("first_day", first), ("last_day", last))
            if day is None
        }
        if faults:
            raise Invalid(faults)
        return {
            "name": self.name,
            "first_day": first,
            "last_day": last,
            "weights": weights_of(self.goals),
        }


def empty(today: date) -> Typed:
    """A form for the next whole quarter."""
    first, last = next_quarter(today)
    usual = {goal.key: Importance.NORMAL for goal in GOALS}
    name = _("Quarter %(number)s of %(year)s", number=first.month // 3 + 1, year=first.year)
    return Typed(name=name, first_day=first.isoformat(), last_day=last.isoformat(), goals=usual)


def of_round(row: PlanningRound, goals: Mapping[str, Importance]) -> Typed:
    return Typed(
        name=row.name,
        first_day=row.first_day.isoformat(),
        last_day=row.last_day.isoformat(),
        goals=goals,
        version=row.version,
    )


def from_request(form: MultiDict[str, str]) -> Typed:
    return Typed(
        name=form.get("name", ""),
        first_day=form.get("first_day", ""),
        last_day=form.get("last_day", ""),
        goals={goal.key: _importance(form.get(f"goal-{goal.key}", "")) for goal in GOALS},
        version=sent_number("version", 0),
    )


def next_quarter(today: date) -> tuple[date, date]:
    """First and last day of the quarter after the one in which `today` lies."""
    first = _quarter_start(_quarter_start(today) + timedelta(days=100))
    return first, _quarter_start(first + timedelta(days=100)) - timedelta(days=1)


def _quarter_start(day: date) -> date:
    return date(day.year, day.month - (day.month - 1) % 3, 1)


def _importance(text: str) -> Importance:
    known = {member.value: member for member in Importance}
    return known.get(text, Importance.NORMAL)
