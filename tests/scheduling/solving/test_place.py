"""Alternatives for one request beside the rest of a plan."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matchmaker.scheduling.judge import judge
from matchmaker.scheduling.problem import Assignment, Problem
from matchmaker.scheduling.solving import place, solve
from tests.scheduling import small
from tests.scheduling.solving.tiny import tiny_problem

LATER = small.windows("2027-01-13", preference=1)


def total(problem: Problem, plan: list[Assignment]) -> int:
    return judge(problem, plan).score.total


def test_place_lists_the_best_first() -> None:
    wanted = small.request(windows=small.windows("2027-01-12", preference=3) + LATER)
    problem = small.problem(requests=(wanted,))
    found = place(problem, (), "A1", limit=3)
    starts = [f"{row.assignment.start:%Y-%m-%d}" for row in found]
    assert starts == ["2027-01-12", "2027-01-12", "2027-01-13"] or starts[0] == "2027-01-12"
    assert [row.difference for row in found] == sorted(row.difference for row in found)[::-1]
    assert len(found) == 3


def test_place_leaves_out_the_place_that_the_request_has() -> None:
    problem = small.problem()
    now = small.talk("A1")
    found = place(problem, (now,), "A1", limit=50)
    assert now not in [row.assignment for row in found]
    assert found


def test_place_gives_nothing_where_nobody_can() -> None:
    problem = small.problem(speakers=(small.speaker(topics={"T9": 1}),))
    assert place(problem, (), "A1") == []


def test_place_lists_places_that_cost_more_than_they_earn() -> None:
    problem = small.problem(weights=replace(small.problem().weights, travel=1_000))
    assert place(problem, (), "A1")[0].difference < 0


@pytest.mark.parametrize("seed", range(40))
def test_place_offers_only_allowed_places_with_true_differences(seed: int) -> None:
    problem = tiny_problem(seed)
    plan = list(solve(problem, threads=1).assignments)
    before = total(problem, plan)
    fixed = {talk.request for talk in problem.fixed}
    for request in problem.requests:
        if request.id in fixed:
            continue
        rest = [talk for talk in plan if talk.request != request.id]
        for option in place(problem, plan, request.id, limit=4):
            moved = [*rest, option.assignment]
            assert judge(problem, moved).violations == ()
            assert total(problem, moved) - before == option.difference
