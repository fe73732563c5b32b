"""Dates, times and lengths as calendars write them, read strictly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z)?)?", re.IGNORECASE | re.ASCII)
_LENGTH = re.compile(
    r"([+-])?P(?:(\d{1,7})W)?(?:(\d{1,7})D)?"
    r"(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?",
    re.IGNORECASE | re.ASCII,
)
EARLIEST, LATEST = 1900, 2200
"""Years. What began before counts from there; what would end later ends there."""


class BadTimeError(ValueError):
    """A value that is no date, time or length."""


@dataclass(frozen=True, slots=True)
class Written:
    """A date, or a time with or without Z, as it stands in the file."""

    value: date | datetime
    utc: bool = False


def written(text: str) -> Written:
    """`20270112`, `20270112T180000` or `20270112T170000Z`. Raises BadTimeError."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise BadTimeError(text[:40])
    year, month, day, hour, minute, second, zulu = match.groups()
    try:
        found = date(min(max(int(year), EARLIEST), LATEST), int(month), int(day))
        if hour is None:
            return Written(found)
        seconds = min(int(second or 0), 59)  # a leap second is a second here
        at = datetime(found.year, found.month, found.day, int(hour), int(minute), seconds)  # noqa: DTZ001
    except ValueError as error:
        raise BadTimeError(text[:40]) from error
    return Written(at.replace(tzinfo=UTC), utc=True) if zulu else Written(at)


def length(text: str) -> timedelta:
    """`P1D`, `PT1H30M`, `-PT15M`. Raises BadTimeError."""
    match = _LENGTH.fullmatch(text.strip())
    if match is None or not any(match.groups()[1:]):
        raise BadTimeError(text[:40])
    sign, *numbers = match.groups()
    weeks, days, hours, minutes, seconds = (int(number or 0) for number in numbers)
    found = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    found = min(found, timedelta(days=366 * (LATEST - EARLIEST)))
    return -found if sign == "-" else found
