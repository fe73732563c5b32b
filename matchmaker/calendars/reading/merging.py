"""Busy times put together, so that nothing of the single entries is left to be seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    BUSY = "busy"
    AVOID = "avoid"


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """Half-open, in UTC."""

    start: datetime
    end: datetime
    kind: Kind


Span = tuple[datetime, datetime]


def merged(found: Iterable[Interval]) -> list[Interval]:
    """In order and without overlaps: touching times are joined, busy counts before avoid."""
    rows = list(found)
    busy = _joined((row.start, row.end) for row in rows if row.kind is Kind.BUSY)
    avoid = _joined((row.start, row.end) for row in rows if row.kind is Kind.AVOID)
    return sorted(
        [
            *(Interval(*span, Kind.BUSY) for span in busy),
            *(Interval(*span, Kind.AVOID) for span in _outside(avoid, busy)),
        ]
    )


def _joined(spans: Iterable[Span]) -> list[Span]:
    result: list[Span] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def _outside(spans: list[Span], holes: list[Span]) -> list[Span]:
    """What of `spans` is in no hole. Both are in order and joined; one walk along both."""
    result: list[Span] = []
    at = 0
    for start, end in spans:
        begin = start
        while at < len(holes) and holes[at][1] <= begin:
            at += 1
        look = at
        while look < len(holes) and holes[look][0] < end:
            if holes[look][0] > begin:
                result.append((begin, holes[look][0]))
            begin = max(begin, holes[look][1])
            look += 1
        if begin < end:
            result.append((begin, end))
    return result
