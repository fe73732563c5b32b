"""Sums over ragged groups, taken again and again: what the relaxation does most of the time.

Groups of about the same size stand together, filled up to the same width, so that numpy adds them
without a loop over groups.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from matchmaker.scheduling.solving.arrays import Ints

Reals = npt.NDArray[np.float32]
"""Half as wide as usual: what relaxations need is far coarser, and memory is what they wait for."""

EXACT_WIDTH = 8  # groups up to this size are never filled up
WIDER = 1.15  # from one width to the next beyond
PIECE = 1 << 17  # numbers added at a time: they stay near the processor
TALL = 64  # groups of a piece from which on they are added side by side


def by_width(sizes: Ints) -> tuple[Ints, Ints]:
    """Groups of these sizes in order of their widths, and those widths."""
    most = int(sizes.max(initial=0))
    steps = list(range(EXACT_WIDTH + 1))
    while steps[-1] < most:
        steps.append(max(steps[-1] + 1, int(WIDER * steps[-1])))
    widths = np.array(steps)
    width = widths[np.searchsorted(widths, sizes)]
    order = np.argsort(width, kind="stable")
    return order, width[order]


@dataclass(frozen=True, slots=True)
class Hands:
    """So many threads that add up together: the one that calls and its `helpers`."""

    count: int
    helpers: Executor


Piece = tuple[int, int, Ints, bool]


@dataclass(frozen=True, slots=True)
class Sums:
    """Pieces (first, after, numbers): numbers to add, by position in the group if `upright`.

    They are dealt out to the hands, and gathered in as many rooms, so that one sum at a time can be
    taken.
    """

    hands: Hands
    dealt: tuple[tuple[Piece, ...], ...]
    rooms: tuple[Reals, ...]

    @classmethod
    def of(cls, groups: tuple[Ints, Ints], width: Ints, filler: int, hands: Hands) -> Sums:
        """Of the groups `items[begins[n]:begins[n + 1]]`, given as (begins, items), by `width`.

        `filler` is the number of something that is always 0.
        """
        begins, items = groups
        pieces = list(_pieces(begins, np.append(items, filler), width))
        ends = np.cumsum([numbers.size for _, _, numbers, _ in pieces])
        most = float(ends[-1]) if pieces else 0.0
        shares = np.linspace(0, most, hands.count + 1)[1:-1]
        cuts = [0, *np.searchsorted(ends, shares).tolist(), len(pieces)]
        dealt = tuple(tuple(pieces[first:after]) for first, after in pairwise(cuts))
        largest = max((numbers.size for _, _, numbers, _ in pieces), default=0)
        rooms = tuple(np.empty(largest, dtype=np.float32) for _ in dealt)
        return cls(hands, dealt, rooms)

    def add(self, values: Reals, result: Reals) -> None:
        """Put the sum of each group's values into `result`."""
        others = [
            self.hands.helpers.submit(self._add, number, values, result)
            for number in range(1, len(self.dealt))
        ]
        self._add(0, values, result)
        for other in others:
            other.result()

    def _add(self, number: int, values: Reals, result: Reals) -> None:
        room = self.rooms[number]
        for first, after, numbers, upright in self.dealt[number]:
            some = room[: numbers.size].reshape(numbers.shape)
            np.take(values, numbers, out=some, mode="clip")
            np.add.reduce(some, axis=0 if upright else 1, out=result[first:after])


def _pieces(begins: Ints, items: Ints, width: Ints) -> Iterator[Piece]:
    """Groups of one width, not too many at a time; the last item fills them up."""
    heads = np.flatnonzero(np.diff(width, prepend=-1))
    ends = np.append(heads[1:], len(width))
    for head, end in zip(heads.tolist(), ends.tolist(), strict=True):
        wide = int(width[head])
        each = max(1, PIECE // max(wide, 1))
        for first in range(head, end, each):
            after = min(end, first + each)
            begin, stop = begins[first:after, None], begins[first + 1 : after + 1, None]
            spot = begin + np.arange(wide)
            numbers = items[np.where(spot < stop, spot, len(items) - 1)]
            upright = after - first >= min(wide, TALL)
            yield first, after, np.ascontiguousarray(numbers.T if upright else numbers), upright
