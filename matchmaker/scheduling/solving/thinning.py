"""Where there is very much room: which days and starts of a request are looked at first.

Associations and people that are free on every day of a quarter have more ways to meet than memory
holds, and nearly all of them are as good as others. A part of the days, and of each the starts on
a coarse grid, are enough for a good plan and good prices.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchmaker.scheduling.solving.arrays import Bools, Ints, first_best, offsets
from matchmaker.scheduling.solving.wall import DAY

GRID = 120  # minutes from one start that is looked at to the next
STIR = 2654435761  # Knuth's multiplicative hash: spreads what is numbered one after the other
STIRRED = 1 << 32


@dataclass(frozen=True, slots=True)
class Thinning:
    """So many days of each request are kept, and of a day the best start and those on the grid."""

    days: int

    def kept(self, request: Ints, start: Ints, value: Ints) -> Bools:
        """Which starts, sorted by request and time, stay; one of every request at least.

        Half of the days are those with the highest value, half are spread over all others.
        """
        day = start // DAY
        fresh = np.ones(len(start), dtype=np.bool_)
        fresh[1:] = (request[1:] != request[:-1]) | (day[1:] != day[:-1])
        group = np.cumsum(fresh) - 1
        best = first_best(group, value)
        chosen = self._days(request[best], day[best], value[best])
        kept: Bools = start % GRID == 0
        kept[best] = True
        kept &= chosen[group]
        return kept

    def left_of(self, days: Ints, starts: Ints, step: int) -> tuple[Ints, Ints]:
        """About how many days and starts stay of so many, given the minutes between starts."""
        fewer = np.minimum(days, self.days)
        of_a_day = starts / np.maximum(days, 1)
        thinned = np.minimum(of_a_day, of_a_day * step / GRID + 1)
        return fewer, np.ceil(fewer * thinned).astype(np.int64)

    def _days(self, request: Ints, day: Ints, value: Ints) -> Bools:
        stirred = (request * 31 + day) * STIR % STIRRED
        half = -(-self.days // 2)
        liked = _first(request, np.lexsort((stirred, -value, request)), half)
        rest = np.where(liked, STIRRED, stirred)
        return liked | _first(request, np.lexsort((rest, request)), self.days - half)


def _first(groups: Ints, order: Ints, most: int) -> Bools:
    """The first rows of each group in an order that keeps groups together."""
    begins = offsets(np.bincount(groups))
    chosen = np.zeros(len(groups), dtype=np.bool_)
    chosen[order] = np.arange(len(groups)) - begins[groups[order]] < most
    return chosen
