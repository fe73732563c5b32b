"""All talks that could take place, in blocks of requests, ready to be priced."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from matchmaker.scheduling.solving.arrays import Ints, offsets
from matchmaker.scheduling.solving.case import Case
from matchmaker.scheduling.solving.clock import Clock
from matchmaker.scheduling.solving.columns import Columns
from matchmaker.scheduling.solving.places import window_starts
from matchmaker.scheduling.solving.prices import SCALE, Prices
from matchmaker.scheduling.solving.pricing import Pricer, Valued
from matchmaker.scheduling.solving.sides import find_sides

BLOCK_CELLS = 1_000_000  # starts * people looked at together: bounds the memory

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
class Market:
    """The blocks in order of their requests; `missing` bounds those that time did not reach."""

    case: Case
    blocks: tuple[Pricer, ...]
    missing: int
    threads: int

    def free(self) -> Prices:
        tables = self.case.tables
        return Prices.none(len(tables.people.ids), len(tables.organisation_row), tables.days.count)

    def offers(self, prices: Prices, least: Choice, known: Ints | None = None) -> Offers:
        """Value everything; of each block give the talks worth `least(pricer, valued)` each."""

        def look(block: Pricer) -> tuple[Ints, Columns]:
            valued = block.value(prices)
            return valued.top, block.columns(valued, least(block, valued), known)

        top = np.zeros(len(self.case.tables.requests.ids), dtype=np.int64)
        parts = [Columns.none()]
        for block, (best, columns) in zip(
            self.blocks, _in_order(look, self.blocks, self.threads), strict=True
        ):
            top[block.sides.requests] = best
            parts.append(columns)
        bound = prices.fixed + int(top.sum()) + self.missing
        return Offers(bound, top, Columns.concatenate(parts))

    def losses(self, prices: Prices) -> Ints:
        """For every row of every block: what its best talk falls short of the request's best."""

        def look(block: Pricer) -> Ints:
            valued = block.value(prices)
            return np.repeat(valued.top, np.diff(block.sides.begins)) - valued.best

        nothing = np.zeros(0, dtype=np.int64)
        return np.concatenate([nothing, *_in_order(look, self.blocks, self.threads)])


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


def open_market(case: Case, clock: Clock, threads: int) -> Market:
    """Look at all open requests, block by block, as far as time allows; always at the first."""
    blocks: list[Pricer] = []
    groups = _blocks(case)
    identity = 0
    done = 0
    while done < len(groups) and (not done or not clock.over):
        wave = groups[done : done + threads]
        for sides in _in_order(lambda group: find_sides(case, group), wave, threads):
            pricer = Pricer(case, sides, identity)
            identity += pricer.identities
            blocks.append(pricer)
        done += len(wave)
    missing = sum(_most(case, int(request)) for group in groups[done:] for request in group)
    return Market(case, tuple(blocks), SCALE * missing, threads)


def most_points(case: Case) -> int:
    """What the open requests could earn at most, without a look at people and days."""
    return sum(_most(case, int(request)) for request in np.flatnonzero(~case.load.requests))


def _most(case: Case, request: int) -> int:
    """What a request that nobody looked at could earn at most."""
    weights, wanted = case.tables.problem.weights, case.tables.problem.requests[request]
    language = max(weights.language_first, weights.language_second, weights.language_later)
    points = int(case.request_points[request]) + language + weights.no_interpreter
    points += 3 * weights.topics * 140 + 3 * weights.preference
    points += wanted.max_speakers * (weights.preferred + weights.swap_speaker)
    return max(0, points + wanted.interpreters_needed * weights.swap_interpreter)
