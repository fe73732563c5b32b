"""Where there is too much to look at, the answer stays allowed and its bound true."""

from __future__ import annotations

from types import ModuleType

import pytest

from matchmaker.scheduling.judge import check
from matchmaker.scheduling.proposal import Status
from matchmaker.scheduling.solving import (
    exactly,
    extent,
    market,
    mend,
    nearly,
    search,
    solve,
    teams,
)
from tests.scheduling.solving.tiny import crowded_problem, tiny_problem

SEEDS = range(60)
ROOMY = {"ROOMY": 0, "ROOMY_EACH": 0}

PIECES = [
    pytest.param(market, {"BLOCK_CELLS": 30}, id="small blocks"),
    pytest.param(teams, {"MOST_AT_ONCE": 2}, id="few talks at once"),
    pytest.param(search, {"FIRST_EACH": 1}, id="few columns to begin with"),
    pytest.param(exactly, {"NEXT_EACH": 1, "CLOSE": 0}, id="small steps"),
    pytest.param(search, {"FEW_REQUESTS": 0}, id="rough rounds first"),
    pytest.param(exactly, {"MOST_TORN": -1, "LAST_TORN": -1}, id="mending only"),
    pytest.param(exactly, {"MOST_ROUNDS": 1}, id="one relaxation"),
    pytest.param(extent, {**ROOMY, "FEW_EACH": 1, "LEAST_DAYS": 1}, id="one day of each first"),
    pytest.param(extent, {**ROOMY, "LEAST_DAYS": 2}, id="two days of each first"),
]


@pytest.mark.parametrize(("module", "limits"), PIECES)
def test_solve_piece_by_piece_gives_the_same_total(
    monkeypatch: pytest.MonkeyPatch, module: ModuleType, limits: dict[str, int]
) -> None:
    whole = [solve(tiny_problem(seed), threads=1) for seed in SEEDS]
    for name, value in limits.items():
        monkeypatch.setattr(module, name, value)
    pieces = [solve(tiny_problem(seed), threads=2) for seed in SEEDS]
    assert [row.score.total for row in pieces] == [row.score.total for row in whole]
    assert {row.status for row in pieces} == {Status.OPTIMAL}


def test_solve_improves_what_it_cannot_prove(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = crowded_problem(16)
    best = solve(problem).score.total
    monkeypatch.setattr(search, "MOST_EXACT", 0)
    monkeypatch.setattr(search, "SOME_EXACT", 300)
    proposal = solve(problem)
    assert check(problem, proposal).right
    assert proposal.bound is not None
    assert proposal.bound >= best >= proposal.score.total > 0.9 * best


def test_solve_stays_allowed_where_there_is_too_much_room_to_see_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = [solve(tiny_problem(seed), threads=1) for seed in SEEDS]
    for name, value in {**ROOMY, "FEW_EACH": 1, "LEAST_DAYS": 1, "MOST": 0}.items():
        monkeypatch.setattr(extent, name, value)
    parts = [solve(tiny_problem(seed), threads=1) for seed in SEEDS]
    for seed, part, best in zip(SEEDS, parts, whole, strict=True):
        assert check(tiny_problem(seed), part).right
        assert part.bound is not None
        assert part.bound >= best.score.total >= part.score.total
    assert sum(row.score.total for row in parts) > 0.8 * sum(row.score.total for row in whole)


@pytest.mark.parametrize("far", [1, 45, 10**9])
def test_solve_as_a_country_stays_allowed_and_close(
    monkeypatch: pytest.MonkeyPatch, far: int
) -> None:
    problem = crowded_problem(16)
    best = solve(problem)
    monkeypatch.setattr(search, "MOST_SIMPLEX", 0)
    monkeypatch.setattr(search, "MANY", 0)
    monkeypatch.setattr(nearly, "SIZES", (5, 9))
    monkeypatch.setattr(nearly, "LAST_SIZES", (5, 9))
    monkeypatch.setattr(nearly, "TOGETHER", 0)
    monkeypatch.setattr(nearly, "FAR", far)
    monkeypatch.setattr(mend, "AT_ONCE", 1)
    proposal = solve(problem, threads=2)
    assert check(problem, proposal).right
    assert proposal.bound is not None
    assert proposal.bound >= best.score.total >= proposal.score.total
    assert proposal.bound <= 1.01 * best.score.total
    assert proposal.score.total >= 0.99 * best.score.total
    again = solve(problem, threads=2)
    assert again.assignments == proposal.assignments


def test_solve_as_a_country_ends_with_the_optimum(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = [solve(tiny_problem(seed), threads=1) for seed in SEEDS[:20]]
    monkeypatch.setattr(search, "MOST_SIMPLEX", 0)
    monkeypatch.setattr(nearly, "TINY", 10**9)
    country = [solve(tiny_problem(seed), threads=1) for seed in SEEDS[:20]]
    assert [row.score.total for row in country] == [row.score.total for row in whole]
    closed = [row for row in country if row.bound == row.score.total]
    assert max(row.info["rounds"] for row in closed) < nearly.MOST_ROUNDS
