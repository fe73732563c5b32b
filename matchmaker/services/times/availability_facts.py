"""What people say about their time, as plain values: weekly times, single days, bands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from matchmaker.models.states import AvailabilityKind

MIDNIGHT = time(0)

MORNING, AFTERNOON, EVENING = "morning", "afternoon", "evening"
PARTS = (MORNING, AFTERNOON, EVENING)
SATURDAY, SUNDAY = 5, 6
BANDS: Mapping[tuple[int, str], tuple[time, time]] = {
    **{(day, MORNING): (time(10), time(12)) for day in range(5)},
    **{(day, AFTERNOON): (time(15), time(17)) for day in range(7)},
    **{(day, EVENING): (time(18), time(20)) for day in range(5)},
    (SATURDAY, MORNING): (time(11), time(13)),
}
"""The times of the week at which most talks take place, each to be taken by one tap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyTime:
    """Every `weekday` (0 = Monday), local wall time; `ends` 00:00 is the end of the day."""

    weekday: int
    starts: time
    ends: time
    kind: AvailabilityKind = AvailabilityKind.AVAILABLE
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayTime:
    """Single days (both inclusive); without times the whole day."""

    kind: AvailabilityKind
    first_day: date
    last_day: date
    starts: time | None = None
    ends: time | None = None

    def touches(self, start: datetime, end: datetime) -> bool:
        """Whether the local wall times overlap one of the days; they begin and end on one day."""
        day = start.date()
        if not self.first_day <= day <= self.last_day:
            return False
        if self.starts is None or self.ends is None:
            return True
        until = datetime.combine(day, self.ends)
        if self.ends == MIDNIGHT:
            until += timedelta(days=1)
        return start < until and end > datetime.combine(day, self.starts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """Everything that a person has said about their time; equal in content is equal."""

    weekly: tuple[WeeklyTime, ...] = ()
    days: tuple[DayTime, ...] = ()
    school_holidays_off: bool = False

    @property
    def bands(self) -> frozenset[tuple[int, str]]:
        """The bands that are taken as they are."""
        return frozenset(key for key in BANDS if band(key) in self.weekly)

    @property
    def other_weekly(self) -> tuple[WeeklyTime, ...]:
        """The weekly times that no band stands for."""
        taken = {band(key) for key in BANDS}
        return tuple(row for row in self.weekly if row not in taken)

    @property
    def is_empty(self) -> bool:
        kinds = {row.kind for row in self.weekly} | {row.kind for row in self.days}
        return AvailabilityKind.AVAILABLE not in kinds


def band(key: tuple[int, str]) -> WeeklyTime:
    """The weekly time behind a weekday and a part of the day; KeyError if there is none."""
    starts, ends = BANDS[key]
    return WeeklyTime(weekday=key[0], starts=starts, ends=ends)


def normal(given: Availability) -> Availability:
    """In order and each time once."""
    weekly = sorted(
        set(given.weekly),
        key=lambda row: (
            row.weekday,
            row.starts,
            _end(row.ends),
            row.kind,
            row.valid_from or date.min,
            row.valid_to or date.max,
        ),
    )
    days = sorted(
        set(given.days),
        key=lambda row: (row.first_day, row.last_day, row.starts or MIDNIGHT, row.kind, str(row)),
    )
    return replace(given, weekly=tuple(weekly), days=tuple(days))


def _end(ends: time) -> int:
    return ends.hour * 60 + ends.minute or 24 * 60


def in_order(starts: time, ends: time) -> bool:
    """Whether a time ends after it starts; 00:00 ends the day."""
    return ends == MIDNIGHT or starts < ends


def to_json(given: Availability) -> dict[str, Any]:
    """As JSON values, for the audit log."""
    return {
        "weekly": [
            [
                row.kind.value,
                row.weekday,
                *map(_iso, (row.starts, row.ends, row.valid_from, row.valid_to)),
            ]
            for row in given.weekly
        ],
        "days": [
            [row.kind.value, *map(_iso, (row.first_day, row.last_day, row.starts, row.ends))]
            for row in given.days
        ],
        "school_holidays_off": given.school_holidays_off,
    }


def from_json(values: Mapping[str, Any]) -> Availability:
    """What `to_json` wrote down."""
    return Availability(
        weekly=tuple(
            WeeklyTime(
                kind=AvailabilityKind(kind),
                weekday=weekday,
                starts=time.fromisoformat(starts),
                ends=time.fromisoformat(ends),
                valid_from=_day(valid_from),
                valid_to=_day(valid_to),
            )
            for kind, weekday, starts, ends, valid_from, valid_to in values["weekly"]
        ),
        days=tuple(
            DayTime(
                kind=AvailabilityKind(kind),
                first_day=date.fromisoformat(first_day),
                last_day=date.fromisoformat(last_day),
                starts=time.fromisoformat(starts) if starts else None,
                ends=time.fromisoformat(ends) if ends else None,
            )
            for kind, first_day, last_day, starts, ends in values["days"]
        ),
        school_holidays_off=values["school_holidays_off"],
    )


def _iso(value: date | time | None) -> str | None:
    return value.isoformat() if value is not None else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
