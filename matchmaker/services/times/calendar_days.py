"""Days to respect: public holidays, school holidays, bridge days, days before a holiday."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import groupby

import holidays

from matchmaker.services.house.planning_rules import PlanningRules

ONE_DAY = timedelta(days=1)
FRIDAY = 4
CLOSED_EVERY_YEAR = ((12, 24), (12, 31))  # Christmas Eve and New Year's Eve

_HOLIDAY_LANGUAGE = {"de": "de", "en": "en_US"}
_EXTRA_NAMES = {
    "de": {(12, 24): "Heiligabend", (12, 31): "Silvester"},
    "en": {(12, 24): "Christmas Eve", (12, 31): "New Year's Eve"},
}


@dataclass(frozen=True, slots=True)
class CalendarDays:
    """The days of a period that a plan keeps clear of.

    `closed` are days without talks, `discouraged` maps a day to the points it costs (the highest
    cause counts), `school` are the days of school holidays. `school_unknown_from` is the first
    day for which nobody knows the school holidays yet; None if they are known to the end.
    """

    closed: frozenset[date]
    school: frozenset[date]
    bridges: frozenset[date]
    eves: frozenset[date]
    discouraged: Mapping[date, int]
    school_unknown_from: date | None


def calendar_days(first: date, last: date, rules: PlanningRules) -> CalendarDays:
    """What is to be respected from `first` to `last` (both inclusive)."""
    around = _closed(first - 4 * ONE_DAY, last + 4 * ONE_DAY, rules.subdivision)
    school = frozenset(_school(rules.subdivision, first, last))
    bridges = frozenset(day for day in days(first, last) if _is_bridge(day, around))
    eves = frozenset(day for day in days(first, last) if _is_eve(day, around))
    points: dict[date, int] = {}
    for causes, cost in (
        (eves, rules.holiday_eve_points),
        (bridges, rules.bridge_day_points),
        (school, rules.school_holiday_points),
    ):
        for day in causes:
            points[day] = max(cost, points.get(day, 0))
    closed = frozenset(day for day in around if first <= day <= last)
    return CalendarDays(
        closed=closed,
        school=school,
        bridges=bridges,
        eves=eves,
        discouraged={
            day: cost for day, cost in sorted(points.items()) if cost and day not in closed
        },
        school_unknown_from=_school_unknown_from(rules.subdivision, first, last),
    )


def days(first: date, last: date) -> Iterator[date]:
    """Every day of the period, both ends included."""
    return (first + ONE_DAY * offset for offset in range((last - first).days + 1))


def days_of_week(weekday: int, first: date, last: date) -> Iterator[date]:
    """Every `weekday` (0 = Monday) of the period, both ends included."""
    start = first + ONE_DAY * ((weekday - first.weekday()) % 7)
    return (start + 7 * ONE_DAY * week for week in range((last - start).days // 7 + 1))


def closed_names(first: date, last: date, subdivision: str, locale: str) -> dict[date, str]:
    """What closed days are called in `locale` (German where it is not German or English)."""
    locale = locale if locale in _HOLIDAY_LANGUAGE else "de"
    public = _holidays(subdivision, first.year, last.year, _HOLIDAY_LANGUAGE[locale], "public")
    extra = {
        date(year, month, day): _EXTRA_NAMES[locale][month, day]
        for year in range(first.year, last.year + 1)
        for month, day in CLOSED_EVERY_YEAR
    }
    return {day: name for day, name in {**extra, **public}.items() if first <= day <= last}


def school_names(first: date, last: date, subdivision: str) -> dict[date, str]:
    """What the school holidays of the period are called (in German, as the schools do)."""
    known = _holidays(subdivision, first.year, last.year, "de", "school")
    return {day: name for day, name in known.items() if first <= day <= last}


def periods(given: frozenset[date]) -> list[tuple[date, date]]:
    """Consecutive days as first and last day, in order."""
    numbered = enumerate(sorted(given))
    runs = (list(run) for _, run in groupby(numbered, key=lambda pair: pair[1] - ONE_DAY * pair[0]))
    return [(run[0][1], run[-1][1]) for run in runs]


def _closed(first: date, last: date, subdivision: str) -> frozenset[date]:
    return frozenset(closed_names(first, last, subdivision, "de"))


def _school(subdivision: str, first: date, last: date) -> Iterator[date]:
    return iter(school_names(first, last, subdivision))


def _school_unknown_from(subdivision: str, first: date, last: date) -> date | None:
    """Data end somewhere; known is everything up to the last school holiday in them."""
    known = _holidays(subdivision, first.year - 1, last.year + 1, "de", "school")
    if any(day >= last for day in known):
        return None
    return max([first, *(day + ONE_DAY for day in known)])


def _is_bridge(day: date, closed: frozenset[date]) -> bool:
    """A single working day between a holiday and the weekend."""
    if day.weekday() > FRIDAY or day in closed:
        return False
    before, after = day - ONE_DAY, day + ONE_DAY
    return (before in closed and after.weekday() > FRIDAY) or (
        after in closed and before.weekday() > FRIDAY
    )


def _is_eve(day: date, closed: frozenset[date]) -> bool:
    return day + ONE_DAY in closed and day not in closed


@cache
def _holidays(
    subdivision: str, first_year: int, last_year: int, language: str, category: str
) -> Mapping[date, str]:
    """Holidays from the package `holidays` (public ones by law, school ones as published)."""
    found = holidays.country_holidays(
        "DE",
        subdiv=subdivision,
        years=range(first_year, last_year + 1),
        language=language,
        categories=(category,),
        expand=False,
    )
    return dict(sorted(found.items()))
