"""Days and times as browsers and people write them."""

from __future__ import annotations

import re
from datetime import date, time

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_GERMAN = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_TIME = re.compile(r"(\d{1,2})(?:[:.](\d{2})(?::00)?)?(?:\s*Uhr)?", re.IGNORECASE)


def read_day(text: str) -> date | None:
    """`2027-01-19` (what browsers send) or `19.01.2027`; None for anything else."""
    text = text.strip()
    if match := _ISO.fullmatch(text):
        year, month, day = map(int, match.groups())
    elif match := _GERMAN.fullmatch(text):
        day, month, year = map(int, match.groups())
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_time(text: str) -> time | None:
    """`18:00`, `18.00`, `18` or `18 Uhr`; `24:00` is midnight. None for anything else."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    if (hour, minute) == (24, 0):
        return time(0)
    return time(hour, minute) if hour < 24 and minute < 60 else None
