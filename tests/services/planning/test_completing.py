"""Teams for a start that somebody has chosen: as few broken rules as possible."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from matchmaker.scheduling.beside import Beside
from matchmaker.scheduling.formats import load_problem
from matchmaker.scheduling.problem import Assignment, Problem
from matchmaker.scheduling.solving.explain import alternatives, keep
from matchmaker.services.planning.completing import Completing

OFFICIAL = Path(__file__).parents[2] / "scheduling" / "demo_problem.json"


@pytest.fixture(scope="module")
def problem() -> Problem:
    return load_problem(OFFICIAL)


@pytest.fixture(scope="module")
def plan(problem: Problem) -> list[Assignment]:
    """What placing one request after the other gives: allowed, and full enough to be in the way."""
    kept = keep(problem, [])
    for request in problem.requests:
        for found in alternatives(kept, request.id, 1):
            kept = kept.beside(found.talk)
    return list(kept.talks.values())


@pytest.mark.parametrize("code", ["A001", "A013", "A027"])
def test_an_alternative_is_found_again_from_its_start_and_one_of_its_people(
    problem: Problem, plan: list[Assignment], code: str
) -> None:
    beside = Beside(problem, plan)
    completing = Completing(problem, beside, code)
    (best,) = alternatives(keep(problem, plan), code, 1)
    for person in ("", *best.talk.people):
        found = completing.completed(best.talk.start, person)
        assert found is not None
        assert found.start == best.talk.start
        assert person in ("", *found.people)
        assert beside.breaches(found) == ()
    assert completing.completed(best.talk.start, "R999") is None


def test_whoever_is_named_comes_even_against_a_rule(
    problem: Problem, plan: list[Assignment]
) -> None:
    beside = Beside(problem, plan)
    odd = datetime.fromisoformat("2027-03-08T09:10")
    found = Completing(problem, beside, "A001").completed(odd, "R25")
    assert found is not None
    assert (found.start, "R25" in found.speakers) == (odd, True)
    assert beside.breaches(found) != ()
