"""What each of all possible changes could gain at most, from the prices of the ground.

At fixed prices no plan of a changed problem is worth more than the bound of the ground, plus what
the change opens: room in priced rows at its price, and talks worth more than the best talk of their
request so far. All changes of one kind are made at once (a world), and each is credited with the
talks that only it makes possible.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from matchmaker.scheduling.problem import Problem
from matchmaker.scheduling.solving.arrays import Bools, Ints, expand, first_best, member
from matchmaker.scheduling.solving.block import Surroundings, make_block
from matchmaker.scheduling.solving.case import Case, make_case
from matchmaker.scheduling.solving.columns import Columns
from matchmaker.scheduling.solving.market import groups_of
from matchmaker.scheduling.solving.pricing import Offer, above, offer
from matchmaker.scheduling.solving.rows import CalendarRows
from matchmaker.scheduling.solving.unlock.ground import Ground, cell_key
from matchmaker.scheduling.solving.unlock.relaxing import Relaxation


@dataclass(frozen=True, slots=True)
class Credits:
    """By owner (person, organisation or request), request and day: how much better a talk is."""

    owner: Ints
    request: Ints
    day: Ints
    surplus: Ints


class TimeIsUp(Exception):
    """The time did not suffice to look at everything."""


Better = tuple[Columns, Ints]
"""The talks that are worth more than any of their request in the ground, and how much more."""


@dataclass(frozen=True, slots=True)
class World:
    """A problem in which all changes of a kind are made: the better talks at both prices."""

    ground: Ground
    case: Case
    of_points: Better
    of_requests: Better

    def better(self, lens: Relaxation) -> Better:
        return self.of_points if lens is self.ground.points else self.of_requests


def world_of(ground: Ground, problem: Problem) -> World:
    """Look at everything, some requests at a time: all of it would not always fit into memory."""
    case = make_case(problem, problem.fixed)
    around = Surroundings.of(case)
    groups = groups_of(around)
    lenses = (ground.points, ground.requests)

    def look(group: Ints) -> list[Offer]:
        block = make_block(around, group)
        return [offer(block, lens.prices, above(lens.top + 1)) for lens in lenses]

    found: list[list[Offer]] = []
    with ThreadPoolExecutor(ground.threads) as pool:
        for first in range(0, len(groups), ground.threads):
            if ground.clock.over:
                raise TimeIsUp
            found += pool.map(look, groups[first : first + ground.threads])
    of_points, of_requests = (
        _better([row[number] for row in found], lens) for number, lens in enumerate(lenses)
    )
    return World(ground, case, of_points, of_requests)


def _better(offers: list[Offer], lens: Relaxation) -> Better:
    columns = Columns.concatenate([Columns.none(), *(row.columns for row in offers)])
    worth = np.concatenate([np.zeros(0, dtype=np.int64), *(row.worth for row in offers)])
    return columns, worth - lens.top[columns.request]


def credit_people(ground: Ground, columns: Columns, surplus: Ints) -> Credits:
    """Credit the one who could not come before; anybody, where all could at some hour.

    Talks that two could not come to before need two changes.
    """
    there = columns.people >= 0
    size = columns.people.shape[1]
    keys = cell_key(
        ground.case,
        np.repeat(columns.request, size),
        np.repeat(columns.day, size),
        np.repeat(columns.mode, size),
        columns.people.ravel(),
    )
    missing: Bools = there & ~member(keys, ground.cells).reshape(there.shape)
    count = missing.sum(axis=1)
    credited = np.where((count == 0)[:, None], there, missing) & (count <= 1)[:, None]
    row, spot = np.nonzero(credited)
    return Credits(columns.people[row, spot], columns.request[row], columns.day[row], surplus[row])


def credit_requests(columns: Columns, surplus: Ints) -> Credits:
    return Credits(columns.request, columns.request, columns.day, surplus)


def credit_hosts(case: Case, columns: Columns, surplus: Ints) -> Credits:
    host = case.tables.requests.organisation[columns.request]
    return Credits(host, columns.request, columns.day, surplus)


def of_evenings(case: Case, found: Credits) -> tuple[Ints, Ints]:
    """(person * days + day, what that evening could gain at most)."""
    days = case.tables.days.count
    key = found.owner * days + found.day
    keys, group = np.unique(key, return_inverse=True)
    best = _best(group, found.request, found.surplus)
    order = best[np.lexsort((-found.surplus[best], group[best]))]
    _, nth = expand(np.bincount(group[best], minlength=len(keys)))
    counted = nth < case.tables.people.per_day[keys[group[order]] // days]
    gains = np.zeros(len(keys), dtype=np.int64)
    np.add.at(gains, group[order[counted]], found.surplus[order[counted]])
    return keys, gains


def of_owners(found: Credits, owners: int) -> Ints:
    """By owner: the sum over the requests, each of which gets one talk."""
    gains = np.zeros(owners, dtype=np.int64)
    best = _best(found.owner, found.request, found.surplus)
    np.add.at(gains, found.owner[best], found.surplus[best])
    return gains


def of_people(case: Case, found: Credits) -> Ints:
    """By person: as of owners, and no more than their limits of `case` admit."""
    people, days = case.tables.people, case.tables.days
    gains = of_owners(found, len(people.ids))
    periods = (
        (found.day, people.per_day),
        (days.week[found.day], people.per_week),
        (days.month[found.day], people.per_month),
        (np.zeros_like(found.day), people.in_all),
    )
    for period, limit in periods:
        best = _best(found.owner, period, found.surplus)
        owner, most = found.owner[best], np.zeros_like(gains)
        times = np.minimum(limit[owner], len(case.tables.requests.ids))
        np.add.at(most, owner, found.surplus[best] * times)
        gains = np.minimum(gains, most)
    return gains


def _best(group: Ints, part: Ints, value: Ints) -> Ints:
    """The row with the highest value of each part of each group, sorted by group."""
    return first_best(group * (int(part.max(initial=0)) + 1) + part, value)


def room_prices(rows: CalendarRows, duals: Ints) -> dict[str, Ints]:
    """By limit and owner: what one talk more in every period of it is worth at these prices."""
    price = np.append(duals, 0)
    return {
        "max_per_day": price[rows.day].sum(axis=1),
        "max_per_week": price[rows.week].sum(axis=1),
        "max_per_month": price[rows.month].sum(axis=1),
        "max_talks": price[rows.in_all],
    }


def all_there(problem: Problem, **facts: Any) -> Problem:
    """The problem with these facts true of everybody (of those who can have them)."""
    others = {name: value for name, value in facts.items() if name != "min_people"}
    return replace(
        problem,
        speakers=tuple(replace(row, **facts) for row in problem.speakers),
        interpreters=tuple(replace(row, **others) for row in problem.interpreters),
    )
