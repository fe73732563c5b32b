"""The search: price, relax, round, prove."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from matchmaker.scheduling.progress import Progress
from matchmaker.scheduling.solving.arrays import Ints
from matchmaker.scheduling.solving.case import Case
from matchmaker.scheduling.solving.clock import Clock
from matchmaker.scheduling.solving.columns import Columns
from matchmaker.scheduling.solving.exact import search
from matchmaker.scheduling.solving.linear import Relaxed, solve_relaxation
from matchmaker.scheduling.solving.market import Market, open_market
from matchmaker.scheduling.solving.plan import Plan, pick
from matchmaker.scheduling.solving.prices import SCALE, Prices
from matchmaker.scheduling.solving.rows import Rows, build_rows

FIRST_EACH = 20  # columns of each request to begin with
NEXT_EACH = 6  # columns that each request may add in a round
MOST_EXACT = 60_000  # columns that the exact search can prove something about
EFFORT = 20.0  # deterministic seconds for improving a plan before the proof


@dataclass(slots=True)
class State:
    """The best plan so far and the lowest proven bound, both in points beyond what stands."""

    case: Case
    clock: Clock
    base: int
    seed: int
    on_progress: Callable[[Progress], object] | None
    plan: Plan
    bound: int | None = None
    prices: Prices | None = None
    phase: str = "listing"
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def closed(self) -> bool:
        return self.bound is not None and self.plan.points >= self.bound

    def report(self, phase: str, points: int | None = None, served: int | None = None) -> None:
        self.phase = phase
        if self.on_progress is None:
            return
        standing = len(self.case.load.talks)
        self.on_progress(
            Progress(
                served=standing + (len(self.plan.columns) if served is None else served),
                best=self.base + (self.plan.points if points is None else points),
                bound=None if self.bound is None else self.base + self.bound,
                seconds=self.clock.seconds,
                phase=phase,
            )
        )

    def improve(self, plan: Plan) -> None:
        if plan.points > self.plan.points:
            self.plan = plan
            self.report(self.phase)

    def lower(self, bound: int, prices: Prices) -> None:
        """Take a bound in parts of a point and the prices that prove it."""
        if self.bound is None or bound // SCALE < self.bound:
            self.bound, self.prices = bound // SCALE, prices


def run(state: State, threads: int) -> None:
    """Improve plan and bound until they meet or time is up."""
    market = open_market(state.case, state.clock, threads)
    free = market.free()
    offers = market.offers(free, lambda block, valued: block.nth_best(valued, FIRST_EACH))
    state.lower(offers.bound, free)
    pool = offers.columns
    rows = build_rows(state.case, pool)
    state.improve(pick(pool, rows, np.argsort(-pool.value, kind="stable")))
    state.report("relaxing")
    pool = _relax(state, market, pool, rows)
    if not state.closed and not state.clock.over:
        state.report("proving")
        _prove(state, market)


def _relax(state: State, market: Market, pool: Columns, rows: Rows) -> Columns:
    """Add columns until none is worth its price: the relaxation's value is the bound."""
    requests = len(state.case.tables.requests.ids)
    rounds = 0
    while not state.clock.over:
        relaxed = solve_relaxation(state.clock, pool, rows, requests)
        if relaxed is None:
            break
        rounds += 1
        state.improve(_round(pool, rows, relaxed))
        prices = rows.prices(relaxed.duals, state.case.tables.days)
        wanted = relaxed.request_duals + 8
        offers = market.offers(
            prices,
            lambda block, valued: np.maximum(
                block.nth_best(valued, NEXT_EACH), wanted[block.sides.requests]
            ),
            np.sort(pool.identity),
        )
        state.lower(offers.bound, prices)
        state.report("relaxing")
        state.counts |= {"columns": len(pool), "rows": len(rows.limit), "rounds": rounds}
        if state.closed or not len(offers.columns):
            break
        pool = Columns.concatenate([pool, offers.columns])
        rows = build_rows(state.case, pool)
    return pool


def _round(pool: Columns, rows: Rows, relaxed: Relaxed) -> Plan:
    """A plan that follows the relaxation as far as it can."""
    order = np.lexsort((-pool.value, -np.round(relaxed.share, 6)))
    return pick(pool, rows, order)


def _prove(state: State, market: Market) -> None:
    """Search exactly among the columns that a better plan could use."""
    if state.prices is None or state.bound is None:
        return
    losses = market.losses(state.prices)
    while not state.clock.over and not state.closed:
        slack = SCALE * (state.bound - state.plan.points)
        complete = int((losses <= slack).sum()) <= MOST_EXACT
        if not complete:
            slack = int(np.partition(losses, MOST_EXACT // 4)[MOST_EXACT // 4])
        columns = _within(state, market, slack)
        state.counts["exact_columns"] = len(columns)
        rows = build_rows(state.case, columns)
        result = search(
            state.clock,
            columns,
            rows,
            state.plan.columns,
            seed=state.seed,
            effort=None if complete else EFFORT,
            found=lambda points, served: state.report("proving", points, served),
        )
        before = state.plan.points
        if result.plan is not None:
            state.improve(result.plan)
        if complete and result.bound is not None:
            state.bound = min(state.bound, max(result.bound, state.plan.points))
        if complete or state.plan.points == before:
            break


def _within(state: State, market: Market, slack: int) -> Columns:
    """All columns that fall short of their request's best by at most `slack`, and the plan's."""
    assert state.prices is not None
    offers = market.offers(state.prices, lambda block, valued: valued.top - slack)
    mine = state.plan.columns
    extra = mine.take(~np.isin(mine.identity, offers.columns.identity))
    return Columns.concatenate([offers.columns, extra])
