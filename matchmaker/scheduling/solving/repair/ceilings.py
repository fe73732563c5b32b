"""What columns can contribute at most to a better plan, and how much they have to.

Beside a plan a column adds at most what it adds to a part of it: further talks of a host earn less,
further talks of a person cost more. As few talks move, most of the plan stays such a part.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchmaker.scheduling.solving.arrays import NOTHING, Bools, Ints, best_of_each, member
from matchmaker.scheduling.solving.columns import Columns
from matchmaker.scheduling.solving.kept.kept import Kept
from matchmaker.scheduling.solving.points import fair_stage, fair_steps
from matchmaker.scheduling.solving.repair.holders import find_holders
from matchmaker.scheduling.solving.repair.listing import Listed


@dataclass(frozen=True, slots=True)
class Candidates:
    """Columns of some requests (`chosen`, ascending), and what each contributes at most.

    `alone` is the same if no talk moves. What is not listed contributes `missed` at most, by
    request. `column` and `request` are pairs: that request's talk holds what the column needs, or
    would make it more valuable by moving.
    """

    chosen: Ints
    columns: Columns
    ceiling: Ints
    alone: Ints
    missed: Ints
    needs: Ints
    column: Ints
    request: Ints

    @property
    def owner(self) -> Ints:
        return np.searchsorted(self.chosen, self.columns.request)

    @property
    def top(self) -> Ints:
        """By request: what any of its columns contributes, or none of them."""
        top: Ints = np.maximum(self.missed, 0)
        np.maximum.at(top, self.owner, self.ceiling)
        return top

    def best(self, each: int) -> Columns:
        """The columns that may contribute most, so many of each request."""
        return self.columns.take(best_of_each(self.columns.request, self.ceiling, each))


def find_candidates(
    plan: Kept, rest: Kept, chosen: Ints, listed: Listed, moves: int, *, own: int
) -> Candidates:
    """Of the listed columns those that fit the plan once at most `moves` other talks have moved.

    `listed` has the columns' points beside `rest`; `own` is 1 if the chosen requests have talks in
    the plan, which move as well.
    """
    holders = find_holders(plan, listed.columns)
    fits = np.flatnonzero((holders.needs <= moves) & ~holders.stuck)
    columns, holders = listed.columns.take(fits), holders.take(fits)
    fair = columns.value - _fairer(plan, rest, columns, own)
    alone = fair - _lighter(plan, rest, columns, 0)
    ceiling = fair - _lighter(plan, rest, columns, moves)
    column, person = columns.seats()
    spot, other = plan.seats.of_people(person)
    pairs = np.concatenate([holders.column, column[spot]])
    request = np.concatenate([holders.request, other])
    return Candidates(chosen, columns, ceiling, alone, listed.missed, holders.needs, pairs, request)


def worth_of(plan: Kept, rest: Kept, stays: Columns) -> Ints:
    """What talks that stay contribute to the plan; the columns have their points beside `rest`."""
    worth: Ints = stays.value - _fairer(plan, rest, stays, 1) - _lighter(plan, rest, stays, 0)
    return worth


def worth_alone(plan: Kept, columns: Columns) -> Ints:
    """What columns contribute to the plan if one talk moves, from their points beside none."""
    fairer = _fairer(plan, None, columns, plan.times.begin[columns.request] != NOTHING)
    worth: Ints = columns.value - fairer - _lighter(plan, None, columns, 1)
    return worth


def _fairer(plan: Kept, rest: Kept | None, columns: Columns, own: int | Bools) -> Ints:
    """Points of fairness that a column has beside `rest` only: a talk that moves keeps its host."""
    tables = plan.tables
    past = fair_stage(tables, plan.facts.case.load)
    steps, host = fair_steps(tables), tables.requests.organisation[columns.request]
    few = rest.hosts.in_all[host] if rest else np.zeros(len(host), dtype=np.int64)
    there = np.maximum(few, plan.hosts.in_all[host] - own)
    fairer: Ints = steps[np.minimum(past[host] + few, 3)] - steps[np.minimum(past[host] + there, 3)]
    return fairer


def _lighter(plan: Kept, rest: Kept | None, columns: Columns, moves: int) -> Ints:
    """Points of balance that a column has beside `rest` only."""
    column, person = columns.seats()
    count = len(plan.tables.people.ids)
    seats = np.sort(plan.seats.request * count + plan.seats.person)
    mine = member(columns.request[column] * count + person, seats)
    few = rest.people.in_all[person] if rest else np.zeros(len(person), dtype=np.int64)
    more = np.maximum(few, plan.people.in_all[person] - moves - mine) - few
    points = np.bincount(column, weights=more, minlength=len(columns)).astype(np.int64)
    lighter: Ints = 2 * plan.problem.weights.balance * points
    return lighter


@dataclass(frozen=True, slots=True)
class Field:
    """Candidates of requests without a place and of those that may move, at most `moves` of them.

    Those that may move contribute `worth` now. `dropping` is what the place of a talk that goes
    without a new one may bring others of its host in fairness.
    """

    free: Candidates
    movable: Candidates
    worth: Ints
    moves: int
    dropping: int

    @property
    def limit(self) -> int:
        """What no plan gains more than."""
        wins, free = self._wins(), self.free
        best = np.sort(np.maximum(wins, 0))[::-1]
        limit = int(free.top.sum() + best[: self.moves].sum())
        if self.moves != 1 or not len(wins):
            return limit
        top = np.maximum(free.missed, 0)
        np.maximum.at(top, free.owner, np.where(free.needs == 0, free.alone, 0))
        moved = unlocked(free, self.movable.chosen).sum(axis=0) + wins
        return min(limit, max(int(top.sum()), int(moved.max())))

    def _wins(self) -> Ints:
        wins: Ints = np.maximum(self.movable.top, self.dropping) - self.worth
        return wins

    def useful(self, gained: int) -> tuple[Columns, Columns, bool]:
        """The columns that plans with more gain could use, and whether these are all there are."""
        wins = self._wins()
        best = np.sort(np.maximum(wins, 0))[::-1]
        total, top = int(self.free.top.sum()), self.free.top
        free = gained - (total - top) - best[: self.moves].sum()
        movable = gained - total + self.worth - best[: max(0, self.moves - 1)].sum()
        complete = bool((self.free.missed <= free).all())
        chosen = self.free.ceiling > free[self.free.owner]
        if self.moves == 1:
            reach = unlocked(self.free, self.movable.chosen).sum(axis=0)
            movable = np.maximum(movable, gained - reach + self.worth)
            chosen &= self._helped(wins) > (gained - (total - top))[self.free.owner]
        complete &= bool((self.movable.missed <= movable).all())
        moving = self.movable.ceiling > movable[self.movable.owner]
        return self.free.columns.take(chosen), self.movable.columns.take(moving), complete

    def _helped(self, wins: Ints) -> Ints:
        """What columns of requests without a place contribute, with what the one mover wins."""
        free, rows = self.free, self.movable.chosen
        helped = np.where(free.needs == 0, free.alone + max(0, wins.max(initial=0)), NOTHING)
        spot, inside = _among(free.request, rows)
        column = free.column[inside]
        np.maximum.at(helped, column, free.ceiling[column] + wins[spot])
        return helped


def unlocked(free: Candidates, movable: Ints) -> Ints:
    """Free * movable requests: the most that the one contributes if only the other moves."""
    owner = free.owner
    top = np.maximum(free.missed, 0)
    at_once = free.needs == 0
    np.maximum.at(top, owner[at_once], free.alone[at_once])
    table = np.repeat(top[:, None], len(movable), axis=1)
    spot, inside = _among(free.request, movable)
    column = free.column[inside]
    np.maximum.at(table, (owner[column], spot), free.ceiling[column])
    return table


def _among(values: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """(position among the ascending rows, number) of the values that are there."""
    if not len(rows):
        return rows, rows
    spot = np.minimum(np.searchsorted(rows, values), len(rows) - 1)
    inside = np.flatnonzero(rows[spot] == values)
    return spot[inside], inside
