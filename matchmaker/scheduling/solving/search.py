"""The search: list, relax, follow the relaxation, prove."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from matchmaker.scheduling.solving.block import Surroundings
from matchmaker.scheduling.solving.exact import search
from matchmaker.scheduling.solving.exactly import relax_exactly
from matchmaker.scheduling.solving.extent import Room
from matchmaker.scheduling.solving.linear import Program
from matchmaker.scheduling.solving.market import Market, Seller, open_market
from matchmaker.scheduling.solving.nearly import prepare, relax_nearly
from matchmaker.scheduling.solving.plan import pick
from matchmaker.scheduling.solving.prices import SCALE
from matchmaker.scheduling.solving.pricing import within
from matchmaker.scheduling.solving.rows import build_rows
from matchmaker.scheduling.solving.state import State
from matchmaker.scheduling.solving.steps import take

FIRST_EACH = 8  # columns of each request to begin with
FIRST_FEW = 5  # the same, beyond FEW_REQUESTS
FIRST_WITHIN = 100 * SCALE  # what they may fall short of the request's best
FEW_REQUESTS = 200  # up to which simplex starts without rough rounds
MOST_SIMPLEX = 2_000  # requests up to which relaxations are solved exactly throughout
MOST_EXACT = 25_000  # columns that the exact search can prove something about
SOME_EXACT = 15_000  # columns with which it can at least improve a plan
SOME_NODES = 200  # of its tree, where it can prove nothing
MANY = 2_000  # requests beyond which mending has to do


def run(state: State) -> None:
    """Improve plan and bound until they meet or time is up."""
    market = approach(state)
    if not state.closed and not state.clock.over:
        state.report("proving")
        prove(state, market)


def approach(state: State) -> Market:
    """All steps but the proof: the relaxation, and a plan that follows it.

    Where there is very much room, a part of it is looked at before the whole, or instead of it.
    """
    around = Surroundings.of(state.case)
    room = Room.of(around)
    if room.thinning is None:
        market = open_market(around, state.clock, state.threads)
        _relax(state, market, _begin(state, market))
        return market
    part = replace(around, thinning=room.thinning)
    market = open_market(part, state.clock, state.threads)
    program = _relax(state, market, _begin(state, market))
    if room.surveyable and not state.clock.over:
        market = open_market(around, state.clock, state.threads, market.after)
        _finish(state, market, program)
    return market


def _begin(state: State, market: Market) -> Program:
    """The best columns of each request, and a plan of some of them."""
    each = FIRST_FEW if state.requests > FEW_REQUESTS else FIRST_EACH
    offers = market.first_offers(within(FIRST_WITHIN, most=each, teams=False))
    program = Program(offers.columns, build_rows(state.case, offers.columns))
    order = np.argsort(-offers.columns.value, kind="stable")
    take(state, program, pick(program.columns, program.rows, order))
    state.report("relaxing")
    return program


def _relax(state: State, market: Market, program: Program) -> Program:
    """Add columns until none is worth its price: the relaxation's value is the bound then."""
    if state.requests <= MOST_SIMPLEX and state.requests > FEW_REQUESTS:
        program = prepare(state, market, program)
    return _finish(state, market, program)


def _finish(state: State, market: Market, program: Program) -> Program:
    if state.requests > MOST_SIMPLEX:
        return relax_nearly(state, market, program)
    return relax_exactly(state, market, program)


def prove(state: State, market: Seller, nodes: int | None = None) -> None:
    """Search exactly among the columns that a better plan could use.

    A plan is worth the bound less what its columns fall short of the best of their requests, so a
    better plan has no column that falls short by more than bound and plan are apart. `nodes` limits
    the search tree (None: as large as it takes).
    """
    if state.requests > MANY or state.prices is None:
        return
    most = max(2, 4 * MOST_EXACT // max(state.requests, 1))
    slack = SCALE * state.slack
    offers = market.offers(state.prices, within(slack, most=most, spare=slack))
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
    result = search(state.clock, program, seed=state.seed, nodes=nodes, grain=state.grain)
    if result.taken is not None:
        take(state, program, result.taken)
    if complete and result.bound is not None:
        state.bound = min(state.bound, max(state.floor(result.bound), state.plan.points))
