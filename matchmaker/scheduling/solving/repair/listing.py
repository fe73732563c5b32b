"""The columns of a few requests beside a plan, everything free but what the plan holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchmaker.scheduling.problem import Assignment
from matchmaker.scheduling.solving.arrays import NOTHING, Bools, Ints
from matchmaker.scheduling.solving.block import Block, Surroundings, make_block
from matchmaker.scheduling.solving.cells import MOST_MEMBERS
from matchmaker.scheduling.solving.columns import Columns
from matchmaker.scheduling.solving.kept.gain import gain_again
from matchmaker.scheduling.solving.kept.kept import Kept
from matchmaker.scheduling.solving.prices import SCALE, Prices
from matchmaker.scheduling.solving.pricing import Ask, offer
from matchmaker.scheduling.solving.tables import MODES
from matchmaker.scheduling.solving.wall import minute


@dataclass(frozen=True, slots=True)
class Listed:
    """Columns of requests, and by request: what none of them exceeds, and what is not listed.

    `top` are points; columns that are left out are worth `missed` at most (NOTHING: all are there).
    """

    columns: Columns
    top: Ints
    missed: Ints

    def take(self, rows: Bools) -> Listed:
        return Listed(self.columns.take(rows), self.top, self.missed)


def list_columns(around: Surroundings, chosen: Ints, least: Ints, most: int) -> Listed:
    """Columns worth `least` points at least (one for each of the chosen), the best `most` each.

    `chosen` ascends; `top` and `missed` are in its order.
    """
    case = around.case
    prices = Prices.none(len(case.person_open), len(case.host_open), case.tables.days.count)
    floor = SCALE * least

    def enough(_: Block, __: Ints) -> Ints:
        return floor

    found = offer(make_block(around, chosen), prices, Ask(enough, most))
    owner = np.searchsorted(chosen, found.columns.request)
    count = np.bincount(owner, minlength=len(chosen))
    lowest = np.full(len(chosen), np.iinfo(np.int64).max)
    np.minimum.at(lowest, owner, found.columns.value)
    missed = np.where(count >= most, lowest, np.where(least > 0, least - 1, NOTHING))
    return Listed(found.columns, found.top // SCALE, missed)


def as_columns(kept: Kept, talks: list[Assignment]) -> Columns:
    """Talks as columns, worth what each adds to a plan without all of them."""
    if not talks:
        return Columns.none()
    tables = kept.tables
    rows = [tables.request_row[talk.request] for talk in talks]
    people = np.full((len(talks), 2 * MOST_MEMBERS), -1, dtype=np.int64)
    for number, talk in enumerate(talks):
        for first, names in ((0, talk.speakers), (MOST_MEMBERS, talk.interpreters)):
            people[number, first : first + len(names)] = [tables.person_row[one] for one in names]
    # Two numbers that no listed column has: those are not negative.
    identity = np.array([(-1 - row, -1) for row in rows], dtype=np.int64)
    request = np.array(rows, dtype=np.int64)
    start = np.array([minute(talk.start) for talk in talks], dtype=np.int64)
    ranks = [tables.problem.requests[row].languages for row in rows]
    return Columns(
        identity=identity,
        request=request,
        start=start,
        day=np.array([talk.start.toordinal() - tables.days.first for talk in talks]),
        mode=np.array([MODES.index(talk.mode) for talk in talks]),
        rank=np.array(
            [names.index(talk.language) for names, talk in zip(ranks, talks, strict=True)]
        ),
        people=people,
        value=np.array([gain_again(kept, talk).total for talk in talks], dtype=np.int64),
    )
