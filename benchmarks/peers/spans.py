"""Disjoint intervals of many people, asked about many people and many talks at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Span = tuple[int, int]

_PERSON = 2**31
"""More than any minute: one number tells the person and the time."""


class Spans:
    """Times in minutes; touching and overlapping intervals of a person are one."""

    def __init__(self, of_people: Sequence[Iterable[Span]]) -> None:
        starts, ends = [-1], [-1]
        for person, spans in enumerate(of_people):
            for start, end in merged(spans):
                starts.append(person * _PERSON + start)
                ends.append(person * _PERSON + end)
        self._starts = np.array(starts, dtype=np.int64)
        self._ends = np.array(ends, dtype=np.int64)

    def hold(self, people: Ints, start: Ints, end: Ints) -> Bools:
        """[person, talk]: whether the talk lies inside one interval of the person."""
        base = people[:, None] * _PERSON
        last = np.searchsorted(self._starts, base + start, side="right") - 1
        return np.asarray(self._ends[last] >= base + end)

    def touch(self, people: Ints, start: Ints, end: Ints) -> Bools:
        """[person, talk]: whether the talk overlaps an interval of the person."""
        base = people[:, None] * _PERSON
        last = np.searchsorted(self._starts, base + end, side="left") - 1
        return np.asarray(self._ends[last] > base + start)


def merged(spans: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined
