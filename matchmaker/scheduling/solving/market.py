"""All talks that could take place, in blocks of requests, ready to be priced."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from matchmaker.scheduling.solving.arrays import NOTHING, Ints, offsets
from matchmaker.scheduling.solving.case import Case
from matchmaker.scheduling.solving.clock import Clock
from matchmaker.scheduling.solving.columns import Columns
from matchmaker.scheduling.solving.places import window_starts
from matchmaker.scheduling.solving.prices import SCALE, Prices
from matchmaker.scheduling.solving.pricing import Pricer, Valued
from matchmaker.scheduling.solving.sides import find_sides
from matchmaker.scheduling.solving.tables import RANK_POINTS

BLOCK_CELLS = 1_000_000  # starts * people looked at together: bounds the memory
MOST_ROWS = 20_000_000  # teams at places kept whole: about a gigabyte
FEW_ROWS = 200  # kept of each request beyond that

Item = TypeVar("Item")
Result = TypeVar("Result")
Choice = Callable[[Pricer, Valued], Ints]


@dataclass(frozen=True, slots=True)
class Offers:
    """What the market holds at some prices: a bound on all plans and the talks asked for.

    `bound` is in parts of a point; `top` is by request.
    """

    bound: int
    top: Ints
    columns: Columns


@dataclass(frozen=True, slots=True)
class Losses:
    """What talks fall short of the best of their requests, in parts of a point.

    `listed` has an entry for the best talk of every team at every place; talks that are not listed
    fall short by `unlisted` at least (None: there are none).
    """

    listed: Ints
    unlisted: int | None


@dataclass(frozen=True, slots=True)
class Market:
    """The blocks in order of their requests; `missing` bounds those that time did not reach."""

    case: Case
    clock: Clock
    blocks: tuple[Pricer, ...]
    missing: int
    threads: int

    def offers(self, prices: Prices, least: Choice, known: Ints | None = None) -> Offers | None:
        """Value everything; of each block give the talks worth `least(pricer, valued)` each.

        None if the time ended before all was valued.
        """

        def look(block: Pricer) -> tuple[Ints, Columns]:
            valued = block.value(prices)
            return valued.top, block.columns(valued, least(block, valued), known)

        found = list(self._each(look))
        if len(found) < len(self.blocks):
            return None
        return _gathered(self.case, self.blocks, found, prices.fixed + self.missing)

    def losses(self, prices: Prices) -> Losses | None:
        """What talks fall short at these prices; None if the time ended first."""

        def look(block: Pricer) -> tuple[Ints, Ints]:
            valued = block.value(prices)
            short = np.repeat(valued.top, np.diff(block.sides.begins)) - valued.best
            left = block.sides.unlisted > NOTHING
            return short, (valued.top - SCALE * block.sides.unlisted)[left]

        found = list(self._each(look))
        if len(found) < len(self.blocks):
            return None
        nothing = np.zeros(0, dtype=np.int64)
        unlisted = np.concatenate([nothing, *(left for _, left in found)])
        if self.missing:
            unlisted = np.append(unlisted, 0)
        listed = np.concatenate([nothing, *(short for short, _ in found)])
        return Losses(listed, int(unlisted.min()) if len(unlisted) else None)

    def _each(self, look: Callable[[Pricer], Result]) -> Iterator[Result]:
        for first in range(0, len(self.blocks), self.threads):
            if self.clock.over:
                return
            yield from _in_order(look, self.blocks[first : first + self.threads], self.threads)


def _gathered(
    case: Case, blocks: Sequence[Pricer], found: Sequence[tuple[Ints, Columns]], fixed: int
) -> Offers:
    top = np.zeros(len(case.tables.requests.ids), dtype=np.int64)
    for block, (best, _) in zip(blocks, found, strict=True):
        top[block.sides.requests] = best
    columns = Columns.concatenate([Columns.none(), *(part for _, part in found)])
    return Offers(fixed + int(top.sum()), top, columns)


def _in_order(
    call: Callable[[Item], Result], items: Iterable[Item], threads: int
) -> Iterator[Result]:
    with ThreadPoolExecutor(threads) as pool:
        yield from pool.map(call, items)


def _blocks(case: Case) -> list[Ints]:
    """Open requests in groups that are about equally dear to look at."""
    tables = case.tables
    wanted, people = tables.requests, tables.people
    chosen = np.flatnonzero(~case.load.requests)
    request, _, _ = window_starts(tables, chosen)
    starts = np.bincount(request, minlength=len(wanted.ids))
    able = (people.level > 0).sum(axis=0)
    speaking = people.speaks[people.speakers :].sum(axis=0)
    at_most = np.where(wanted.topics >= 0, able[wanted.topics], 0).sum(axis=1)
    at_most += np.where(wanted.languages >= 0, speaking[wanted.languages], 0).sum(axis=1)
    cells = offsets(((starts + 1) * (at_most + 1))[chosen])
    cuts = np.searchsorted(cells, np.arange(BLOCK_CELLS, cells[-1], BLOCK_CELLS))
    return [part for part in np.split(chosen, np.unique(cuts)) if len(part)]


def open_market(case: Case, clock: Clock, threads: int, least: Choice) -> tuple[Market, Offers]:
    """Look at all open requests, block by block, as far as time allows; always at the first.

    The offers are those without any price.
    """
    tables = case.tables
    free = Prices.none(len(tables.people.ids), len(tables.organisation_row), tables.days.count)
    groups = _blocks(case)
    blocks: list[Pricer] = []
    found: list[tuple[Ints, Columns]] = []
    identity = rows = done = 0
    while done < len(groups) and (not done or not clock.over):
        wave = groups[done : done + threads]
        for sides in _in_order(lambda group: find_sides(case, group), wave, threads):
            block = Pricer(case, sides, identity)
            valued = block.value(free)
            if rows > MOST_ROWS:
                block, valued = block.thinned(valued, FEW_ROWS)
            found.append((valued.top, block.columns(valued, least(block, valued))))
            blocks.append(block)
            identity += block.identities
            rows += len(block.sides.speakers)
        done += len(wave)
    missing = SCALE * sum(_most(case, int(row)) for group in groups[done:] for row in group)
    market = Market(case, clock, tuple(blocks), missing, threads)
    return market, _gathered(case, blocks, found, missing)


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
