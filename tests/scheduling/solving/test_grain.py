"""All plans of a problem are worth a multiple of its grain."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest

from matchmaker.scheduling.problem import Problem, Travel, Weights
from matchmaker.scheduling.solving import solve
from matchmaker.scheduling.solving.points import grain_of
from matchmaker.scheduling.solving.score import score
from matchmaker.scheduling.solving.tables import tabulate
from tests.scheduling.solving.tiny import crowded_problem, tiny_problem
from tests.scheduling.solving.wide import wide_problem

PROBLEMS = [
    *(pytest.param(tiny_problem(seed), id=f"tiny {seed}") for seed in range(10)),
    *(pytest.param(wide_problem(seed), id=f"wide {seed}") for seed in range(10)),
    pytest.param(crowded_problem(8), id="crowded"),
]


def weighed(problem: Problem, times: int) -> Problem:
    """The same with every weight and discouraged day so many times as dear."""
    weights = {name: times * value for name, value in asdict(problem.weights).items()}
    days = {day: times * cost for day, cost in problem.discouraged_days.items()}
    return replace(problem, weights=Weights(**weights), discouraged_days=days)


@pytest.mark.parametrize("problem", PROBLEMS)
def test_every_plan_is_worth_a_multiple(problem: Problem) -> None:
    dear = weighed(problem, 12)
    unit = grain_of(tabulate(dear))
    plan = solve(dear, threads=1).assignments

    assert unit % 12 == 0
    for count in range(len(plan) + 1):
        assert score(dear, plan[:count]).total % unit == 0


def test_minutes_of_travel_and_points_of_topics_count_as_they_are() -> None:
    travel = Travel(default_minutes=14, online_gap_minutes=3, minutes={})
    problem = replace(crowded_problem(4), discouraged_days={}, travel=travel)
    heavy = Weights(**dict.fromkeys(asdict(problem.weights), 700))
    of_travel, of_topics = replace(heavy, travel=1), replace(heavy, topics=1)

    assert grain_of(tabulate(replace(problem, weights=of_travel))) == 14
    assert grain_of(tabulate(replace(problem, weights=of_topics))) == 10


def test_without_any_weight_it_is_one() -> None:
    problem = replace(crowded_problem(4), discouraged_days={})
    nothing = Weights(**dict.fromkeys(asdict(problem.weights), 0))

    assert grain_of(tabulate(replace(problem, weights=nothing))) == 1
