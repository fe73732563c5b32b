"""Solving under supervision: the judge sees every proposal before anybody else does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from matchmaker.scheduling.fairness import fairness_of
from matchmaker.scheduling.formats.encode import encoded
from matchmaker.scheduling.judge import Verdict, check
from matchmaker.scheduling.problem import Problem
from matchmaker.scheduling.progress import Progress
from matchmaker.scheduling.proposal import Proposal


class BrokenProposalError(RuntimeError):
    """The solver made a proposal that its judge refuses: a fault of this program."""

    def __init__(self, verdict: Verdict) -> None:
        breaches = (f"{row.code}: {row.message}" for row in verdict.violations)
        super().__init__("\n".join([*breaches, *verdict.misstatements]))
        self.verdict = verdict


def propose(
    problem: Problem,
    *,
    time_limit: float = 60,
    threads: int | None = None,
    seed: int = 0,
    on_progress: Callable[[Progress], None] | None = None,
) -> Proposal:
    """The best proposal found within `time_limit` seconds, judged, with its warnings stated.

    Its `info` holds the figures of `fairness`. `threads` None takes every core. Raises
    BrokenProposalError rather than return a proposal that breaks a rule or misstates its score.
    """
    from matchmaker.scheduling.solving import solve  # noqa: PLC0415  costs half a second to import

    proposal = solve(
        problem, time_limit=time_limit, threads=threads, seed=seed, on_progress=on_progress
    )
    verdict = check(problem, proposal)
    if not verdict.right:
        raise BrokenProposalError(verdict)
    fairness = encoded(fairness_of(problem, proposal.assignments))
    info = {**proposal.info, "fairness": fairness}
    return replace(proposal, warnings=verdict.rule_warnings, info=info)
