"""What a search knows: bounds only fall, to multiples of the grain, and never below a plan."""

from __future__ import annotations

from dataclasses import asdict, replace
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.scheduling.problem import Problem, Weights
from matchmaker.scheduling.solving.block import Surroundings
from matchmaker.scheduling.solving.case import make_case
from matchmaker.scheduling.solving.clock import Clock
from matchmaker.scheduling.solving.columns import Columns
from matchmaker.scheduling.solving.market import free, most_points, open_market
from matchmaker.scheduling.solving.plan import Plan
from matchmaker.scheduling.solving.prices import SCALE
from matchmaker.scheduling.solving.pricing import within
from matchmaker.scheduling.solving.score import score
from matchmaker.scheduling.solving.state import State
from tests.scheduling import small
from tests.scheduling.solving.brute import optimum
from tests.scheduling.solving.test_grain import weighed
from tests.scheduling.solving.tiny import tiny_problem

# Topics count in tens, ways not at all.
TENS = Weights(**{**dict.fromkeys(asdict(Weights()), 700), "topics": 1, "travel": 0})


def state_of(problem: Problem, bound: int = 1 << 60) -> State:
    case = make_case(problem, problem.fixed)
    base = score(problem, problem.fixed).total
    return State(case, Clock(3600.0), base, 0, 1, None, Plan(Columns.none(), 0), bound)


def in_tens(bound: int = 1 << 60) -> State:
    state = state_of(small.problem(weights=TENS), bound)
    assert state.grain == 10
    return state


def in_ones() -> State:
    state = state_of(small.problem(weights=Weights(serve=1001)))
    assert state.grain == 1
    return state


@pytest.mark.parametrize(
    ("points", "floor"),
    [(30, 30), (39, 30), (29.99, 20), (30.01, 30), (0, 0), (9, 0), (-1, -10), (-10, -10)],
)
def test_floor_is_the_multiple_below(points: float, floor: int) -> None:
    found = in_tens().floor(points)
    assert (found, type(found)) == (floor, int)


@given(st.integers(-(10**12), 10**12) | st.floats(-1e12, 1e12))
def test_floor_loses_less_than_a_grain(points: float) -> None:
    for state in (TEN, ONE):
        found = state.floor(points)
        assert found % state.grain == 0
        assert found <= points < found + state.grain


TEN, ONE = in_tens(), in_ones()


def test_lower_takes_parts_of_a_point_down_to_the_grain() -> None:
    state = in_tens()
    prices = free(state.case)
    for parts, bound in (
        (SCALE * 50 + SCALE - 1, 50),
        (SCALE * 50 - 1, 40),
        (SCALE * 40, 40),
        (SCALE * 31, 30),
        (-1, -10),
    ):
        state.lower(parts, prices)
        assert (parts, state.bound) == (parts, bound)


def test_lower_never_raises_the_bound_and_keeps_the_prices_that_prove_it() -> None:
    state = in_tens()
    first, second = free(state.case), free(state.case)
    state.lower(SCALE * 57, first)
    for parts in (SCALE * 59, SCALE * 50, SCALE * 60, SCALE * 1000):
        state.lower(parts, second)
        assert state.bound == 50
        assert state.prices is first
    state.lower(SCALE * 50 - 1, second)
    assert state.bound == 40
    assert state.prices is second


def test_a_search_is_closed_when_the_bound_falls_to_the_plan() -> None:
    state = in_tens(60)
    state.improve(Plan(Columns.none(), 50))
    assert (state.closed, state.slack) == (False, 10)
    state.lower(SCALE * 60 - 1, None)
    assert (state.closed, state.slack) == (True, 0)


def test_only_better_plans_are_kept_and_of_equals_those_with_more_talks() -> None:
    state = in_tens()
    offers = open_market(Surroundings.of(state.case), state.clock, 1).first_offers(
        within(0, most=1)
    )
    one, two = offers.columns.take(np.array([0])), offers.columns.take(np.array([0, 1]))
    for plan, kept in (
        (Plan(two, -10), False),
        (Plan(one, 0), True),
        (Plan(two, 0), True),
        (Plan(one, 0), False),
        (Plan(Columns.none(), 10), True),
    ):
        state.improve(plan)
        assert (state.plan is plan) is kept


@pytest.mark.parametrize("times", [1, 12, 35])
@pytest.mark.parametrize("block", range(3))
def test_no_prices_take_the_bound_below_the_best_plan(times: int, block: int) -> None:
    for seed in range(10 * block, 10 * (block + 1)):
        problem, random = weighed(tiny_problem(seed), times), Random(seed)
        problem = replace(problem, travel=replace(problem.travel, default_minutes=20))
        best = optimum(problem)
        state = state_of(problem, most_points(make_case(problem, problem.fixed)))
        assert (best - state.base) % state.grain == 0
        market = open_market(Surroundings.of(state.case), state.clock, 1)
        for dear in (0, 1, 50, 400):
            prices = free(state.case)
            prices.person_day[:] = random.randint(0, times * dear * SCALE)
            room = np.maximum(state.case.load.people.day, 0)
            fixed = int((prices.person_day * room).sum())
            offers = market.offers(replace(prices, fixed=fixed), within(0))
            assert offers is not None
            assert offers.bound is not None
            state.lower(offers.bound, prices)
            assert (seed, state.base + state.bound >= best) == (seed, True)
            assert state.bound % state.grain == 0
