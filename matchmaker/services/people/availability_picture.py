"""The next weeks as a person has described them: what the planning will see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import Assignment, Profile, Talk
from matchmaker.models.states import FREED, AvailabilityKind
from matchmaker.services.desk import Desk
from matchmaker.services.house.planning_rules import planning_rules
from matchmaker.services.times.busy import busy_times
from matchmaker.services.times.calendar_days import closed_names, days, school_names
from matchmaker.services.times.expansion import (
    Interval,
    Taken,
    free_time,
    local_interval,
    without,
)

WEEKS = 6
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PictureDay:
    """Local wall times within the day. `closed` names a public holiday, `school` school holidays.

    Days that are over, or nearer than the person's notice (`too_near`), have no free time.
    `rather_not` is the part of `free` that the person would like to avoid.
    """

    day: date
    free: tuple[Interval, ...]
    rather_not: tuple[Interval, ...]
    talks: tuple[tuple[Interval, str], ...]
    closed: str
    school: str
    off: bool
    too_near: bool

    @property
    def says_something(self) -> bool:
        return bool(self.free or self.talks or self.closed or self.off)


@dataclass(frozen=True, slots=True)
class PictureWeek:
    """`number` is that of the ISO week; the days run from Monday to Sunday."""

    number: int
    days: tuple[PictureDay, ...]

    @property
    def says_something(self) -> bool:
        return any(day.says_something for day in self.days)


def picture(
    session: Session, desk: Desk, profile: Profile, locale: str, weeks: int = WEEKS
) -> list[PictureWeek]:
    """This week and the following ones."""
    first = desk.today - ONE_DAY * desk.today.weekday()
    last = first + ONE_DAY * (7 * weeks - 1)
    subdivision = planning_rules(session).subdivision
    closed = closed_names(first, last, subdivision, locale)
    school = school_names(first, last, subdivision)
    given = free_time(
        profile,
        _busy(session, desk, profile, first, last),
        first=first,
        last=last,
        school=frozenset(school),
        zone=desk.settings.zone,
    )
    free = without(given.available, [_whole(day) for day in closed])
    rather_not = without(free, without(free, given.avoid))
    talks = _talks(session, desk, profile, first, last)
    off = _days_off(profile, first, last)
    possible = desk.today + ONE_DAY * profile.lead_days
    shown = [
        PictureDay(
            day=day,
            free=_within(free, day) if day >= possible else (),
            rather_not=_within(rather_not, day) if day >= possible else (),
            talks=tuple(talk for talk in talks if talk[0][0].date() == day),
            closed=closed.get(day, ""),
            school=school.get(day, ""),
            off=day in off,
            too_near=day < possible,
        )
        for day in days(first, last)
    ]
    return [
        PictureWeek(shown[at].day.isocalendar().week, tuple(shown[at : at + 7]))
        for at in range(0, len(shown), 7)
    ]


def _busy(
    session: Session, desk: Desk, profile: Profile, first: date, last: date
) -> Sequence[Taken]:
    begin, end = _period(desk, first, last)
    found = busy_times(session, begin, end, [profile.person_id])
    return found.get(profile.person_id, ())


def _talks(
    session: Session, desk: Desk, profile: Profile, first: date, last: date
) -> list[tuple[Interval, str]]:
    begin, end = _period(desk, first, last)
    rows = session.execute(
        select(Assignment.starts_at, Assignment.ends_at, Talk.title)
        .join(Assignment.talk)
        .where(
            Assignment.person_id == profile.person_id,
            Assignment.state.not_in(FREED),
            Assignment.ends_at > begin,
            Assignment.starts_at < end,
        )
        .order_by(Assignment.starts_at)
    )
    zone = desk.settings.zone
    return [(local_interval(starts, ends, zone), title) for starts, ends, title in rows]


def _period(desk: Desk, first: date, last: date) -> tuple[datetime, datetime]:
    zone = desk.settings.zone
    begin = datetime.combine(first, time(), tzinfo=zone)
    return begin, datetime.combine(last + ONE_DAY, time(), tzinfo=zone)


def _days_off(profile: Profile, first: date, last: date) -> frozenset[date]:
    """Days that are off as a whole."""
    return frozenset(
        day
        for span in profile.spans
        if span.kind is AvailabilityKind.OFF and span.starts is None
        for day in days(max(first, span.first_day), min(last, span.last_day))
    )


def _whole(day: date) -> Interval:
    start = datetime.combine(day, time())
    return start, start + ONE_DAY


def _within(intervals: Iterable[Interval], day: date) -> tuple[Interval, ...]:
    """The part of the intervals that lies on the day."""
    begin, end = _whole(day)
    cut = ((max(start, begin), min(stop, end)) for start, stop in intervals)
    return tuple((start, stop) for start, stop in cut if start < stop)
