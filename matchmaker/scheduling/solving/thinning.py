"""Where there is very much room: which days and starts of a request are looked at first.

Associations and people that are free on every day of a quarter have more ways to meet than memory
holds, and nearly all of them are as good as others. A part of the days, and of each the starts on
a coarse grid, are enough for a good plan and good prices.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchmaker.scheduling.solving.arrays import Bools, Floats, Ints, first_best, offsets
from matchmaker.scheduling.solving.wall import DAY

GRID = 120  # minutes from one start that is looked at to the next


@dataclass(frozen=True, slots=True)
class Thinning:
    """So many days of each request are kept, and of a day the best start and those on the grid.

    `free_days[person, day]` says who is there at some time.
    """

    days: int
    free_days: Bools

    def kept(self, request: Ints, start: Ints, value: Ints, able: Ints) -> Bools:
        """Which starts, sorted by request and time, stay; `able` are free that day to speak there.

        Half of the days are those with the highest value, half are drawn from all others: the more
        are able, the likelier. Days on which nobody is go in any case.
        """
        day = start // DAY
        fresh = np.ones(len(start), dtype=np.bool_)
        fresh[1:] = (request[1:] != request[:-1]) | (day[1:] != day[:-1])
        group = np.cumsum(fresh) - 1
        best = first_best(group, value)
        chosen = self._days(request[best], day[best], value[best], able[best])
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

    def _days(self, request: Ints, day: Ints, value: Ints, able: Ints) -> Bools:
        """A draw without putting back (Efraimidis and Spirakis 2006), the same every time."""
        drawn = np.where(able > 0, -np.log(_evenly(request, day)) / np.maximum(able, 1), np.inf)
        half = -(-self.days // 2)
        liked = _first(request, np.lexsort((drawn, -value, able == 0, request)), half)
        rest = np.where(liked, np.inf, drawn)
        return (able > 0) & (liked | _first(request, np.lexsort((rest, request)), self.days - half))


def _evenly(one: Ints, other: Ints) -> Floats:
    """For two whole numbers one that might be any in (0, 1], whatever they are (SplitMix64)."""
    mixed = one.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + other.astype(np.uint64)
    mixed *= np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    found: Floats = ((mixed >> np.uint64(11)).astype(np.float64) + 1) / (1 << 53)
    return found


def _first(groups: Ints, order: Ints, most: int) -> Bools:
    """The first rows of each group in an order that keeps groups together."""
    begins = offsets(np.bincount(groups))
    chosen = np.zeros(len(groups), dtype=np.bool_)
    chosen[order] = np.arange(len(groups)) - begins[groups[order]] < most
    return chosen
