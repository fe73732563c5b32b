"""What holds for every proposal, whatever the problem."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from matchmaker.scheduling.judge import check
from matchmaker.scheduling.problem import Problem
from matchmaker.scheduling.proposal import Status
from matchmaker.scheduling.solving import solve
from tests.scheduling.strategies import problems

often = settings(
    max_examples=120,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@often
@given(problems())
def test_every_proposal_tells_the_truth(problem: Problem) -> None:
    proposal = solve(problem, threads=1)
    verdict = check(problem, proposal)
    assert (verdict.violations, verdict.misstatements, verdict.notes) == ((), (), ())
    assert proposal.status is Status.OPTIMAL
    assert proposal.bound == proposal.score.total
    placed = {talk.request for talk in proposal.assignments}
    left = [row.id for row in problem.requests if row.id not in placed]
    assert [row.request for row in proposal.unassigned] == left
