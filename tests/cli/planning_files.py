"""What tests of the commands on planning files have in common."""

from __future__ import annotations

from collections.abc import Sequence

from click.testing import CliRunner, Result

from matchmaker.cli import main
from matchmaker.scheduling.judge import judge
from matchmaker.scheduling.problem import Assignment, Problem
from matchmaker.scheduling.proposal import Proposal, Status, Unassigned


def run(*arguments: object, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(main, [str(part) for part in arguments], input=stdin)


def proposal(case: Problem, talks: Sequence[Assignment]) -> Proposal:
    """A plan as a proposal that proves nothing."""
    placed = {row.request for row in talks}
    return Proposal(
        status=Status.FEASIBLE,
        assignments=tuple(talks),
        unassigned=tuple(
            Unassigned(request=row.id) for row in case.requests if row.id not in placed
        ),
        score=judge(case, talks).score,
        bound=None,
        seconds=0.1,
        seed=0,
    )
