"""The wall clock of reminders: in the morning, never at night, the same in summer and winter."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MORNING = time(9)
"""When reminders leave."""
DAY_BEGINS, DAY_ENDS = time(8), time(21)
"""Nobody is reminded before and after."""


def morning(day: date, zone: ZoneInfo) -> datetime:
    """When reminders of this day leave, in UTC."""
    return _in_utc(day, MORNING, zone)


def is_night(now: datetime, zone: ZoneInfo) -> bool:
    """Whether people are left alone at `now` (aware)."""
    return not DAY_BEGINS <= now.astimezone(zone).time() < DAY_ENDS


def evening(now: datetime, zone: ZoneInfo) -> datetime:
    """When the night after `now` (aware) begins, in UTC."""
    local = now.astimezone(zone)
    days = timedelta(days=0 if local.time() < DAY_ENDS else 1)
    return _in_utc(local.date() + days, DAY_ENDS, zone)


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def _in_utc(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)
