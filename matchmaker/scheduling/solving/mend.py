"""Mending a plan: free the requests around a loss, and place them anew as well as can be.

At good prices a plan falls short of the bound only where a request did not get its best column or
where something dear stays idle. Around each such request those are freed that hold what its best
columns need, and theirs in turn; the rest of the plan stays, and the search among them is exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchmaker.scheduling.solving.arrays import Bools, Ints, best_of_each, join, offsets
from matchmaker.scheduling.solving.carve import carve
from matchmaker.scheduling.solving.clock import Clock
from matchmaker.scheduling.solving.exact import search
from matchmaker.scheduling.solving.linear import Program
from matchmaker.scheduling.solving.prices import SCALE

AROUND = 45  # requests freed together
LOOKED_AT = 6  # best columns of a request that say what it needs
NODES = 50  # of the search tree: the order of a neighbourhood's size makes more useless


@dataclass(frozen=True, slots=True)
class Ground:
    """A program at some prices: `worth` of each column, and the columns of each request."""

    program: Program
    worth: Ints
    of_request: Ints
    begins: Ints
    best: Ints

    @classmethod
    def of(cls, program: Program, duals: Ints, requests: int) -> Ground:
        rows, columns = program.rows, program.columns
        pay = np.bincount(
            np.repeat(np.arange(len(columns)), np.diff(rows.begins)),
            weights=duals[rows.row].astype(np.float64),
            minlength=len(columns),
        )
        worth = SCALE * columns.value - pay.astype(np.int64)
        best = best_of_each(columns.request, worth, LOOKED_AT)
        order = np.argsort(columns.request, kind="stable")
        begins = offsets(np.bincount(columns.request, minlength=requests))
        return cls(program, worth, order, begins, best)

    def short(self) -> Ints:
        """By column: what it falls short of the best of its request, in parts of a point."""
        top = np.zeros(len(self.begins) - 1, dtype=np.int64)
        np.maximum.at(top, self.program.columns.request, self.worth)
        return top[self.program.columns.request] - self.worth

    def losses(self, taken: Bools) -> Ints:
        """By request: what it falls short of its best, in parts of a point."""
        columns, count = self.program.columns, len(self.begins) - 1
        top, got = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
        np.maximum.at(top, columns.request, self.worth)
        got[columns.request[taken]] = self.worth[taken]
        return top - got


def mend(
    clock: Clock, ground: Ground, taken: Bools, seeds: Ints, *, seed: int, enough: int
) -> Bools:
    """The plan with the neighbourhoods of these requests placed anew, one after the other.

    Ends once the plan is worth `enough` points.
    """
    points = ground.program.rows.points(ground.program.columns, taken)
    for request in seeds.tolist():
        if clock.over or points >= enough:
            break
        better = _around(clock, ground, taken, request, seed)
        if better is None:
            continue
        gained = ground.program.rows.points(ground.program.columns, better)
        if gained > points:
            taken, points = better, gained
    return taken


def _around(clock: Clock, ground: Ground, taken: Bools, request: int, seed: int) -> Bools | None:
    freed = neighbourhood(ground, taken, request)
    program = ground.program
    mine = np.isin(program.columns.request, freed)
    chosen, kept = np.flatnonzero(mine), np.flatnonzero(taken & ~mine)
    found = search(clock, carve(program, chosen, kept), seed=seed, nodes=NODES)
    if found.taken is None:
        return None
    better = taken & ~mine
    better[chosen[found.taken]] = True
    return better


def neighbourhood(ground: Ground, taken: Bools, request: int) -> Ints:
    """The request and those that hold what it needs, and what they need, AROUND at most."""
    rows, columns = ground.program.rows, ground.program.columns
    plan = np.flatnonzero(taken)
    row, holder = rows.entries(plan)
    order = np.argsort(row, kind="stable")
    holders = columns.request[plan[holder[order]]]
    held = offsets(np.bincount(row, minlength=len(rows.limit)))
    room = rows.limit.copy()
    np.add.at(room, rows.step_row, rows.step_size)
    full = np.diff(held) >= room
    steep = np.zeros(len(full), dtype=np.bool_)
    steep[rows.step_row] = True
    freed, ring = np.array([request]), np.array([request])
    wanted = np.zeros(len(ground.begins) - 1, dtype=np.bool_)
    while len(ring) and len(freed) < AROUND:
        wanted[:] = False
        wanted[ring] = True
        best = ground.best[wanted[columns.request[ground.best]]]
        needed, _ = rows.entries(best)
        needed = np.unique(needed)
        needed = needed[full[needed] | (steep[needed] & (np.diff(held)[needed] > 0))]
        _, spot = join(needed, held)
        ring = np.setdiff1d(holders[spot], freed)[: AROUND - len(freed)]
        freed = np.concatenate([freed, ring])
    return freed
