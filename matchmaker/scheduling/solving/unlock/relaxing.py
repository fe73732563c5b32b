"""The relaxation of a problem and of its neighbours, each going on from the one before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from matchmaker.scheduling.solving.arrays import Ints
from matchmaker.scheduling.solving.case import Case
from matchmaker.scheduling.solving.clock import Clock
from matchmaker.scheduling.solving.columns import Columns
from matchmaker.scheduling.solving.linear import (
    Ending,
    Program,
    Relaxed,
    solve_relaxation,
)
from matchmaker.scheduling.solving.market import Market, Offers, Seller
from matchmaker.scheduling.solving.prices import SCALE, Prices
from matchmaker.scheduling.solving.pricing import Ask, above
from matchmaker.scheduling.solving.rows import build_rows

MOST_ROUNDS = 60
EACH = 6  # columns that each request may add in a round
TRIFLE = 8  # parts of a point: rounded prices are not exact
MIXER = np.uint64(0x9E3779B97F4A7C15)

Words = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Relaxation:
    """Where a relaxation ended: the lowest bound (parts of a point) and the prices that prove it.

    `top` is what each request's best talk is worth at these prices; `duals` belong to the rows of
    `program`. `last` is the last program with its solution, from which the next one may go on.
    """

    bound: int
    prices: Prices
    top: Ints
    program: Program
    duals: Ints
    last: tuple[Program, Relaxed]


@dataclass(frozen=True, slots=True)
class Named:
    """A market whose columns are named by what they are, and so alike in every market."""

    market: Market

    def offers(self, prices: Prices, ask: Ask) -> Offers | None:
        found = self.market.offers(prices, ask)
        return None if found is None else replace(found, columns=named(found.columns))


def relax(
    case: Case,
    clock: Clock,
    seller: Seller,
    columns: Columns,
    *,
    start: Ending | None = None,
    subsidy: int = 0,
    enough: Callable[[int], bool] = lambda _: False,
) -> Relaxation | None:
    """Add columns until none is worth its price, or the bound is `enough`; None if time is up.

    Every talk earns `subsidy` points more.
    """
    requests, found = len(case.tables.requests.ids), None
    program = _program(case, _subsidised(columns, subsidy))
    for _ in range(MOST_ROUNDS):
        relaxed = solve_relaxation(clock, program, requests, start=start, few=True)
        if relaxed is None:
            break
        start = relaxed.ending
        prices = program.rows.prices(relaxed.duals, case.tables.days)
        prices = replace(prices, host_day=prices.host_day - SCALE * subsidy)
        offers = seller.offers(prices, above(relaxed.request_duals + TRIFLE, most=EACH))
        if offers is None or offers.bound is None:
            break
        if found is None or offers.bound < found.bound:
            last = program, relaxed
            found = Relaxation(offers.bound, prices, offers.top, *_proof(program, relaxed), last)
        found = replace(found, last=(program, relaxed))
        pool = program.columns.join(_subsidised(offers.columns, subsidy))
        if enough(found.bound) or len(pool) == len(program.columns):
            break
        program = _program(case, pool)
    return found


def named(columns: Columns) -> Columns:
    """The same columns under names made of what they are."""
    sides = np.sort(columns.people[:, :3], axis=1), np.sort(columns.people[:, 3:], axis=1)
    parts = [columns.request, columns.start, columns.mode, columns.rank]
    parts += [*sides[0].T, *sides[1].T]
    identity = np.column_stack([_mixed(parts, seed) for seed in (1, 2)]).reshape(-1, 2)
    return replace(columns, identity=identity)


def _mixed(parts: list[Ints], seed: int) -> Ints:
    mixed: Words = np.full(len(parts[0]), seed, dtype=np.uint64)
    for part in parts:
        mixed = (mixed ^ (part + 2).astype(np.uint64)) * MIXER
        mixed ^= mixed >> np.uint64(29)
    return mixed.view(np.int64)


def _proof(program: Program, relaxed: Relaxed) -> tuple[Program, Ints]:
    return program, relaxed.duals


def _program(case: Case, columns: Columns) -> Program:
    return Program(columns, build_rows(case, columns))


def _subsidised(columns: Columns, subsidy: int) -> Columns:
    return replace(columns, value=columns.value + subsidy)
