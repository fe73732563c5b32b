"""Prices: what the time of people, hosts and venues is worth to the rest of the plan."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchmaker.scheduling.solving.arrays import Ints

SCALE = 1 << 16  # prices are whole parts of a point, so that bounds are exact


@dataclass(frozen=True, slots=True)
class MomentPrices:
    """Prices of moments: an owner's talk pays for each priced moment that it covers."""

    keys: Ints
    sums: Ints
    stride: int

    @classmethod
    def of(cls, owners: Ints, moments: Ints, prices: Ints) -> MomentPrices:
        stride = int(moments.max(initial=0)) + 2
        order = np.lexsort((moments, owners))
        sums = np.zeros(len(order) + 1, dtype=np.int64)
        np.cumsum(prices[order], out=sums[1:])
        return cls((owners * stride + moments)[order], sums, stride)

    def __call__(self, owners: Ints, begin: Ints, end: Ints) -> Ints:
        low = np.minimum(begin, self.stride - 1) + owners * self.stride
        high = np.minimum(end, self.stride - 1) + owners * self.stride
        spots = np.searchsorted(self.keys, low), np.searchsorted(self.keys, high)
        return self.sums[spots[1]] - self.sums[spots[0]]


@dataclass(frozen=True, slots=True)
class TalkPrices:
    """Prices of single talks of a person's day, by a key of day, start, minutes and place."""

    keys: Ints
    prices: Ints

    def __call__(self, keys: Ints) -> Ints:
        if not len(self.keys):
            return np.zeros(len(keys), dtype=np.int64)
        spot = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[spot] == keys, self.prices[spot], 0)


@dataclass(frozen=True, slots=True)
class Prices:
    """All prices in parts of a point; `fixed` is what the priced capacities cost together.

    `person_day[person, day]` and `host_day[organisation, day]` hold for every talk of that day;
    `person_moment` (by person * days + day), `person_talk` and `venue_moment` add to them.
    """

    fixed: int
    person_day: Ints
    host_day: Ints
    person_moment: MomentPrices
    person_talk: TalkPrices
    venue_moment: MomentPrices

    @classmethod
    def none(cls, people: int, hosts: int, days: int) -> Prices:
        """Everything is free."""
        nothing = np.zeros(0, dtype=np.int64)
        moments = MomentPrices.of(nothing, nothing, nothing)
        return cls(
            fixed=0,
            person_day=np.zeros((people, days), dtype=np.int64),
            host_day=np.zeros((hosts, days), dtype=np.int64),
            person_moment=moments,
            person_talk=TalkPrices(nothing, nothing),
            venue_moment=moments,
        )
