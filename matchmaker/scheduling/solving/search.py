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
from matchmaker.scheduling.solving.market import Choice, Market, open_market
from matchmaker.scheduling.solving.plan import Plan, pick
from matchmaker.scheduling.solving.prices import SCALE, Prices
from matchmaker.scheduling.solving.pricing import Pricer, Valued
from matchmaker.scheduling.solving.rows import Rows, build_rows

FIRST_EACH = 20  # columns of each request to begin with
NEXT_EACH = 6  # columns that each request may add in a round
TRIFLE = 8  # parts of a point: rounded prices are not exact
MOST_EXACT = 60_000  # columns that the exact search can prove something about
SOME_EXACT = 15_000  # columns with which it can at least improve a plan
EFFORT = 20.0  # deterministic seconds for improving a plan


@dataclass(slots=True)
class State:
    """The best plan so far and the lowest proven bound, both in points beyond what stands.

    `base` are the points of what stands; `prices` prove the bound.
    """

    case: Case
    clock: Clock
    base: int
    seed: int
    on_progress: Callable[[Progress], object] | None
    plan: Plan
    bound: int
    prices: Prices | None = None
    phase: str = "listing"
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def closed(self) -> bool:
        return self.plan.points >= self.bound

    def report(self, phase: str, points: int | None = None, served: int | None = None) -> None:
        """Tell the caller how far the search has come; `points` of a plan not handed over yet."""
        self.phase = phase
        if self.on_progress is None:
            return
        taken = len(self.plan.columns) if served is None else served
        self.on_progress(
            Progress(
                served=len(self.case.load.talks) + taken,
                best=self.base + (self.plan.points if points is None else points),
                bound=self.base + self.bound,
                seconds=self.clock.seconds,
                phase=phase,
            )
        )

    def count(self, **numbers: int) -> None:
        for name, number in numbers.items():
            before = self.counts.get(name, 0)
            self.counts[name] = before + number if name == "rounds" else number

    def improve(self, plan: Plan) -> None:
        if (plan.points, len(plan.columns)) > (self.plan.points, len(self.plan.columns)):
            self.plan = plan
            self.report(self.phase)

    def lower(self, bound: int, prices: Prices | None) -> None:
        """Take a bound in parts of a point and the prices that prove it."""
        if bound // SCALE < self.bound:
            self.bound, self.prices = bound // SCALE, prices


def run(state: State, threads: int) -> None:
    """Improve plan and bound until they meet or time is up."""
    market, offers = open_market(state.case, state.clock, threads, _best)
    state.lower(offers.bound, None)
    rows = build_rows(state.case, offers.columns)
    state.improve(pick(offers.columns, rows, np.argsort(-offers.columns.value, kind="stable")))
    state.report("relaxing")
    _relax(state, market, offers.columns, rows)
    if state.prices and not state.closed and not state.clock.over:
        state.report("proving")
        _prove(state, market, state.prices)


def _best(block: Pricer, valued: Valued) -> Ints:
    """The best talks of each request."""
    return block.nth_best(valued, FIRST_EACH)


def _relax(state: State, market: Market, pool: Columns, rows: Rows) -> None:
    """Add columns until none is worth its price: the relaxation's value is the bound then."""
    requests = len(state.case.tables.requests.ids)
    while not state.clock.over:
        relaxed = solve_relaxation(state.clock, pool, rows, requests)
        if relaxed is None:
            break
        state.improve(_round(pool, rows, relaxed))
        prices = rows.prices(relaxed.duals, state.case.tables.days)
        worth = relaxed.request_duals + TRIFLE
        offers = market.offers(prices, _best_above(worth), np.sort(pool.identity))
        if offers is None:
            break
        state.lower(offers.bound, prices)
        state.count(columns=len(pool), rows=len(rows.limit), rounds=1)
        state.report("relaxing")
        if state.closed or not len(offers.columns):
            break
        pool = Columns.concatenate([pool, offers.columns])
        rows = build_rows(state.case, pool)


def _best_above(worth: Ints) -> Choice:
    """The best talks of each request that are worth more than its share of the relaxation."""

    def least(block: Pricer, valued: Valued) -> Ints:
        return np.maximum(block.nth_best(valued, NEXT_EACH), worth[block.sides.requests])

    return least


def _within(slack: int) -> Choice:
    """All talks that fall short of their request's best by at most `slack`."""

    def least(_: Pricer, valued: Valued) -> Ints:
        return valued.top - slack

    return least


def _round(pool: Columns, rows: Rows, relaxed: Relaxed) -> Plan:
    """A plan that follows the relaxation as far as it can."""
    return pick(pool, rows, np.lexsort((-pool.value, -np.round(relaxed.share, 6))))


def _prove(state: State, market: Market, prices: Prices) -> None:
    """Search exactly among the columns that a better plan could use.

    A plan is worth the bound less what its columns fall short of the best of their requests, so a
    better plan has no column that falls short by more than bound and plan are apart.
    """
    losses = market.losses(prices)
    while losses and not state.clock.over and not state.closed:
        slack = SCALE * (state.bound - state.plan.points)
        complete = int((losses.listed <= slack).sum()) <= MOST_EXACT
        complete &= losses.unlisted is None or losses.unlisted > slack
        if len(losses.listed) > SOME_EXACT and not complete:
            slack = min(slack, int(np.partition(losses.listed, SOME_EXACT)[SOME_EXACT]))
        offers = market.offers(prices, _within(slack))
        if offers is None:
            break
        columns = _joined(offers.columns, state.plan.columns)
        state.count(exact=len(columns))
        result = search(
            state.clock,
            columns,
            build_rows(state.case, columns),
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


def _joined(columns: Columns, others: Columns) -> Columns:
    """All of both, each once."""
    fresh = ~np.isin(others.identity, columns.identity)
    return Columns.concatenate([columns, others.take(fresh)])
