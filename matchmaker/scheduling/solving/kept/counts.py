"""How many talks of a plan everybody has, by day, week, month and in all."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from matchmaker.scheduling.solving.arrays import Bools, Ints
from matchmaker.scheduling.solving.tables import Days

Small = npt.NDArray[np.int32]
Periods = tuple[Ints, Ints, Ints]  # days, weeks, months
Four = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Limits:
    """The most talks that each owner may have."""

    per_day: Ints
    per_week: Ints
    per_month: Ints
    in_all: Ints

    def none(self) -> Bools:
        """Owners who may have no talk at all."""
        least = np.minimum.reduce([self.per_day, self.per_week, self.per_month, self.in_all])
        nothing: Bools = least <= 0
        return nothing

    def of(self, owner: int) -> Four:
        tables = self.per_day, self.per_week, self.per_month, self.in_all
        day, week, month, in_all = (int(table[owner]) for table in tables)
        return day, week, month, in_all


@dataclass(frozen=True, slots=True)
class Counts:
    """Talks of each owner (person or organisation) in the days, weeks, months of the horizon.

    `full[owner, day]`: one of their limits leaves no room for one talk more on that day.
    """

    days: Days
    limits: Limits
    day: Small
    week: Small
    month: Small
    in_all: Small
    full: Bools

    @classmethod
    def of(cls, days: Days, limits: Limits, owners: Ints, when: Periods) -> Counts:
        """From pairs of an owner and a talk's day, week, month; periods outside are left out."""
        people = len(limits.in_all)
        periods = days.count, int(days.week[-1]) + 1, int(days.month[-1]) + 1
        tables = []
        for number, column in zip(periods, when, strict=True):
            inside = (column >= 0) & (column < number)
            key = owners[inside] * number + column[inside]
            counted = np.bincount(key, minlength=people * number)
            tables.append(counted.astype(np.int32).reshape(people, number))
        in_all = np.bincount(owners, minlength=people).astype(np.int32)
        nothing = np.zeros((people, days.count), dtype=np.bool_)
        counts = cls(days, limits, tables[0], tables[1], tables[2], in_all, nothing)
        return replace(counts, full=counts._full(np.arange(people)))

    def at(self, owner: int, day: int) -> Four:
        """Talks of an owner on a day, in its week and month, and in all."""
        return (
            int(self.day[owner, day]),
            int(self.week[owner, self.days.week[day]]),
            int(self.month[owner, self.days.month[day]]),
            int(self.in_all[owner]),
        )

    def reached(self, owner: Ints, day: Ints) -> Ints:
        """Row by row, how many of the owner's limits leave no room for one talk more that day."""
        limits = self.limits
        reached: Ints = (self.day[owner, day] >= limits.per_day[owner]).astype(np.int64)
        reached += self.week[owner, self.days.week[day]] >= limits.per_week[owner]
        reached += self.month[owner, self.days.month[day]] >= limits.per_month[owner]
        reached += self.in_all[owner] >= limits.in_all[owner]
        return reached

    def changed(self, owners: Ints, when: Periods, by: int) -> Counts:
        """The counts after talks (one an owner, of that day, week, month) came or went."""
        day, week, month = self.day.copy(), self.week.copy(), self.month.copy()
        for table, column in zip((day, week, month), when, strict=True):
            inside = (column >= 0) & (column < table.shape[1])
            np.add.at(table, (owners[inside], column[inside]), by)
        in_all, full = self.in_all.copy(), self.full.copy()
        np.add.at(in_all, owners, by)
        counts = Counts(self.days, self.limits, day, week, month, in_all, full)
        full[owners] = counts._full(owners)
        return counts

    def _full(self, owners: Ints) -> Bools:
        limits, days = self.limits, self.days
        full: Bools = self.day[owners] >= limits.per_day[owners, None]
        full |= (self.week[owners] >= limits.per_week[owners, None])[:, days.week]
        full |= (self.month[owners] >= limits.per_month[owners, None])[:, days.month]
        full |= (self.in_all[owners] >= limits.in_all[owners])[:, None]
        return full
