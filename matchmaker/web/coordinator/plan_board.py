"""A plan as a calendar and as pictures: weeks are rows, days are columns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from babel.dates import format_interval, get_day_names

from matchmaker.models import Profile
from matchmaker.models.states import Role
from matchmaker.services.planning.plan_view import Placed, Plan
from matchmaker.services.times.calendar_days import ONE_DAY, closed_names, days, school_names
from matchmaker.web.i18n import day as day_in_words
from matchmaker.web.texts import _

WORKDAYS = range(5)
SATURDAY, SUNDAY = 5, 6


@dataclass(slots=True)
class Cell:
    """One field of the board; `day` as text, `closed` why nobody can come, `note` a remark."""

    day: str
    closed: str = ""
    note: str = ""
    talks: list[Placed] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Week:
    label: str
    dates: str
    note: str
    cells: Sequence[Cell]


def columns(locale: str) -> list[str]:
    """Monday to Friday, and one column for the weekend."""
    names = get_day_names("wide", locale=locale)
    short = get_day_names("abbreviated", locale=locale)
    weekend = " / ".join(short[day].rstrip(".") for day in (SATURDAY, SUNDAY))
    return [*(names[day].capitalize() for day in WORKDAYS), weekend]


def board(plan: Plan, subdivision: str, locale: str) -> list[Week]:
    """Every week that the round touches."""
    first, last = plan.round.first_day, plan.round.last_day
    monday = first - ONE_DAY * first.weekday()
    closed = closed_names(first, last, subdivision, locale)
    school = school_names(first, last, subdivision)
    by_day: defaultdict[date, list[Placed]] = defaultdict(list)
    for row in plan.placed:
        by_day[row.start.date()].append(row)
    return [
        Week(
            label=_("Week %(number)s", number=start.isocalendar().week),
            dates=_span(start, start + 6 * ONE_DAY, locale),
            note=_school_note(start, school),
            cells=[*_cells(start, closed, by_day), _weekend(start, closed, by_day)],
        )
        for start in (monday + 7 * ONE_DAY * week for week in range((last - monday).days // 7 + 1))
    ]


def _span(first: date, last: date, locale: str) -> str:
    """`11–17 Jan`: the day before the month in English too, as in all our dates."""
    british = {"en": "en_GB"}.get(locale, locale)
    return str(format_interval(first, last, "MMMd", locale=british))


def _cells(
    monday: date, closed: Mapping[date, str], by_day: Mapping[date, list[Placed]]
) -> Iterator[Cell]:
    for offset in WORKDAYS:
        day = monday + ONE_DAY * offset
        yield Cell(_short(day), closed.get(day, ""), talks=by_day.get(day, []))


def _weekend(monday: date, closed: Mapping[date, str], by_day: Mapping[date, list[Placed]]) -> Cell:
    both = [monday + ONE_DAY * offset for offset in (SATURDAY, SUNDAY)]
    shut = [f"{_short(day)} {closed[day]}" for day in both if day in closed]
    talks = [row for day in both for row in by_day.get(day, [])]
    label = f"{_short(both[0])} / {_short(both[1])}"
    if len(shut) == len(both):
        return Cell(label, "; ".join(shut), talks=talks)
    return Cell(label, note="; ".join(shut), talks=talks)


def _short(day: date) -> str:
    """`Di., 12.01.` – without the year, which the week says."""
    return day_in_words(day).rsplit(str(day.year), 1)[0].rstrip(" ,")


def _school_note(monday: date, school: Mapping[date, str]) -> str:
    names = (school.get(day) for day in days(monday, monday + 6 * ONE_DAY))
    return ", ".join(dict.fromkeys(name for name in names if name))


def talks_by_week(plan: Plan) -> list[tuple[str, int, str]]:
    """Label, number of talks and first day of every week, for the picture."""
    first, last = plan.round.first_day, plan.round.last_day
    monday = first - ONE_DAY * first.weekday()
    counts: defaultdict[int, int] = defaultdict(int)
    for row in plan.placed:
        counts[(row.start.date() - monday).days // 7] += 1
    return [
        (
            str((monday + 7 * ONE_DAY * week).isocalendar().week),
            counts[week],
            _short(monday + 7 * ONE_DAY * week),
        )
        for week in range((last - monday).days // 7 + 1)
    ]


def loads(plan: Plan, role: Role) -> list[tuple[str, int, int | None]]:
    """Name, talks and limit in this period of everybody with talks, the busiest first."""
    rows = [
        (person.name, plan.load[code], _limit(person.profile, plan))
        for code, person in plan.people.items()
        if person.profile is not None and person.profile.kind == role and plan.load[code]
    ]
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def _limit(profile: Profile, plan: Plan) -> int | None:
    first, last = plan.round.first_day, plan.round.last_day
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    weeks = (last - first).days // 7 + 1
    most = min(profile.max_talks, profile.max_per_month * months, profile.max_per_week * weeks)
    return most if most < (last - first).days else None
