"""Wall-clock moments as whole minutes and days as whole numbers."""

from __future__ import annotations

from datetime import date, datetime, timedelta

DAY = 24 * 60


def minute(moment: datetime) -> int:
    """Minutes since the midnight before 1 January of year 0."""
    return moment.toordinal() * DAY + moment.hour * 60 + moment.minute


def moment(minutes: int) -> datetime:
    return datetime.fromordinal(minutes // DAY) + timedelta(minutes=minutes % DAY)


def week(ordinal: int) -> int:
    """A number that all days of one ISO week share (day 1 was a Monday)."""
    return (ordinal - 1) // 7


def month(ordinal: int) -> int:
    """A number that all days of one calendar month share."""
    day = date.fromordinal(ordinal)
    return day.year * 12 + day.month


def touched_days(begin: int, end: int) -> range:
    """The days that a half-open interval of minutes touches."""
    return range(begin // DAY, (end - 1) // DAY + 1)
