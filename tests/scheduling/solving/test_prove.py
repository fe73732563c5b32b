"""The exact end, with teams priced: whatever it starts from, it ends with the best plan, proven."""

from __future__ import annotations

from math import prod
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from matchmaker.scheduling.judge import check, judge
from matchmaker.scheduling.problem import Problem
from matchmaker.scheduling.proposal import Status
from matchmaker.scheduling.solving import exact, search, solve
from matchmaker.scheduling.solving.block import Surroundings
from matchmaker.scheduling.solving.case import Case, make_case
from matchmaker.scheduling.solving.clock import Clock
from matchmaker.scheduling.solving.columns import Columns, assignment
from matchmaker.scheduling.solving.linear import Program, solve_relaxation
from matchmaker.scheduling.solving.market import Market, free, open_market
from matchmaker.scheduling.solving.plan import Plan, pick
from matchmaker.scheduling.solving.prices import SCALE, Prices
from matchmaker.scheduling.solving.pricing import within
from matchmaker.scheduling.solving.rows import build_rows
from matchmaker.scheduling.solving.score import score
from matchmaker.scheduling.solving.state import State
from tests.scheduling.solving.brute import Trial, optimum
from tests.scheduling.solving.short_staffed import short_staffed

ALL = 10**5 * SCALE
MOST_PLANS = 3_000_000  # that are tried, most of them at once
UNKNOWN = 1 << 60  # a bound that says nothing

often = settings(
    max_examples=50,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def best_total(problem: Problem) -> int:
    """By trying everything, unless that would take long."""
    sizes = [1 + len(row) for row in Trial(problem).options]
    assume(prod(sizes) < MOST_PLANS)
    return optimum(problem)


def program_of(case: Case, columns: Columns) -> Program:
    return Program(columns, build_rows(case, columns))


def prices_of_some(market: Market, columns: Columns, random: Random, share: float) -> Prices:
    """Prices that are right as long as only a share of the talks is known."""
    known = np.array([random.random() < share for _ in range(len(columns))], dtype=np.bool_)
    program = program_of(market.case, columns.take(known))
    relaxed = solve_relaxation(market.clock, program, len(market.case.tables.requests.ids))
    assert relaxed is not None
    return program.rows.prices(relaxed.duals, market.case.tables.days)


def halfway(problem: Problem, random: Random, share: float, tries: int) -> tuple[State, Market]:
    """A search with any prices, and the best of so many plans put together by chance."""
    case = make_case(problem, problem.fixed)
    market = open_market(Surroundings.of(case), Clock(3600.0), 1)
    everything = market.offers(free(case), within(ALL, spare=ALL))
    assert everything is not None
    columns, none = everything.columns, Plan(Columns.none(), 0)
    base = score(problem, problem.fixed).total
    state = State(case, market.clock, base, 0, 1, None, none, UNKNOWN)
    prices = prices_of_some(market, columns, random, share)
    offers = market.offers(prices, within(0))
    assert offers is not None
    assert offers.bound is not None
    state.lower(offers.bound, prices)
    program = program_of(case, columns)
    for _ in range(tries):
        order = np.array(random.sample(range(len(columns)), len(columns)), dtype=np.int64)
        taken = pick(columns, program.rows, order)
        state.improve(Plan(columns.take(taken), program.rows.points(columns, taken)))
    return state, market


@often
@given(
    problem=short_staffed(),
    random=st.integers(0, 10**6).map(Random),
    share=st.sampled_from([1.0, 0.7, 0.3, 0.05]),
    tries=st.sampled_from([0, 1, 10]),
    small=st.sampled_from([exact.SMALL, 0]),
)
def test_prove_ends_with_the_best_plan_from_any_prices_and_plan(
    problem: Problem, random: Random, share: float, tries: int, small: int
) -> None:
    best = best_total(problem)
    state, market = halfway(problem, random, share, tries)
    assert state.base + state.bound >= best >= state.base + state.plan.points

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exact, "SMALL", small)  # 0: without a look at the relaxation
        search.prove(state, market)

    columns, tables = state.plan.columns, state.case.tables
    plan = [assignment(tables, columns, row) for row in range(len(columns))]
    verdict = judge(problem, plan)
    assert (verdict.violations, verdict.score.total) == ((), best)
    assert (state.base + state.plan.points, state.base + state.bound) == (best, best)


@often
@given(problem=short_staffed(), random=st.integers(0, 10**6).map(Random))
def test_prove_claims_nothing_that_it_did_not_see(problem: Problem, random: Random) -> None:
    """As if the problem were too large to list all talks, or time was up."""
    best = best_total(problem)
    state, market = halfway(problem, random, 0.5, 1)
    before, bound = state.plan.points, state.bound

    with pytest.MonkeyPatch.context() as patch:
        if random.random() < 0.7:
            patch.setattr(search, "MOST_EXACT", random.randint(0, 9))
            patch.setattr(search, "SOME_EXACT", random.randint(0, 9))
        else:
            market.clock.stop.set()
        search.prove(state, market)

    assert bound >= state.bound >= best - state.base >= state.plan.points >= before


@often
@given(problem=short_staffed(), threads=st.sampled_from([1, 2]))
def test_solve_of_short_staffed_problems_equals_trying_everything(
    problem: Problem, threads: int
) -> None:
    proposal = solve(problem, threads=threads, time_limit=3600)

    verdict = check(problem, proposal)
    assert (verdict.violations, verdict.misstatements, verdict.notes) == ((), (), ())
    best = best_total(problem)
    assert (proposal.score.total, proposal.bound) == (best, best)
    assert proposal.status is Status.OPTIMAL
