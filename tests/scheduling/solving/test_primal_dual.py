"""The relaxation in steps comes to where simplex comes, from anywhere, and repeats itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest

from matchmaker.scheduling.problem import Problem
from matchmaker.scheduling.solving.block import Surroundings
from matchmaker.scheduling.solving.case import make_case
from matchmaker.scheduling.solving.clock import Clock
from matchmaker.scheduling.solving.linear import Program, solve_relaxation
from matchmaker.scheduling.solving.market import Market, open_market
from matchmaker.scheduling.solving.prices import SCALE
from matchmaker.scheduling.solving.pricing import within
from matchmaker.scheduling.solving.primal_dual import approach
from matchmaker.scheduling.solving.rows import build_rows
from matchmaker.scheduling.solving.sums import Hands, Sums, by_width
from tests.scheduling.solving.tiny import crowded_problem, tiny_problem
from tests.scheduling.solving.wide import wide_problem

PROBLEMS = [
    *(pytest.param(tiny_problem(seed), id=f"tiny {seed}") for seed in range(6)),
    *(pytest.param(wide_problem(seed), id=f"wide {seed}") for seed in range(6)),
    pytest.param(crowded_problem(16), id="crowded"),
]


def all_columns(problem: Problem, most: int = 1_000) -> tuple[Market, Program, int]:
    case = make_case(problem, problem.fixed)
    market = open_market(Surroundings.of(case), Clock(60.0), 1)
    columns = market.first_offers(within(10**6 * SCALE, most=most, teams=False)).columns
    return market, Program(columns, build_rows(case, columns)), len(case.tables.requests.ids)


@pytest.mark.parametrize("problem", PROBLEMS)
def test_many_steps_come_to_the_optimum_of_simplex(problem: Problem) -> None:
    _, program, requests = all_columns(problem, 20)
    exact = solve_relaxation(Clock(60.0), program, requests)
    assert exact is not None

    nearly, _ = approach(Clock(60.0), program, requests, None, 4_000)

    assert nearly.total == pytest.approx(exact.total, rel=1e-3, abs=0.5)
    assert bound(program, nearly.duals, nearly.request_duals) >= exact.total - 0.5
    assert bound(program, nearly.duals, nearly.request_duals) == pytest.approx(
        exact.total, rel=2e-3, abs=1
    )


def bound(program: Program, duals: np.ndarray, request_duals: np.ndarray) -> float:
    """What these prices prove about the relaxation, in points."""
    rows, columns = program.rows, program.columns
    owner = np.repeat(np.arange(len(columns)), np.diff(rows.begins))
    pay = np.bincount(owner, weights=duals[rows.row], minlength=len(columns)) / SCALE
    rent = request_duals[columns.request] / SCALE
    steps = np.maximum(duals[rows.step_row] / SCALE - rows.step_cost, 0) @ rows.step_size
    room = (duals @ rows.limit + request_duals.sum()) / SCALE
    return float(room + steps + np.maximum(columns.value - pay - rent, 0).sum())


def test_more_columns_go_on_from_where_fewer_ended() -> None:
    problem = crowded_problem(16)
    market, few, requests = all_columns(problem, 3)
    _, point = approach(Clock(60.0), few, requests, None, 1_000)
    more = market.first_offers(within(10**6 * SCALE, most=6, teams=False)).columns
    program = Program(more, build_rows(market.case, more))
    exact = solve_relaxation(Clock(60.0), program, requests)
    assert exact is not None

    anew, _ = approach(Clock(60.0), program, requests, None, 20)
    further, _ = approach(Clock(60.0), program, requests, point, 20)

    assert abs(further.total - exact.total) < abs(anew.total - exact.total)


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_equal_steps_end_at_equal_points(monkeypatch: pytest.MonkeyPatch, threads: int) -> None:
    monkeypatch.setattr("matchmaker.scheduling.solving.sums.PIECE", 40)
    _, program, requests = all_columns(crowded_problem(16), 20)
    first, _ = approach(Clock(60.0), program, requests, None, 300)
    again, _ = approach(Clock(60.0), program, requests, None, 300, threads=threads)
    assert np.array_equal(first.share, again.share)
    assert np.array_equal(first.duals, again.duals)


def test_nothing_to_take_is_worth_nothing() -> None:
    _, program, requests = all_columns(tiny_problem(0))
    none = Program(program.columns.take(np.zeros(0, dtype=np.int64)), program.rows)
    none = Program(none.columns, build_rows(make_case(tiny_problem(0), ()), none.columns))
    relaxed, _ = approach(Clock(60.0), none, requests, None, 50)
    assert relaxed.total == 0
    assert not relaxed.request_duals.any()


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("piece", [1, 40, 1 << 17])
def test_sums_of_groups_of_any_size(
    monkeypatch: pytest.MonkeyPatch, piece: int, threads: int
) -> None:
    monkeypatch.setattr("matchmaker.scheduling.solving.sums.PIECE", piece)
    random = np.random.default_rng(5)
    sizes = np.concatenate([random.integers(0, 12, 300), random.integers(0, 400, 20), [0]])
    order, width = by_width(sizes)
    sizes = sizes[order]
    begins = np.concatenate([[0], np.cumsum(sizes)])
    items = random.integers(0, 50, begins[-1])
    values = np.append(random.integers(-9, 9, 50), 0).astype(np.float32)
    found = np.full(len(sizes), np.nan, dtype=np.float32)

    with ThreadPoolExecutor() as helpers:
        Sums.of((begins, items), width, 50, Hands(threads, helpers)).add(values, found)

    expected = [values[items[a:b]].sum() for a, b in pairwise(begins)]
    assert found.tolist() == expected
    assert (np.diff(width) >= 0).all()
