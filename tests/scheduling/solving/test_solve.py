"""What `solve` promises: the optimum, proven; in time; the same again."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest

from matchmaker.scheduling.formats import load_problem, read_problem
from matchmaker.scheduling.judge import check, judge
from matchmaker.scheduling.problem import Problem
from matchmaker.scheduling.progress import Progress
from matchmaker.scheduling.proposal import Status
from matchmaker.scheduling.solving import solve
from matchmaker.scheduling.solving.block import Surroundings
from matchmaker.scheduling.solving.case import make_case
from matchmaker.scheduling.solving.clock import Clock
from matchmaker.scheduling.solving.exact import search
from matchmaker.scheduling.solving.linear import Program
from matchmaker.scheduling.solving.market import free, open_market
from matchmaker.scheduling.solving.pricing import Ask
from matchmaker.scheduling.solving.rows import build_rows
from tests.scheduling import small
from tests.scheduling.golden_cases import DEMO_PROBLEM, GOLDEN
from tests.scheduling.solving.brute import optimum
from tests.scheduling.solving.tiny import crowded_problem, tiny_problem


@pytest.fixture(scope="module")
def demo() -> Problem:
    return load_problem(DEMO_PROBLEM)


@pytest.mark.parametrize("name", GOLDEN)
def test_solve_reaches_the_golden_optimum(name: str) -> None:
    case = GOLDEN[name]
    problem = read_problem(case["problem"])
    proposal = solve(problem)
    assert (proposal.score.total, proposal.bound) == (case["optimum"], case["optimum"])
    assert proposal.status is Status.OPTIMAL
    assert check(problem, proposal).right


@pytest.mark.parametrize("name", [name for name, case in GOLDEN.items() if case["unique"]])
def test_solve_finds_the_only_best_plan(name: str) -> None:
    case = GOLDEN[name]
    talks = {
        (talk.request, f"{talk.start:%Y-%m-%dT%H:%M}", talk.language, *talk.people)
        for talk in solve(read_problem(case["problem"])).assignments
    }
    assert talks == {
        (row["request"], row["start"], row["language"], *row["speakers"], *row["interpreters"])
        for row in case["plan"]
    }


def test_solve_proves_the_demo_quarter(demo: Problem) -> None:
    proposal = solve(demo)
    assert (len(proposal.assignments), proposal.score.total, proposal.bound) == (49, 68865, 68865)
    assert check(demo, proposal).right


def test_solve_repeats_to_the_letter(demo: Problem) -> None:
    first, second = solve(demo, seed=7, threads=2), solve(demo, seed=7, threads=2)
    assert first.assignments == second.assignments
    assert first.unassigned == second.unassigned


@pytest.mark.parametrize("block", range(8))
def test_solve_equals_trying_everything(block: int) -> None:
    for seed in range(100 * block, 100 * (block + 1)):
        problem = tiny_problem(seed)
        proposal = solve(problem, threads=1)
        assert (seed, proposal.score.total) == (seed, optimum(problem))
        assert (seed, proposal.status) == (seed, Status.OPTIMAL)
        assert check(problem, proposal).right


@pytest.mark.parametrize("seed", [12, 14, 16, 22])
def test_solve_proves_what_the_relaxation_leaves_open(seed: int) -> None:
    problem = crowded_problem(seed)
    proposal = solve(problem, threads=1)
    assert (proposal.status, proposal.info["exact"] > 0) == (Status.OPTIMAL, True)
    assert check(problem, proposal).right
    assert solve(problem, threads=2).assignments == proposal.assignments


@pytest.mark.parametrize("seed", [16, 22])
def test_solve_equals_the_exact_search_among_all_columns(seed: int) -> None:
    problem = crowded_problem(seed)
    clock = Clock(300)
    market = open_market(Surroundings.of(make_case(problem, ())), clock, 1)
    offers = market.offers(free(market.case), Ask(lambda _, top: 0 * top))
    assert offers is not None
    program = Program(offers.columns, build_rows(market.case, offers.columns))
    found = search(clock, program)
    dropped = problem.weights.drop * len(problem.published)
    assert found.bound == found.points
    assert solve(problem).score.total == found.points - dropped


def test_fixed_talk_on_the_last_evening_of_the_calendar_is_scored() -> None:
    held = small.talk(start="9999-12-31T23:30")
    problem = small.problem(fixed=(held,))
    proposal = solve(problem)
    assert held in proposal.assignments
    assert judge(problem, proposal.assignments).score == proposal.score


@pytest.mark.parametrize("limit", [0, 0.1])
def test_solve_gives_a_right_proposal_in_no_time(demo: Problem, limit: float) -> None:
    proposal = solve(demo, time_limit=limit)
    verdict = check(demo, proposal)
    assert verdict.right
    assert proposal.bound is not None
    assert proposal.bound >= 68865 >= proposal.score.total > 0


def test_solve_keeps_the_best_plan_when_it_is_stopped(demo: Problem) -> None:
    stop = threading.Event()
    seen: list[Progress] = []

    def watch(progress: Progress) -> None:
        seen.append(progress)
        stop.set()

    proposal = solve(demo, on_progress=watch, stop=stop)
    assert proposal.status is Status.FEASIBLE
    assert proposal.score.total == seen[-1].best
    assert len(proposal.assignments) == seen[-1].served
    assert check(demo, proposal).right


def test_solve_keeps_the_best_plan_when_it_is_interrupted(demo: Problem) -> None:
    def interrupt(progress: Progress) -> None:
        if progress.phase == "relaxing":
            raise KeyboardInterrupt

    proposal = solve(demo, on_progress=interrupt)
    assert proposal.score.total > 0
    assert check(demo, proposal).right


def test_solve_reports_ever_better_plans_and_bounds(demo: Problem) -> None:
    seen: list[Progress] = []
    proposal = solve(demo, on_progress=seen.append)
    plans = [row.best for row in seen if row.best is not None]
    bounds = [row.bound for row in seen if row.bound is not None]
    assert plans == sorted(plans)
    assert bounds == sorted(bounds, reverse=True)
    assert (plans[-1], bounds[-1], seen[-1].served) == (68865, 68865, 49)
    assert [row.seconds for row in seen] == sorted(row.seconds for row in seen)
    assert proposal.seconds >= seen[-1].seconds


def test_solve_without_requests_gives_the_empty_plan() -> None:
    proposal = solve(small.problem(requests=()))
    assert (proposal.assignments, proposal.unassigned) == ((), ())
    assert (proposal.status, proposal.bound, proposal.score.total) == (Status.OPTIMAL, 0, 0)


def test_solve_without_people_leaves_everything_open() -> None:
    proposal = solve(small.problem(speakers=(), interpreters=()))
    assert [row.request for row in proposal.unassigned] == ["A1", "A2"]
    assert (proposal.status, proposal.bound) == (Status.OPTIMAL, 0)


def test_solve_serves_requests_that_earn_nothing() -> None:
    free = dict.fromkeys(small.problem().weights.__slots__, 0)
    problem = small.problem(weights=replace(small.problem().weights, **free))
    assert len(solve(problem).assignments) == 2


def test_solve_leaves_requests_that_cost_more_than_they_earn() -> None:
    dear = replace(small.problem().weights, travel=100_000)
    proposal = solve(small.problem(weights=dear))
    assert (proposal.assignments, proposal.score.total) == ((), 0)
    assert [row.reasons for row in proposal.unassigned] == [(), ()]


def test_solve_takes_the_largest_numbers() -> None:
    most = dict.fromkeys(small.problem().weights.__slots__, 100_000) | {"balance": 0}
    people: dict[str, Any] = {"past_talks": 1_000_000, "max_talks": 1_000_000}
    problem = small.problem(
        weights=replace(small.problem().weights, **most),
        speakers=(small.speaker(**people), small.speaker("R2", **people)),
    )
    proposal = solve(problem)
    assert (proposal.status, len(proposal.assignments)) == (Status.OPTIMAL, 2)
    assert check(problem, proposal).right
