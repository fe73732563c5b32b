"""The judge's two questions: is this plan allowed, and does this proposal tell the truth?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

from matchmaker.scheduling.judge.breach import Breach
from matchmaker.scheduling.judge.plan import Plan
from matchmaker.scheduling.judge.rules import RULES
from matchmaker.scheduling.judge.score import score_of
from matchmaker.scheduling.problem import Assignment, Problem
from matchmaker.scheduling.proposal import Proposal, RuleWarning, Score, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the judge found.

    `violations` forbid the plan, `warnings` are breaches by fixed talks alone, `score` is the
    recomputed one, `misstatements` say in English which stated figures are wrong, and `notes`
    what else differs without being wrong.
    """

    violations: tuple[Breach, ...]
    warnings: tuple[Breach, ...]
    score: Score
    misstatements: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def allowed(self) -> bool:
        return not self.violations

    @property
    def right(self) -> bool:
        """Whether the plan is allowed and everything stated about it is true."""
        return self.allowed and not self.misstatements

    @property
    def rule_warnings(self) -> tuple[RuleWarning, ...]:
        """The warnings as a proposal states them: each code once a request, sorted."""
        pairs = {(row.code, request) for row in self.warnings for request in row.requests}
        return tuple(RuleWarning(code=code, request=request) for code, request in sorted(pairs))


def judge(
    problem: Problem, assignments: Sequence[Assignment], unassigned: Sequence[str] | None = None
) -> Verdict:
    """Judge a plan; what is left `unassigned` is only judged where it is given."""
    plan = Plan(problem, assignments, unassigned)
    found = [breach for rule in RULES for breach in rule.breaches(plan)]
    return Verdict(
        violations=tuple(breach for breach in found if not breach.only_fixed),
        warnings=tuple(breach for breach in found if breach.only_fixed),
        score=score_of(plan),
    )


def check(problem: Problem, proposal: Proposal) -> Verdict:
    """Judge a proposal: its plan, and the score, status and bound that it states."""
    verdict = judge(problem, proposal.assignments, [row.request for row in proposal.unassigned])
    return Verdict(
        violations=verdict.violations,
        warnings=verdict.warnings,
        score=verdict.score,
        misstatements=(
            *_wrong_points(proposal, verdict.score),
            *_wrong_bound(proposal, verdict),
        ),
        notes=tuple(_notes(proposal, verdict)),
    )


def _wrong_points(proposal: Proposal, right: Score) -> Iterator[str]:
    pairs = {
        row.name: (getattr(proposal.score, row.name), getattr(right, row.name))
        for row in fields(Score)
    }
    stated_total = proposal.score.total if proposal.stated_total is None else proposal.stated_total
    for name, (stated, counted) in {"total": (stated_total, right.total), **pairs}.items():
        if stated != counted:
            yield f"score.{name} is stated as {stated}, but counts {counted}"


def _wrong_bound(proposal: Proposal, verdict: Verdict) -> Iterator[str]:
    total, bound = verdict.score.total, proposal.bound
    if bound is not None and bound < total and verdict.allowed:
        yield f"bound is stated as {bound}, but this allowed plan scores {total}"
    if proposal.status is Status.OPTIMAL and bound != total:
        shown = "null" if bound is None else bound
        yield f"status is stated as optimal, but the total is {total} and the bound {shown}"


def _notes(proposal: Proposal, verdict: Verdict) -> Iterator[str]:
    if proposal.status is Status.FEASIBLE and proposal.bound == verdict.score.total:
        yield "status is stated as feasible, but the total reaches the bound: it is optimal"
    stated = {(row.code, row.request) for row in proposal.warnings}
    found = {(row.code, row.request) for row in verdict.rule_warnings}
    if stated and stated != found:
        yield "the stated warnings differ from those found here"
