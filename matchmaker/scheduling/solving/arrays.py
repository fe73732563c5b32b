"""Small helpers on numpy arrays: ragged groups, joins and look-ups in sorted keys."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

NOTHING = np.iinfo(np.int64).min // 4


def ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int64)


def bools(values: Iterable[bool]) -> Bools:
    return np.fromiter(values, dtype=np.bool_)


def offsets(counts: Ints) -> Ints:
    """Where each of the groups of these sizes begins, and the end of the last."""
    result = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(counts, out=result[1:])
    return result


def expand(counts: Ints) -> tuple[Ints, Ints]:
    """For groups of these sizes: the group of every element and its position in the group."""
    owner = np.repeat(np.arange(len(counts)), counts)
    position = np.arange(len(owner)) - np.repeat(offsets(counts)[:-1], counts)
    return owner, position


def join(keys: Ints, begins: Ints) -> tuple[Ints, Ints]:
    """Pairs (left row, right row): each left row with all rows of the right group `keys[row]`."""
    left, position = expand(begins[keys + 1] - begins[keys])
    return left, begins[keys[left]] + position


def member(values: Ints, sorted_keys: Ints) -> Bools:
    """Which of the values are among the keys."""
    if not len(sorted_keys):
        return np.zeros(len(values), dtype=np.bool_)
    spot = np.minimum(np.searchsorted(sorted_keys, values), len(sorted_keys) - 1)
    found: Bools = sorted_keys[spot] == values
    return found


def first_best(groups: Ints, value: Ints) -> Ints:
    """For each distinct group the first row with the highest value, in order of the groups."""
    order = np.lexsort((-value, groups))
    chosen = groups[order]
    head = np.ones(len(order), dtype=np.bool_)
    head[1:] = chosen[1:] != chosen[:-1]
    return order[head]


def best_of_each(groups: Ints, value: Ints, most: int) -> Ints:
    """Rows of the `most` highest values of each group, ascending; of equals the first.

    Groups are numbered from 0.
    """
    if np.bincount(groups, minlength=1).max() <= most:
        return np.arange(len(groups))
    order = np.lexsort((-value, groups))
    chosen = groups[order]
    head = np.flatnonzero(np.diff(chosen, prepend=-1))
    position = np.arange(len(order)) - np.repeat(head, np.diff(np.append(head, len(order))))
    return np.sort(order[position < most])


def positions(keys: Ints, others: Ints) -> Ints:
    """Where each key, a row of two numbers, stands among distinct others (-1: nowhere)."""
    both = np.concatenate([others, keys])
    order = np.lexsort((np.arange(len(both)), both[:, 1], both[:, 0]))
    ordered = both[order]
    head = np.append(True, (ordered[1:] != ordered[:-1]).any(axis=1))[: len(both)]
    spot = np.zeros(len(both), dtype=np.int64)
    spot[order] = order[head][np.cumsum(head) - 1]
    own = spot[len(others) :]
    return np.where(own < len(others), own, -1)


@dataclass(frozen=True, slots=True)
class Spans:
    """Half-open intervals of numbered owners, for questions about many moments at once."""

    begin_keys: Ints
    ends: Ints
    end_keys: Ints
    stride: int
    origin: int

    @classmethod
    def of(cls, rows: list[tuple[int, int, int]], *, merge: bool) -> Spans:
        """From (owner, begin, end); `merge` joins those that touch or overlap."""
        rows = sorted(rows)
        if merge:
            joined: list[tuple[int, int, int]] = []
            for owner, begin, end in rows:
                if joined and joined[-1][0] == owner and begin <= joined[-1][2]:
                    last = joined.pop()
                    joined.append((owner, last[1], max(last[2], end)))
                else:
                    joined.append((owner, begin, end))
            rows = joined
        table = np.array(rows, dtype=np.int64).reshape(-1, 3)
        origin = int(table[:, 1].min()) - 1 if len(rows) else 0
        stride = int(table[:, 2].max()) - origin + 2 if len(rows) else 1
        keys = table[:, 0] * stride + table[:, 1] - origin
        ends = table[:, 0] * stride + table[:, 2] - origin
        return cls(keys, ends, np.sort(ends), stride, origin)

    def rows(self) -> tuple[Ints, Ints, Ints]:
        """(owner, begin, end) of every interval."""
        owner = self.begin_keys // self.stride
        start = owner * self.stride - self.origin
        return owner, self.begin_keys - start, self.ends - start

    def _keys(self, owners: Ints, moments: Ints) -> Ints:
        return owners * self.stride + np.clip(moments - self.origin, 0, self.stride - 1)

    def contain(self, owners: Ints, begin: Ints, end: Ints) -> Bools:
        """Whether one interval of the owner holds all of begin..end (needs merged intervals)."""
        if not len(self.begin_keys):
            return np.zeros(len(owners), dtype=np.bool_)
        spot = np.searchsorted(self.begin_keys, self._keys(owners, begin), side="right") - 1
        inside: Bools = (spot >= 0) & (self.ends[np.maximum(spot, 0)] >= self._keys(owners, end))
        return inside

    def overlap(self, owners: Ints, begin: Ints, end: Ints) -> Bools:
        """Whether some interval of the owner shares a moment with begin..end."""
        started = np.searchsorted(self.begin_keys, self._keys(owners, end), side="left")
        ended = np.searchsorted(self.end_keys, self._keys(owners, begin), side="right")
        shared: Bools = started > ended
        return shared
