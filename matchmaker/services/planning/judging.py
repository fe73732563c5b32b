"""What the independent judge says about a plan, where people act on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from matchmaker.i18n import N_
from matchmaker.scheduling.judge import Breach, Verdict, judge
from matchmaker.scheduling.judge.rules.travel import ELSEWHERE, OVERLAP
from matchmaker.scheduling.problem import Assignment, Problem
from matchmaker.services.errors import NotPossible


class RulesBroken(NotPossible):
    """The plan would break rules; `breaches` say which, by whom and on which evening."""

    def __init__(self, breaches: Sequence[Breach]) -> None:
        super().__init__(N_("This would break rules of the planning."))
        self.breaches = tuple(breaches)


def judged(problem: Problem, assignments: Sequence[Assignment]) -> Verdict:
    """The judge's view of a plan that leaves every other request open."""
    return judge(problem, assignments, open_requests(problem, assignments))


def is_final(breach: Breach) -> bool:
    """Somebody would be at two talks at once: no reason helps, the database refuses the second."""
    return breach.template in {OVERLAP, ELSEWHERE}


def open_requests(problem: Problem, assignments: Iterable[Assignment]) -> list[str]:
    placed = {row.request for row in assignments}
    return [row.id for row in problem.requests if row.id not in placed]


def about(verdict: Verdict, request: str) -> Iterator[Breach]:
    """Every breach that a request is part of, whether forbidden or only by fixed talks."""
    for breach in (*verdict.violations, *verdict.warnings):
        if request in breach.requests:
            yield breach
