"""The relaxation by simplex, as long as there are not too many requests."""

from __future__ import annotations

import numpy as np

from matchmaker.scheduling.solving.exact import NEARLY, Shares, search
from matchmaker.scheduling.solving.fill import fill
from matchmaker.scheduling.solving.ground import Ground
from matchmaker.scheduling.solving.linear import (
    Ending,
    Program,
    Relaxed,
    solve_relaxation,
)
from matchmaker.scheduling.solving.market import Market
from matchmaker.scheduling.solving.mend import Effort, mend
from matchmaker.scheduling.solving.prices import SCALE, Prices
from matchmaker.scheduling.solving.pricing import above
from matchmaker.scheduling.solving.rows import build_rows
from matchmaker.scheduling.solving.state import State
from matchmaker.scheduling.solving.steps import note, rounded, take

MOST_ROUNDS = 100
NEXT_EACH = 10  # columns that each request may add in a round
CLOSE = 10 * SCALE  # what columns may fall short of their request's share to be added
MOST_CLOSING = 15_000  # columns that are searched at once
NODES = 50  # of the search tree
TRIFLE = 8  # parts of a point: rounded prices are not exact
SIZES = (45, 150)  # requests placed anew together, sweep after sweep
MOST_TORN = 60  # requests in parts that are placed exactly before the last relaxation
FEW = 400  # neighbourhoods mended in one go


def relax_exactly(state: State, market: Market, program: Program) -> Prices | None:
    """By GLOP, which goes on from where it was when columns are added.

    Returns the last prices.
    """
    ending: Ending | None = None
    relaxed: Relaxed | None = None
    prices = None
    for _ in range(MOST_ROUNDS):
        relaxed = solve_relaxation(state.clock, program, state.requests, start=ending)
        if relaxed is None:
            break
        ending = relaxed.ending
        prices = program.rows.prices(relaxed.duals, state.case.tables.days)
        follow(state, program, relaxed)
        offers = market.offers(prices, above(relaxed.request_duals - CLOSE), most=NEXT_EACH)
        if offers is None:
            break
        note(state, program, offers, prices)
        better = offers.worth > relaxed.request_duals[offers.columns.request] + TRIFLE
        if state.closed or not (better & ~offers.columns.among(program.columns)).any():
            break
        pool = program.columns.join(offers.columns)
        program = Program(pool, build_rows(state.case, pool))
    if relaxed is not None and not state.closed and not state.clock.over:
        _close(state, program, relaxed)
    return prices


def _close(state: State, program: Program, relaxed: Relaxed) -> None:
    """Search the columns at hand that a plan worth the bound could use."""
    if _filled(state, program, relaxed) >= state.bound:
        return
    ground = Ground.of(program, relaxed.duals, state.requests)
    useful = ground.short() <= SCALE * state.slack + TRIFLE
    columns = program.columns.take(useful).join(state.plan.columns)
    if len(columns) > MOST_CLOSING:
        return
    part = Program(columns, build_rows(state.case, columns))
    found = search(state.clock, part, seed=state.seed, nodes=NODES, grain=state.grain)
    if found.taken is not None:
        take(state, part, found.taken)


def follow(
    state: State, program: Program, relaxed: Relaxed, *, most: int | None = MOST_TORN
) -> None:
    """A plan that follows the relaxation as far as it can, mended where it could not.

    At most so many requests that get parts of columns are placed at once; None: all.
    """
    enough = state.floor(relaxed.total + NEARLY)
    if _filled(state, program, relaxed, most=most) >= enough:
        return
    taken = rounded(state, program, relaxed)
    ground = Ground.of(program, relaxed.duals, state.requests)
    for size in SIZES:
        effort = Effort(size, enough, enough, FEW, state.threads, state.seed)
        taken = mend(
            state.clock, ground, taken, effort, lambda better: take(state, program, better)
        )


def _filled(state: State, program: Program, relaxed: Relaxed, *, most: int | None = None) -> int:
    """Take what the relaxation takes whole, and what goes best with it; the points of that plan.

    Nothing, and 0, where more than so many requests get parts of columns only.
    """
    columns, shares = program.columns, Shares(relaxed.share, int(relaxed.total))
    torn = np.unique(columns.request[shares.torn(columns.request)])
    if most is not None and len(torn) > most:
        return 0
    every = np.arange(len(columns))
    nothing = np.zeros(len(program.rows.limit), dtype=np.int64), every[:0]
    taken = np.isin(every, fill(state.clock, program, every, shares, nothing, seed=state.seed))
    take(state, program, taken)
    return program.rows.points(columns, taken)
