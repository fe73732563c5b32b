"""VFREEBUSY: what a server tells of somebody's time without telling of what."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo

from matchmaker.calendars.reading.entries import Entry
from matchmaker.calendars.reading.merging import Interval, Kind
from matchmaker.calendars.reading.report import Reason
from matchmaker.calendars.reading.scanning import Component
from matchmaker.calendars.reading.times import BadTimeError, length, written

TYPES = {"FREE": None, "BUSY-TENTATIVE": Kind.AVOID}
"""All others take time, also those that nobody knows (RFC 5545, 3.2.9)."""


def periods(component: Component, entry: Entry, floating: tzinfo) -> Iterator[Interval]:
    """The times that the entry names; what cannot be read is noted on it."""
    for row in component.all("FREEBUSY"):
        if row.too_long:
            entry.remark(Reason.TOO_MANY_DATES)
        kind = TYPES.get(row.parameters.get("FBTYPE", "BUSY").upper(), Kind.BUSY)
        if kind is None:
            entry.passed = Reason.FREE
            continue
        for text in row.value.split(","):
            if text.strip():
                yield from _period(text, kind, entry, floating)


def _period(text: str, kind: Kind, entry: Entry, floating: tzinfo) -> Iterator[Interval]:
    begin, _, rest = text.strip().partition("/")
    try:
        start = _instant(begin, floating)
        end = _instant(rest, floating) if rest[:1].isdigit() else start + length(rest)
    except BadTimeError:
        entry.remark(Reason.BAD_DATE)
        return
    if entry.start is None or start < entry.start:
        entry.start = start
    if end < start:
        entry.remark(Reason.BAD_DATE)
    else:
        yield Interval(start, end, kind)


def _instant(text: str, floating: tzinfo) -> datetime:
    found = written(text).value
    if not isinstance(found, datetime):
        raise BadTimeError(text[:40])
    return (found if found.tzinfo else found.replace(tzinfo=floating)).astimezone(UTC)
