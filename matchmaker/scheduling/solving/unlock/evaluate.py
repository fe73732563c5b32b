"""One change, solved exactly: the relaxation goes on from that of the ground."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from matchmaker.scheduling.problem import Problem
from matchmaker.scheduling.solving.arrays import Bools, Ints
from matchmaker.scheduling.solving.block import Block, Surroundings, make_block
from matchmaker.scheduling.solving.case import Case, make_case
from matchmaker.scheduling.solving.columns import Columns
from matchmaker.scheduling.solving.exactly import LAST_TORN, follow
from matchmaker.scheduling.solving.market import Offers
from matchmaker.scheduling.solving.plan import Plan
from matchmaker.scheduling.solving.prices import SCALE, Prices
from matchmaker.scheduling.solving.pricing import Ask, above, offer
from matchmaker.scheduling.solving.search import prove
from matchmaker.scheduling.solving.state import State
from matchmaker.scheduling.solving.unlock.ground import NODES, Ground
from matchmaker.scheduling.solving.unlock.relaxing import Named, named, relax

FIRST_EACH = 20  # new talks of each request to begin with


@dataclass(frozen=True, slots=True)
class Opened:
    """The ground's market with all talks of the `affected` requests found anew."""

    ground: Ground
    block: Block | None
    affected: Bools

    def offers(self, prices: Prices, ask: Ask) -> Offers | None:
        old = Named(self.ground.market).offers(prices, ask)
        if old is None or self.block is None:
            return old
        new = offer(self.block, prices, ask)
        stays = ~self.affected[old.columns.request]
        top = old.top.copy()
        top[self.block.chosen] = new.top
        return Offers(
            prices.fixed + int(top.sum()) if ask.teams else None,
            top,
            Columns.concatenate([old.columns.take(stays), named(new.columns)]),
            np.concatenate([old.worth[stays], new.worth]),
        )

    def better(self, prices: Prices, top: Ints) -> Columns:
        """The talks worth more than the best of their request so far: all are of those affected."""
        if self.block is None:
            return Columns.none()
        return named(offer(self.block, prices, above(top + 1, most=FIRST_EACH)).columns)


@dataclass(frozen=True, slots=True)
class Solved:
    """The best plan of a changed problem, and what no plan of it exceeds (points)."""

    case: Case
    plan: Plan
    bound: int


def evaluate(
    ground: Ground, problem: Problem, affected: Ints, hopeless: Callable[[int], bool]
) -> Solved | None:
    """Solve the changed problem; None if its bound turns out `hopeless`, or time is up.

    The talks of requests that are not `affected` (rows) are the same as before. `hopeless` is
    asked with a bound in points. Where the ground is not proven, nothing else can be.
    """
    clock, case = ground.clock, make_case(problem, problem.fixed)
    market = _opened(ground, case, affected)
    known = ground.points
    columns = known.last[0].columns.join(market.better(known.prices, known.top))
    columns = columns.join(ground.plan.columns)
    state = State(case, clock, ground.base, 0, 1, None, ground.plan, 1 << 60)

    def enough(bound: int) -> bool:
        points = state.floor(bound // SCALE)
        return hopeless(points) or points <= state.plan.points

    found = relax(case, clock, market, columns, start=known.last[1].ending, enough=enough)
    if found is None:
        return None
    state.lower(found.bound, found.prices)
    if hopeless(state.bound):
        return None
    if not state.closed:
        follow(state, *found.last, most=LAST_TORN)
    if ground.proven and not state.closed and not clock.over:
        prove(state, market, NODES)
    plan = replace(state.plan, columns=named(state.plan.columns))
    return Solved(case, plan, state.bound)


def _opened(ground: Ground, case: Case, affected: Ints) -> Opened:
    chosen = affected[~case.load.requests[affected]]
    marked = np.zeros(len(case.load.requests), dtype=np.bool_)
    marked[chosen] = True
    block = make_block(Surroundings.of(case), chosen) if len(chosen) else None
    return Opened(ground, block, marked)
