"""The search: relax, round, mend, prove."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from matchmaker.scheduling.solving.arrays import Bools, Ints
from matchmaker.scheduling.solving.block import Block
from matchmaker.scheduling.solving.columns import Columns
from matchmaker.scheduling.solving.exact import search
from matchmaker.scheduling.solving.linear import (
    Ending,
    Method,
    Program,
    Relaxed,
    solve_relaxation,
)
from matchmaker.scheduling.solving.market import Market, Offers, Seller, open_market
from matchmaker.scheduling.solving.mend import Ground, mend
from matchmaker.scheduling.solving.plan import Plan, pick
from matchmaker.scheduling.solving.prices import SCALE, Prices
from matchmaker.scheduling.solving.pricing import Least
from matchmaker.scheduling.solving.rows import build_rows
from matchmaker.scheduling.solving.state import State

FIRST_EACH = 8  # columns of each request to begin with
FIRST_WITHIN = 100 * SCALE  # what they may fall short of the request's best
NEXT_EACH = 6  # columns that each request may add in a round
TRIFLE = 8  # parts of a point: rounded prices are not exact
MOST_SIMPLEX = 2_000  # requests up to which relaxations are solved exactly throughout
ROUGH_ROUNDS = 2  # by PDLP, before that
FEW_REQUESTS = 200  # up to which that would not pay
STEPS = (160, 320, 200)  # of PDLP in its first rounds, and in every other
MOST_ROUNDS = 100
NEAR = 60 * SCALE  # what columns may fall short to stay after the first round of PDLP
NEAR_EACH = 10
VERTEX_NEAR = 25 * SCALE  # what columns may fall short in an early exact relaxation
CLOSE = 5 * SCALE  # what columns may fall short of their request's share to be added later
NOTABLE = 100_000  # rounds end when they lower the bound by less than a part in so many
MOST_VERTEX = 150_000  # columns up to which an exact relaxation is worth its time
MOST_EXACT = 25_000  # columns that the exact search can prove something about
SOME_EXACT = 15_000  # columns with which it can at least improve a plan
SOME_NODES = 200  # of its tree, where it can prove nothing
MANY = 2_000  # requests beyond which mending has to do
FEW = 400  # neighbourhoods mended in one go


def run(state: State) -> None:
    """Improve plan and bound until they meet or time is up."""
    market, prices = approach(state)
    if prices is not None and not state.closed and not state.clock.over:
        state.report("proving")
        prove(state, market, prices)


def approach(state: State) -> tuple[Market, Prices | None]:
    """All steps but the proof: the relaxation, and a plan that follows it."""
    market = open_market(state.case, state.clock, state.threads)
    offers = market.first_offers(within(FIRST_WITHIN), FIRST_EACH)
    program = Program(offers.columns, build_rows(state.case, offers.columns))
    order = np.argsort(-offers.columns.value, kind="stable")
    _take(state, program, pick(program.columns, program.rows, order))
    state.report("relaxing")
    return market, _relax(state, market, program)


def _take(state: State, program: Program, taken: Bools) -> None:
    state.improve(Plan(program.columns.take(taken), program.rows.points(program.columns, taken)))


def _relax(state: State, market: Market, program: Program) -> Prices | None:
    """Add columns until none is worth its price: the relaxation's value is the bound then."""
    if state.requests <= MOST_SIMPLEX:
        return _relax_exactly(state, market, program)
    return _relax_nearly(state, market, program)


def _relax_exactly(state: State, market: Market, program: Program) -> Prices | None:
    """By GLOP, which goes on from where it was, once PDLP has found what is worth looking at.

    Returns the last prices.
    """
    ending: Ending | None = None
    prices = None
    for rounds in range(MOST_ROUNDS):
        rough = rounds < ROUGH_ROUNDS and state.requests > FEW_REQUESTS
        relaxed = (
            _nearly(state, program, None, STEPS[0])
            if rough
            else solve_relaxation(state.clock, program, state.requests, Method.GLOP, start=ending)
        )
        if relaxed is None:
            break
        prices = program.rows.prices(relaxed.duals, state.case.tables.days)
        if not rough:
            ending = relaxed.ending
            follow(state, program, relaxed)
        least = within(NEAR) if rough else above(relaxed.request_duals + TRIFLE)
        offers = market.offers(prices, least, most=NEAR_EACH if rough else NEXT_EACH)
        if offers is None:
            break
        _note(state, program, offers, prices)
        kept = _good(state, program, relaxed) if rough else program.columns
        pool = kept.join(offers.columns)
        if state.closed or (not rough and len(pool) == len(program.columns)):
            break
        program = Program(pool, build_rows(state.case, pool))
    return prices


def _relax_nearly(state: State, market: Market, program: Program) -> Prices | None:
    """By PDLP, and by simplex for the plan. Returns the prices of the lowest bound."""
    relaxed: Relaxed | None = None
    good = program.columns
    for rounds in range(MOST_ROUNDS):
        before = state.bound
        with ThreadPoolExecutor(1) as beside:
            vertex = beside.submit(_vertex, state, good) if rounds == 2 else None
            relaxed = _nearly(state, program, relaxed, STEPS[min(rounds, len(STEPS) - 1)])
        if vertex is not None:
            follow(state, *vertex.result())
        if relaxed is None:
            break
        _rounded(state, program, relaxed)
        prices = program.rows.prices(relaxed.duals, state.case.tables.days)
        least = above(relaxed.request_duals - CLOSE) if rounds else within(NEAR)
        offers = market.offers(prices, least, most=NEAR_EACH, teams=rounds > 0)
        if offers is None:
            break
        _note(state, program, offers, prices)
        good = _good(state, program, relaxed).join(offers.columns)
        pool = program.columns.join(offers.columns) if rounds else good
        program = Program(pool, build_rows(state.case, pool))
        if rounds > 3 and before - state.bound < state.bound // NOTABLE:
            break
    if not state.clock.over:
        follow(state, *_vertex(state, good))
    return state.prices


def _nearly(state: State, program: Program, before: Relaxed | None, steps: int) -> Relaxed | None:
    return solve_relaxation(
        state.clock,
        program,
        state.requests,
        Method.PDLP,
        start=before.ending if before else None,
        threads=state.threads,
        steps=steps,
    )


def _good(state: State, program: Program, relaxed: Relaxed) -> Columns:
    """The columns that are good at nearly right prices."""
    short = Ground.of(program, relaxed.duals, state.requests).short()
    good = (short < VERTEX_NEAR) | (relaxed.share > 0.05)
    return program.columns.take(good).join(state.plan.columns)


def _vertex(state: State, columns: Columns) -> tuple[Program, Relaxed | None]:
    """The exact relaxation of these columns, if they are not too many."""
    part = Program(columns, build_rows(state.case, columns))
    if state.clock.over or len(columns) > MOST_VERTEX:
        return part, None
    return part, solve_relaxation(state.clock, part, state.requests, Method.HIGHS)


def _note(state: State, program: Program, offers: Offers, prices: Prices) -> None:
    if offers.bound is not None:
        state.lower(offers.bound, prices)
    state.count(columns=len(program.columns), rows=len(program.rows.limit), rounds=1)
    state.report("relaxing")


def above(worth: Ints) -> Least:
    """Talks that are worth more than their request's share of the relaxation, and than nothing."""

    def least(block: Block, _: Ints) -> Ints:
        return np.maximum(worth[block.chosen], 0)

    return least


def within(slack: int) -> Least:
    """All talks that fall short of their request's best by at most `slack`."""

    def least(_: Block, top: Ints) -> Ints:
        return top - slack

    return least


def _rounded(state: State, program: Program, relaxed: Relaxed) -> Bools:
    """The columns with the largest shares, as far as they fit; noted if no plan was better."""
    order = np.lexsort((-program.columns.value, -np.round(relaxed.share, 6)))
    taken = pick(program.columns, program.rows, order)
    _take(state, program, taken)
    return taken


def follow(state: State, program: Program, relaxed: Relaxed | None) -> None:
    """A plan that follows the relaxation as far as it can, mended where it could not."""
    if relaxed is None:
        return
    taken = _rounded(state, program, relaxed)
    ground = Ground.of(program, relaxed.duals, state.requests)
    losses = ground.losses(taken)
    seeds = np.argsort(-losses, kind="stable")[: int((losses > SCALE).sum())][:FEW]
    enough = int(np.floor(relaxed.total + 1e-3))
    _take(state, program, mend(state.clock, ground, taken, seeds, seed=state.seed, enough=enough))


def prove(state: State, market: Seller, prices: Prices, nodes: int | None = None) -> None:
    """Search exactly among the columns that a better plan could use.

    A plan is worth the bound less what its columns fall short of the best of their requests, so a
    better plan has no column that falls short by more than bound and plan are apart. `nodes` limits
    the search tree (None: as large as it takes).
    """
    if state.requests > MANY:
        return
    most = max(2, 4 * MOST_EXACT // max(state.requests, 1))
    offers = market.offers(prices, within(SCALE * state.slack), most=most)
    if offers is None:
        return
    columns = offers.columns
    all_listed = int(np.bincount(columns.request, minlength=1).max()) < most
    complete = all_listed and len(columns) <= MOST_EXACT
    if not complete:
        short = offers.top[columns.request] - offers.worth
        columns = columns.take(np.sort(np.argsort(short, kind="stable")[:SOME_EXACT]))
    columns = columns.join(state.plan.columns)
    state.count(exact=len(columns))
    program = Program(columns, build_rows(state.case, columns))
    nodes = nodes if complete else SOME_NODES
    result = search(state.clock, program, seed=state.seed, nodes=nodes)
    if result.taken is not None:
        _take(state, program, result.taken)
    if complete and result.bound is not None:
        state.bound = min(state.bound, max(result.bound, state.plan.points))
