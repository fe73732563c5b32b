"""A program at some prices: what its columns are worth, and what its requests would need."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchmaker.scheduling.solving.arrays import Bools, Ints, best_of_each, join, offsets
from matchmaker.scheduling.solving.linear import Program
from matchmaker.scheduling.solving.prices import SCALE

LOOKED_AT = 6  # best columns of a request that say what it needs
CHOSEN = 12  # best columns of a request among which it may choose


@dataclass(frozen=True, slots=True)
class Groups:
    """`items[begins[n]:begins[n + 1]]` belong to group n."""

    items: Ints
    begins: Ints

    @classmethod
    def of(cls, group: Ints, items: Ints, groups: int) -> Groups:
        order = np.argsort(group, kind="stable")
        return cls(items[order], offsets(np.bincount(group, minlength=groups)))

    def members(self, groups: Ints) -> Ints:
        """What belongs to any of these groups, each once, ascending."""
        _, spot = join(groups, self.begins)
        return np.unique(self.items[spot])


@dataclass(frozen=True, slots=True)
class Ground:
    """`worth` of each column, the best of each request (`top`), and the room of each row.

    `columns` are those of each request, `wants` the rows of its best columns, `wanted` the requests
    by row. `steep` marks rows whose further members cost points.
    """

    program: Program
    duals: Ints
    worth: Ints
    top: Ints
    columns: Groups
    wants: Groups
    wanted: Groups
    room: Ints
    steep: Bools

    @classmethod
    def of(cls, program: Program, duals: Ints, requests: int) -> Ground:
        rows, columns = program.rows, program.columns
        pay = np.bincount(
            np.repeat(np.arange(len(columns)), np.diff(rows.begins)),
            weights=duals[rows.row].astype(np.float64),
            minlength=len(columns),
        )
        worth = SCALE * columns.value - pay.astype(np.int64)
        top = np.zeros(requests, dtype=np.int64)
        np.maximum.at(top, columns.request, worth)
        some = best_of_each(columns.request, worth, CHOSEN)
        best = some[best_of_each(columns.request[some], worth[some], LOOKED_AT)]
        row, number = rows.entries(best)
        pair = np.unique(columns.request[best[number]] * len(rows.limit) + row)
        request, row = np.divmod(pair, max(len(rows.limit), 1))
        room = rows.limit.copy()
        np.add.at(room, rows.step_row, rows.step_size)
        steep = np.zeros(len(room), dtype=np.bool_)
        steep[rows.step_row] = True
        return cls(
            program,
            duals,
            worth,
            top,
            Groups.of(columns.request[some], some, requests),
            Groups.of(request, row, requests),
            Groups.of(row, request, len(room)),
            room,
            steep,
        )

    def short(self) -> Ints:
        """By column: what it falls short of the best of its request, in parts of a point."""
        return self.top[self.program.columns.request] - self.worth

    def losses(self, taken: Bools) -> Ints:
        """By request, in parts of a point: what it falls short of its best and leaves idle.

        The sum is at least what the plan falls short of the bound at these prices.
        """
        rows, plan = self.program.rows, np.flatnonzero(taken)
        got = np.zeros(len(self.top), dtype=np.int64)
        got[self.program.columns.request[plan]] = self.worth[plan]
        idle = self.duals * np.maximum(rows.limit - rows.used(plan), 0)
        row = self.wants.items
        request = np.repeat(np.arange(len(self.top)), np.diff(self.wants.begins))
        some = np.flatnonzero(idle[row])
        left = np.zeros(len(self.top), dtype=np.int64)
        np.add.at(left, request[some], idle[row[some]])
        return self.top - got + left
