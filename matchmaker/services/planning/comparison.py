"""Two versions of a round's plan side by side, and how evenly one treats people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from matchmaker.models import Proposal
from matchmaker.scheduling.compare import Comparison, compare
from matchmaker.scheduling.fairness import fairness_of
from matchmaker.scheduling.formats.encode import encoded
from matchmaker.scheduling.problem import Assignment, Problem
from matchmaker.services.planning.proposals import plan_of, problem_of
from matchmaker.services.problems.aliases import spoken
from matchmaker.services.problems.plan_rows import planned


@dataclass(frozen=True, slots=True)
class Compared:
    """Both versions measured by the question of the later one, and that question."""

    problem: Problem
    comparison: Comparison


def compared(before: Proposal, after: Proposal) -> Compared:
    """What is different in `after`; languages are called as in its question.

    Points and rules are those of that question for both, so that they can be compared: an evening
    that was decided in between counts, and so does what has become known.
    """
    problem = problem_of(after)
    was = [_named(row, problem) for row in planned(before)]
    return Compared(problem, compare(problem, was, plan_of(after).assignments))


def fairness_figures(proposal: Proposal) -> Mapping[str, Any]:
    """The figures under `info.fairness`; versions from before they were kept are measured now."""
    stated = proposal.content.get("info", {}).get("fairness")
    if isinstance(stated, dict):
        return stated
    figures: dict[str, Any] = encoded(
        fairness_of(problem_of(proposal), plan_of(proposal).assignments)
    )
    return figures


def _named(row: Assignment, problem: Problem) -> Assignment:
    request = problem.request.get(row.request)
    names = {spoken(tag): tag for tag in request.languages} if request else {}
    return replace(row, language=names.get(row.language, row.language))
