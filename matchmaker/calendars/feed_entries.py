"""The entries of a feed that has been written before, so that a few can change and the rest stay.

Reads only what `feed` has written itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache

from matchmaker.calendars._components import CLOSING
from matchmaker.calendars.event import BERLIN, instant
from matchmaker.calendars.feed import Entry, last_day

_OPENING, _ENDING = b"BEGIN:VEVENT\r\n", b"END:VEVENT\r\n"
_END_OF_LINE = b"\r\n"
_COMPONENT = _END_OF_LINE + b"BEGIN:"
_UID = re.compile(rb"\r\nUID:([^\r]*)\r\n")
_TIMES = re.compile(rb"\r\nDT(START|END)(;TZID=[^:]*)?:([0-9T]{15})")
_CANCELLED = b"\r\nSTATUS:CANCELLED\r\n"


def entries_in(content: bytes, timezone: str) -> Iterator[Entry]:
    """Every entry of a feed whose days are those of `timezone`; they come as they stand there.

    Raises ValueError for bytes that are no feed of ours.
    """
    begin = _line(content, _OPENING, 0)
    if begin < 0:
        begin = _line(content, CLOSING, 0)
    while content.startswith(_OPENING, begin):
        end = _line(content, _ENDING, begin)
        if end < 0:
            raise ValueError("an entry does not end")
        end += len(_ENDING)
        yield _entry(content[begin:end], timezone)
        begin = end
    if begin < 0 or content[begin:] != CLOSING:
        raise ValueError("something stands between or behind the entries")


def _line(content: bytes, line: bytes, start: int) -> int:
    """Where this whole line begins, -1 if there is none: a text may hold or end in the same words,
    and so may a piece of it behind the blank of a folded line."""
    found = content.find(_END_OF_LINE + line, start)
    return found + len(_END_OF_LINE) if found >= 0 else -1


def _entry(content: bytes, timezone: str) -> Entry:
    if _COMPONENT in content:
        raise ValueError("an entry does not end before the next begins")
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
