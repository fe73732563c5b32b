"""Sums over ragged groups, taken again and again: what the relaxation does most of the time.

Groups of about the same size stand together, filled up to the same width, so that numpy adds them
without a loop over groups.
"""

from __future__ import annotations

from dataclasses import dataclass

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
class Sums:
    """Pieces (first, after, numbers): numbers to add, by position in the group if `upright`.

    `room` is where they are gathered, so that only one thread at a time may use it.
    """

    pieces: tuple[tuple[int, int, Ints, bool], ...]
    room: Reals

    @classmethod
    def of(cls, begins: Ints, items: Ints, width: Ints, filler: int) -> Sums:
        """Of the groups `items[begins[n]:begins[n + 1]]`, whose widths rise.

        `filler` is the number of something that is always 0.
        """
        heads = np.flatnonzero(np.diff(width, prepend=-1))
        ends = np.append(heads[1:], len(width))
        items = np.append(items, filler)
        pieces = []
        for head, end in zip(heads.tolist(), ends.tolist(), strict=True):
            wide = int(width[head])
            each = max(1, PIECE // max(wide, 1))
            for first in range(head, end, each):
                after = min(end, first + each)
                begin, stop = begins[first:after, None], begins[first + 1 : after + 1, None]
                spot = begin + np.arange(wide)
                numbers = items[np.where(spot < stop, spot, len(items) - 1)]
                upright = after - first >= min(wide, TALL)
                numbers = np.ascontiguousarray(numbers.T if upright else numbers)
                pieces.append((first, after, numbers, upright))
        largest = max((numbers.size for _, _, numbers, _ in pieces), default=0)
        return cls(tuple(pieces), np.empty(largest, dtype=np.float32))

    def add(self, values: Reals, result: Reals) -> None:
        """Put the sum of each group's values into `result`."""
        for first, after, numbers, upright in self.pieces:
            some = self.room[: numbers.size].reshape(numbers.shape)
            np.take(values, numbers, out=some, mode="clip")
            np.add.reduce(some, axis=0 if upright else 1, out=result[first:after])
