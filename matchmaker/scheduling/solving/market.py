"""All talks that could take place, in blocks of requests, ready to be priced."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

import numpy as np

from matchmaker.scheduling.solving.arrays import Ints, offsets
from matchmaker.scheduling.solving.block import Block, Surroundings, make_block
from matchmaker.scheduling.solving.case import Case
from matchmaker.scheduling.solving.clock import Clock
from matchmaker.scheduling.solving.columns import Columns
from matchmaker.scheduling.solving.extent import cells_each
from matchmaker.scheduling.solving.packing import Packed
from matchmaker.scheduling.solving.prices import SCALE, Prices
from matchmaker.scheduling.solving.pricing import Ask, Offer, offer
from matchmaker.scheduling.solving.tables import RANK_POINTS

BLOCK_CELLS = 360_000  # places * people looked at together: bounds the memory
FEW_BLOCKS = 30  # that are kept as they are; more are packed

Numbers = tuple[int, int]
"""Of the next cell and the next crew."""
FIRST: Numbers = (0, 0)

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Offers:
    """What the market holds at some prices: a bound on all plans and the talks asked for.

    `bound` is in parts of a point, and None where not every talk was looked at; `top` is by
    request, `worth` by column.
    """

    bound: int | None
    top: Ints
    columns: Columns
    worth: Ints


class Seller(Protocol):
    """Whoever knows all talks that could take place."""

    def offers(self, prices: Prices, ask: Ask) -> Offers | None:
        """As `Market.offers`."""


@dataclass(frozen=True, slots=True)
class Market:
    """The blocks in order of their requests; what is found `after` them is numbered from there on.

    `missing` bounds the requests that time did not reach. Without what is left out of a part
    (`whole` is False) nothing is proven.
    """

    case: Case
    clock: Clock
    blocks: tuple[Block | Packed, ...]
    missing: int
    threads: int
    after: Numbers
    whole: bool

    def offers(self, prices: Prices, ask: Ask) -> Offers | None:
        """Value everything, and give the talks asked for; None if the time ended before."""
        found = list(self._each(lambda block: offer(block, prices, ask)))
        if len(found) < len(self.blocks):
            return None
        gathered = self._gathered(found)
        if not self.whole or not ask.teams:
            return gathered
        bound = prices.fixed + self.missing + int(gathered.top.sum())
        return replace(gathered, bound=bound)

    def first_offers(self, ask: Ask) -> Offers:
        """Talks at no price, of all blocks that time allows to look at."""
        prices = free(self.case)
        found = self._each(lambda block: offer(block, prices, ask))
        return self._gathered(list(found))

    def _gathered(self, found: Sequence[Offer]) -> Offers:
        top = np.zeros(len(self.case.tables.requests.ids), dtype=np.int64)
        for part in found:
            top[part.chosen] = part.top
        columns = Columns.concatenate([Columns.none(), *(part.columns for part in found)])
        worth = np.concatenate([np.zeros(0, dtype=np.int64), *(part.worth for part in found)])
        return Offers(None, top, columns, worth)

    def _each(self, look: Callable[[Block], Result]) -> Iterator[Result]:
        """In order, as far as time allows; always the first ones."""

        def unpacked(block: Block | Packed) -> Result:
            return look(_unpacked(block))

        return in_time(self.clock, unpacked, self.blocks, self.threads)

    def unpacked(self) -> Iterator[Block]:
        """All blocks, one after the other."""
        return map(_unpacked, self.blocks)


def _unpacked(block: Block | Packed) -> Block:
    return block.block() if isinstance(block, Packed) else block


def in_time(
    clock: Clock, call: Callable[[Item], Result], items: Sequence[Item], threads: int
) -> Iterator[Result]:
    """The results in order until time is up; at least one for every thread."""
    if threads == 1:
        for number, item in enumerate(items):
            if number and clock.over:
                return
            yield call(item)
        return

    def timely(number: int) -> tuple[Result, ...]:
        return () if number >= threads and clock.over else (call(items[number]),)

    with ThreadPoolExecutor(threads) as pool:
        for found in pool.map(timely, range(len(items))):
            if not found:
                return
            yield from found


def groups_of(around: Surroundings) -> list[Ints]:
    """Open requests in groups that are about equally dear to look at."""
    chosen = np.flatnonzero(~around.case.load.requests)
    cells = offsets(cells_each(around, chosen).astype(np.int64))
    cuts = np.searchsorted(cells, np.arange(BLOCK_CELLS, cells[-1], BLOCK_CELLS))
    return [part for part in np.split(chosen, np.unique(cuts)) if len(part)]


def open_market(around: Surroundings, clock: Clock, threads: int, first: Numbers = FIRST) -> Market:
    """Look at all open requests, block by block, as far as time allows; always at the first.

    What is found is numbered from `first` on.
    """
    case = around.case
    groups = groups_of(around)
    blocks: list[Block | Packed] = []
    cell, crew = first
    for block in in_time(clock, lambda group: make_block(around, group), groups, threads):
        numbered = replace(block, first_cell=cell, first_crew=crew)
        blocks.append(numbered if len(groups) <= FEW_BLOCKS else Packed.of(numbered))
        cell += len(block.speakers)
        crew += len(block.crews)
    unseen = groups[len(blocks) :]
    missing = SCALE * sum(_most(case, int(row)) for group in unseen for row in group)
    whole = around.thinning is None
    return Market(case, clock, tuple(blocks), missing, threads, (cell, crew), whole)


def most_points(case: Case) -> int:
    """What the open requests could earn at most, without a look at people and days."""
    return sum(_most(case, int(request)) for request in np.flatnonzero(~case.load.requests))


def _most(case: Case, request: int) -> int:
    """What a request that nobody looked at could earn at most."""
    weights, wanted = case.tables.problem.weights, case.tables.problem.requests[request]
    language = max(weights.language_first, weights.language_second, weights.language_later)
    points = int(case.request_points[request]) + language + weights.no_interpreter
    points += 3 * weights.topics * sum(RANK_POINTS) + 3 * weights.preference
    points += wanted.max_speakers * (weights.preferred + weights.swap_speaker)
    return max(0, points + wanted.interpreters_needed * weights.swap_interpreter)


def free(case: Case) -> Prices:
    """Prices at which everything is free."""
    tables = case.tables
    return Prices.none(len(tables.people.ids), len(tables.organisation_row), tables.days.count)
