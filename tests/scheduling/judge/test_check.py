"""The check of a proposal: its shape, its stated score, status and bound."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.scheduling.judge import RULE, check, judge
from matchmaker.scheduling.problem import Assignment, Problem
from matchmaker.scheduling.proposal import Proposal, RuleWarning, Score, Status, Unassigned
from tests.scheduling import strategies
from tests.scheduling.small import problem, speaker, talk

RIGHT = Proposal(
    status=Status.OPTIMAL,
    assignments=(talk(),),
    unassigned=(Unassigned(request="A2"),),
    score=Score(serve=1000, fairness=400, topics=120, language=200, travel=-20),
    bound=1700,
    seconds=0.1,
    seed=0,
)


def test_check_true_proposal_is_right() -> None:
    verdict = check(problem(), RIGHT)
    assert (verdict.right, verdict.misstatements, verdict.notes) == (True, (), ())


@pytest.mark.parametrize(
    ("change", "misstatements"),
    [
        ({"stated_total": 1701}, ("score.total is stated as 1701, but counts 1700",)),
        (
            {"score": replace(RIGHT.score, serve=999, travel=-19)},
            (
                "score.serve is stated as 999, but counts 1000",
                "score.travel is stated as -19, but counts -20",
            ),
        ),
        (
            {"bound": 1699},
            (
                "bound is stated as 1699, but this allowed plan scores 1700",
                "status is stated as optimal, but the total is 1700 and the bound 1699",
            ),
        ),
        (
            {"bound": 1701},
            ("status is stated as optimal, but the total is 1700 and the bound 1701",),
        ),
        (
            {"bound": None},
            ("status is stated as optimal, but the total is 1700 and the bound null",),
        ),
        ({"status": Status.FEASIBLE, "bound": None}, ()),
        ({"status": Status.FEASIBLE, "bound": 9999}, ()),
    ],
)
def test_check_wrong_figures_are_misstated(
    change: dict[str, Any], misstatements: tuple[str, ...]
) -> None:
    proposal = replace(RIGHT, **change)
    if "score" in change:
        proposal = replace(proposal, stated_total=1700)
    verdict = check(problem(), proposal)
    assert verdict.misstatements == misstatements
    assert verdict.right == (not misstatements)
    assert verdict.violations == ()


def test_check_feasible_at_its_bound_is_noted_but_right() -> None:
    verdict = check(problem(), replace(RIGHT, status=Status.FEASIBLE))
    assert verdict.right
    assert len(verdict.notes) == 1


def test_check_stated_warnings_that_differ_are_noted() -> None:
    stated = (RuleWarning(code="window", request="A1"),)
    verdict = check(problem(), replace(RIGHT, warnings=stated))
    assert (verdict.right, len(verdict.notes)) == (True, 1)
    left = problem(speakers=(speaker(available=()),), fixed=(talk(),))
    stated = (RuleWarning(code="availability", request="A1"),)
    assert check(left, replace(RIGHT, warnings=stated)).notes == ()


@pytest.mark.parametrize(
    ("assigned", "unassigned", "message"),
    [
        ((), ("A2",), "A1 is neither assigned nor listed as unassigned."),
        ((talk(),), (), "A2 is neither assigned nor listed as unassigned."),
        ((talk(),), ("A1", "A2"), "A1 is assigned and listed as unassigned."),
        ((talk(),), ("A2", "A2"), "A2 is listed as unassigned more than once."),
        ((talk(),), ("A2", "A9"), "The unknown id A9 is listed as unassigned."),
        ((talk("A9"),), ("A1", "A2"), "A9 is assigned with the unknown id A9."),
        ((talk(speakers=("X",)),), ("A2",), "A1 is assigned with the unknown id X."),
        ((talk(speakers=("S1",)),), ("A2",), "A1 is assigned with the unknown id S1."),
        ((talk(), talk()), ("A2",), "A1 is assigned more than once."),
    ],
)
def test_check_badly_formed_plan_breaks_shape_alone(
    assigned: tuple[Assignment, ...], unassigned: tuple[str, ...], message: str
) -> None:
    verdict = judge(problem(), assigned, unassigned)
    assert [(row.code, row.message) for row in verdict.violations] == [("shape", message)]


@settings(max_examples=50)
@given(st.data())
def test_judge_any_plan_gets_messages_with_all_their_facts(data: st.DataObject) -> None:
    of: Problem = data.draw(strategies.problems())
    verdict = judge(of, data.draw(strategies.plans(of)))
    for breach in (*verdict.violations, *verdict.warnings):
        assert breach.message.endswith(".")
        assert breach.code in RULE
        assert set(breach.requests) <= set(of.request)
        assert set(breach.persons) <= set(of.person)


@settings(max_examples=50)
@given(st.data())
def test_judge_fixed_plan_only_warns(data: st.DataObject) -> None:
    of: Problem = data.draw(strategies.problems())
    verdict = judge(of, of.fixed)
    assert verdict.violations == ()
    unfixed = judge(replace(of, fixed=()), of.fixed)
    assert [row.message for row in unfixed.violations] == [row.message for row in verdict.warnings]
    assert unfixed.score == verdict.score
