"""The entries of a feed that has been written before, so that a few can change and the rest stay.

Reads only what `feed` has written itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache

from matchmaker.calendars.event import BERLIN, instant
from matchmaker.calendars.feed import Entry, last_day

_OPENING, _ENDING = b"BEGIN:VEVENT\r\n", b"END:VEVENT\r\n"
_UID = re.compile(rb"\r\nUID:([^\r]*)\r\n")
_TIMES = re.compile(rb"\r\nDT(START|END)(;TZID=[^:]*)?:([0-9T]{15})")
_CANCELLED = b"\r\nSTATUS:CANCELLED\r\n"


def entries_in(content: bytes, timezone: str) -> Iterator[Entry]:
    """Every entry of a feed whose days are those of `timezone`; they come as they stand there.

    Raises ValueError for bytes that are no feed of ours.
    """
    begin = content.find(_OPENING)
    while begin >= 0:
        end = content.find(_ENDING, begin)
        if end < 0:
            raise ValueError("an entry does not end")
        end += len(_ENDING)
        yield _entry(content[begin:end], timezone)
        begin = content.find(_OPENING, end)


def _entry(content: bytes, timezone: str) -> Entry:
    lines = content.replace(b"\r\n ", b"")
    uid = _UID.search(lines)
    times = {name: _instant(local, zone) for name, zone, local in _TIMES.findall(lines)}
    if uid is None or times.keys() != {b"START", b"END"}:
        raise ValueError("an entry has no UID or no times")
    until = last_day(times[b"END"], timezone, cancelled=_CANCELLED in lines)
    return Entry(times[b"START"], uid.group(1).decode(), content, until)


@lru_cache(4096)
def _instant(local: bytes, zone: bytes) -> datetime:
    """Times are written with Berlin's zone or in UTC; most evenings begin at the same ones."""
    wall = datetime.fromisoformat(local.decode())
    return instant(wall, BERLIN) if zone else wall.replace(tzinfo=UTC)
