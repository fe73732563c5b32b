"""Other places for one request: every one of them allowed, none better left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from matchmaker.scheduling.formats import load_problem
from matchmaker.scheduling.judge import judge
from matchmaker.scheduling.problem import Assignment, Problem
from matchmaker.services.planning.alternatives import Bench
from matchmaker.services.planning.judging import about

OFFICIAL = Path(__file__).parents[2] / "scheduling" / "demo_problem.json"


@pytest.fixture(scope="module")
def problem() -> Problem:
    return load_problem(OFFICIAL)


@pytest.fixture(scope="module")
def plan(problem: Problem) -> list[Assignment]:
    """What placing one request after the other gives: allowed, and full enough to be in the way."""
    placed: list[Assignment] = []
    for request in problem.requests:
        placed += [row.assignment for row in Bench(problem, placed, request.id).alternatives(1)]
    return placed


def test_the_plan_of_best_alternatives_is_allowed(problem: Problem, plan: list[Assignment]) -> None:
    assert judge(problem, plan).allowed
    assert len(plan) > 40


@pytest.mark.parametrize("code", ["A001", "A013", "A027", "A052", "A055"])
def test_every_alternative_is_allowed_beside_the_whole_plan(
    problem: Problem, plan: list[Assignment], code: str
) -> None:
    rest = [row for row in plan if row.request != code]
    for found in Bench(problem, plan, code).alternatives(20):
        assert judge(problem, [*rest, found.assignment]).allowed


@pytest.mark.parametrize("code", ["A001", "A013", "A027"])
def test_an_alternative_is_found_again_from_its_start_and_one_of_its_people(
    problem: Problem, plan: list[Assignment], code: str
) -> None:
    bench = Bench(problem, plan, code)
    (best,) = bench.alternatives(1)
    for person in ("", *best.assignment.people):
        found = bench.completed(best.assignment.start, person)
        assert found is not None
        assert found.start == best.assignment.start
        assert person in ("", *found.people)
        assert bench.opinion(found).breaches == ()
    assert bench.completed(best.assignment.start, "R999") is None


@pytest.mark.parametrize("code", ["A001", "A013", "A027"])
def test_the_points_are_what_the_whole_plan_gains(
    problem: Problem, plan: list[Assignment], code: str
) -> None:
    rest = [row for row in plan if row.request != code]
    before = judge(problem, rest).score.total
    found = Bench(problem, plan, code).alternatives(3)
    assert found
    assert [row.score.total for row in found] == [
        judge(problem, [*rest, row.assignment]).score.total - before for row in found
    ]


def test_the_best_come_first_and_the_given_one_is_left_away(
    problem: Problem, plan: list[Assignment]
) -> None:
    here = next(row for row in plan if row.request == "A001")
    found = Bench(problem, plan, "A001").alternatives(10, without=here)
    totals = [row.score.total for row in found]
    assert totals == sorted(totals, reverse=True)
    assert here not in [row.assignment for row in found]


@pytest.mark.parametrize("code", ["A046", "A047", "A048", "A049", "A050", "A051", "A059"])
def test_an_impossible_request_has_no_alternative(problem: Problem, code: str) -> None:
    assert Bench(problem, [], code).alternatives() == []


def test_an_opinion_names_the_rules_that_a_placement_breaks(
    problem: Problem, plan: list[Assignment]
) -> None:
    here = next(row for row in plan if row.request == "A001")
    odd = replace(here, start=datetime.fromisoformat("2027-03-08T09:10"), speakers=("R25",))
    rest = [row for row in plan if row.request != "A001"]
    opinion = Bench(problem, plan, "A001").opinion(odd)
    whole = judge(problem, [*rest, odd])
    assert {row.code for row in opinion.breaches} == {row.code for row in about(whole, "A001")}


def test_a_pin_of_the_request_itself_is_not_in_the_way(
    problem: Problem, plan: list[Assignment]
) -> None:
    here = next(row for row in plan if row.request == "A001")
    pinned = replace(problem, fixed=(here,))
    assert Bench(pinned, plan, "A001").alternatives(1, without=here)


def test_load_counts_the_other_talks(problem: Problem, plan: list[Assignment]) -> None:
    here = next(row for row in plan if row.request == "A001")
    (speaker,) = here.speakers
    others = sum(speaker in row.speakers for row in plan if row.request != "A001")
    assert Bench(problem, plan, "A001").load(speaker) == others
