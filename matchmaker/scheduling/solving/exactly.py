"""The relaxation by simplex, as long as there are not too many requests."""

from __future__ import annotations

import numpy as np

from matchmaker.scheduling.solving.exact import NEARLY, Shares, search
from matchmaker.scheduling.solving.fill import fill
from matchmaker.scheduling.solving.ground import Ground
from matchmaker.scheduling.solving.linear import Program, Relaxed, solve_relaxation
from matchmaker.scheduling.solving.market import Market
from matchmaker.scheduling.solving.mend import Effort, mend
from matchmaker.scheduling.solving.prices import SCALE
from matchmaker.scheduling.solving.pricing import above
from matchmaker.scheduling.solving.rows import build_rows
from matchmaker.scheduling.solving.state import State
from matchmaker.scheduling.solving.steps import note, rounded, take

MOST_ROUNDS = 100
FIRST_ROUNDS = 8  # where the whole comes after a part
NEXT_EACH = 10  # columns that each request may add in a round
CLOSE = 10 * SCALE  # what columns may fall short of their request's share to be added
MOST_CLOSING = 15_000  # columns that are searched at once
NODES = 50  # of the search tree
TRIFLE = 8  # parts of a point: rounded prices are not exact
SIZES = (45, 150)  # requests placed anew together, sweep after sweep
MOST_TORN = 60  # requests in parts that are placed at once after a relaxation
LAST_TORN = 300  # the same, after the last one
FEW = 400  # neighbourhoods mended in one go


def relax_exactly(state: State, market: Market, program: Program) -> Program:
    """By GLOP, which goes on from where it was when columns are added.

    Returns the columns looked at last.
    """
    last: tuple[Program, Relaxed] | None = None
    for _ in range(MOST_ROUNDS if market.whole else FIRST_ROUNDS):
        ending = last[1].ending if last else None
        relaxed = solve_relaxation(state.clock, program, state.requests, start=ending)
        if relaxed is None:
            break
        last = program, relaxed
        prices = program.rows.prices(relaxed.duals, state.case.tables.days)
        follow(state, program, relaxed)
        offers = market.offers(prices, above(relaxed.request_duals - CLOSE, most=NEXT_EACH))
        if offers is None:
            break
        note(state, program, offers, prices)
        better = offers.worth > relaxed.request_duals[offers.columns.request] + TRIFLE
        if state.closed or not (better & ~offers.columns.among(program.columns)).any():
            break
        pool = program.columns.join(offers.columns)
        program = Program(pool, build_rows(state.case, pool))
    if last is not None and market.whole and not state.closed and not state.clock.over:
        _close(state, *last)
    return program


def _close(state: State, program: Program, relaxed: Relaxed) -> None:
    """Search the columns at hand that a plan worth the bound could use."""
    _fill(state, program, relaxed, LAST_TORN)
    if state.closed:
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


def follow(state: State, program: Program, relaxed: Relaxed, *, most: int = MOST_TORN) -> None:
    """A plan that follows the relaxation as far as it can, mended where it could not.

    At most so many requests that get parts of columns are placed at once.
    """
    enough = state.floor(relaxed.total + NEARLY)
    _fill(state, program, relaxed, most)
    if state.plan.points >= enough:
        return
    taken = rounded(state, program, relaxed)
    ground = Ground.of(program, relaxed.duals, state.requests)
    for size in SIZES:
        effort = Effort(size, enough, enough, FEW, state.threads, state.seed)
        taken = mend(
            state.clock, ground, taken, effort, lambda better: take(state, program, better)
        )


def _fill(state: State, program: Program, relaxed: Relaxed, most: int) -> None:
    """Take what the relaxation takes whole, and what goes best with it.

    Nothing where more than `most` requests get parts of columns only: that would take long.
    """
    columns, every = program.columns, np.arange(len(program.columns))
    shares = Shares(relaxed.share, state.floor(relaxed.total + NEARLY))
    if len(np.unique(columns.request[shares.torn(columns.request)])) > most:
        return
    used = np.zeros(len(program.rows.limit), dtype=np.int64)
    plan = fill(state.clock, program, every, shares, used=used, gone=every[:0], seed=state.seed)
    take(state, program, np.isin(every, plan))
