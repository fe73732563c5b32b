"""From weekly rules, single spans and calendars to intervals of one period, in local wall time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from matchmaker.models import AvailabilityRule, AvailabilitySpan, BusyInterval, Profile
from matchmaker.models.states import AvailabilityKind, BusyKind
from matchmaker.services.times.calendar_days import ONE_DAY, days, days_of_week

Interval = tuple[datetime, datetime]
"""Half-open, naive, in the carrier's time zone; it may reach over several days."""

MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True)
class Taken:
    """Hours (UTC) that somebody's calendar takes, or a talk to which they have said no."""

    starts_at: datetime
    ends_at: datetime
    kind: BusyKind = BusyKind.BUSY


Busy = BusyInterval | Taken


@dataclass(frozen=True, slots=True)
class FreeTime:
    """When a person can come, and when they would rather not."""

    available: tuple[Interval, ...]
    avoid: tuple[Interval, ...]


def free_time(
    profile: Profile,
    busy: Collection[Busy],
    *,
    first: date,
    last: date,
    school: frozenset[date],
    zone: ZoneInfo,
) -> FreeTime:
    """A person's time from `first` to `last`, with the `busy` times of calendars and refusals.

    Weekly rules (not in the `school` holidays of people who are off then) and single spans add
    up; days off and busy times take away again, whoever gave them.
    """
    weekly = _weekly(profile.rules, AvailabilityKind.AVAILABLE, first, last)
    if profile.school_holidays_off:
        weekly = (interval for interval in weekly if interval[0].date() not in school)
    available = [*weekly, *_single(profile.spans, AvailabilityKind.AVAILABLE, first, last)]
    off = [*_both(profile, AvailabilityKind.OFF, first, last)]
    taken = [*off, *_busy(busy, BusyKind.BUSY, first, last, zone)]
    avoid = [
        *_both(profile, AvailabilityKind.AVOID, first, last),
        *_busy(busy, BusyKind.AVOID, first, last, zone),
    ]
    return FreeTime(tuple(without(available, taken)), tuple(merged(avoid)))


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time in order, overlapping and touching intervals joined."""
    result: list[Interval] = []
    for start, end in sorted(intervals):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def without(intervals: Iterable[Interval], taken: Iterable[Interval]) -> list[Interval]:
    """The time of `intervals` that is not `taken`, in order."""
    holes = merged(taken)
    result: list[Interval] = []
    for start, end in merged(intervals):
        begin = start
        for hole_start, hole_end in holes:
            if hole_end <= begin or hole_start >= end:
                continue
            if hole_start > begin:
                result.append((begin, hole_start))
            begin = max(begin, hole_end)
        if begin < end:
            result.append((begin, end))
    return result


def on_day(day: date, starts: time | None, ends: time | None) -> Interval | None:
    """The interval of a day; without times the whole day, `ends` 00:00 is its end.

    None if it would end before it starts.
    """
    start = datetime.combine(day, starts or MIDNIGHT)
    end = datetime.combine(day, ends or MIDNIGHT)
    if not ends or ends == MIDNIGHT:
        end += ONE_DAY
    return (start, end) if start < end else None


def local_interval(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> Interval:
    """A time in UTC on the wall clock, widened to whole minutes.

    When the clocks go back, the hour that comes twice must not swallow the interval.
    """
    start = starts_at.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)
    end = ends_at.astimezone(zone).replace(tzinfo=None)
    end = max(end, start + (ends_at - starts_at))
    rounded = end.replace(second=0, microsecond=0)
    return start, rounded if rounded == end else rounded + timedelta(minutes=1)


def _both(profile: Profile, kind: AvailabilityKind, first: date, last: date) -> Iterator[Interval]:
    yield from _weekly(profile.rules, kind, first, last)
    yield from _single(profile.spans, kind, first, last)


def _weekly(
    rules: Iterable[AvailabilityRule], kind: AvailabilityKind, first: date, last: date
) -> Iterator[Interval]:
    for rule in rules:
        if rule.kind is not kind:
            continue
        begin = max(first, rule.valid_from or first)
        end = min(last, rule.valid_to or last)
        for day in days_of_week(rule.weekday, begin, end):
            interval = on_day(day, rule.starts, rule.ends)
            if interval is not None:
                yield interval


def _single(
    spans: Iterable[AvailabilitySpan], kind: AvailabilityKind, first: date, last: date
) -> Iterator[Interval]:
    for span in spans:
        if span.kind is not kind:
            continue
        for day in days(max(first, span.first_day), min(last, span.last_day)):
            interval = on_day(day, span.starts, span.ends)
            if interval is not None:
                yield interval


def _busy(
    busy: Iterable[Busy], kind: BusyKind, first: date, last: date, zone: ZoneInfo
) -> Iterator[Interval]:
    start, end = datetime.combine(first, MIDNIGHT), datetime.combine(last + ONE_DAY, MIDNIGHT)
    for row in busy:
        interval = local_interval(row.starts_at, row.ends_at, zone)
        if row.kind is kind and interval[0] < end and interval[1] > start:
            yield interval
