"""Changing a plan by hand: every change makes a new version, judged like any other.

A placement made by hand is pinned, so that the next plan keeps it. Where it breaks rules, the
person sees each of them and may insist with a reason; then everything that the rule ties together
is pinned as well, because only fixed talks may break a rule.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from matchmaker.i18n import N_
from matchmaker.models import AuditEntry, PlanningRound, Proposal, RoundDecision
from matchmaker.models.states import ProposalSource
from matchmaker.scheduling import proposal as core
from matchmaker.scheduling.judge import Breach, Verdict
from matchmaker.scheduling.problem import Assignment, Problem
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Invalid, NotPossible
from matchmaker.services.planning import decisions
from matchmaker.services.planning.judging import (
    RulesBroken,
    about,
    is_final,
    judged,
    open_requests,
)
from matchmaker.services.planning.proposals import (
    near_of,
    plan_of,
    problem_of,
    store_proposal,
    working_plan,
)
from matchmaker.services.planning.stale import cause, foreign_breach, loose_request
from matchmaker.services.problems import RoundProblem, round_problem
from matchmaker.services.problems.plan_rows import planned, standing_decisions

MOST_PINS = 50  # far more talks than one rule ties together


def place(
    session: Session,
    desk: Desk,
    round_id: int,
    assignment: Assignment,
    *,
    base: int,
    override: str | None = None,
    making_way: Collection[str] = (),
) -> Proposal:
    """Put a request on an evening with people, whether it was in the plan before or not.

    The requests that make way for it lose their evenings and are open again.
    `base` is the version that the person looked at (Conflict if there is a newer one). Raises
    RulesBroken with every rule that this breaks; `override` is the reason to do it all the same,
    which nothing is where somebody would be at two talks at once (`judging.is_final`).
    Talks that no longer fit what is known today are taken out along the way and named in `info`.
    """
    reason = (override or "").strip()
    if override is not None and not reason:
        raise Invalid({"reason": N_("Please say why the rule does not count here.")})
    planning_round, current = working_plan(session, round_id, base)
    request = decisions.request_of_round(session, assignment.request)
    before = standing_decisions(session, round_id)
    for code in making_way:
        decisions.let_go(session, desk, round_id, decisions.request_of_round(session, code).code)
    changed = list(dict.fromkeys((request.code, *making_way)))
    pin = decisions.pin_to(session, desk, planning_round, request, assignment, reason=reason)
    kept = [row for row in planned(current) if row.request not in changed]
    edit = _Edit(session, desk, planning_round, [*kept, assignment], changed)
    edit.pins.append(pin)
    edit.settle(reason)
    return edit.stored(current, before)


def rearrange(
    session: Session,
    desk: Desk,
    round_id: int,
    changes: Mapping[str, Assignment | None],
    *,
    base: int,
    decide: Callable[[], AuditEntry | None] = lambda: None,
    agreed: Collection[str] = (),
) -> Proposal:
    """Put several requests elsewhere at once, or nowhere (None), which leaves them open.

    `decide` makes decisions that belong to it, and returns the entry of an absence that it enters.
    `agreed` requests belong to it, too, but have talks, and are changed there.
    Raises RulesBroken with every rule that this breaks.
    """
    planning_round, current = working_plan(session, round_id, base)
    if not changes:
        raise NotPossible(N_("There is nothing to change."))
    before = standing_decisions(session, round_id)
    entered = decide()
    pins = []
    for code, assignment in changes.items():
        if assignment is None:
            decisions.let_go(session, desk, round_id, code)
        else:
            request = decisions.request_of_round(session, code)
            pins.append(decisions.pin_to(session, desk, planning_round, request, assignment))
    kept = [row for row in planned(current) if row.request not in changes]
    placed = [row for row in changes.values() if row is not None]
    edit = _Edit(session, desk, planning_round, [*kept, *placed], list(changes))
    edit.pins += pins
    edit.entered, edit.agreed = entered, agreed
    edit.settle("")
    return edit.stored(current, before)


def remove(
    session: Session, desk: Desk, round_id: int, code: str, *, base: int, reason: str = ""
) -> Proposal:
    """Take a request out of the plan and leave it out of the round until that is undone."""
    planning_round, current = working_plan(session, round_id, base)
    plan = planned(current)
    if code not in {row.request for row in plan}:
        raise NotPossible(N_("This request is not in the plan."))
    before = standing_decisions(session, round_id)
    decisions.leave_out(session, desk, round_id, code, reason=reason)
    kept = [row for row in plan if row.request != code]
    edit = _Edit(session, desk, planning_round, kept, [code])
    edit.settle("")
    return edit.stored(current, before)


class _Edit:
    """A plan on its way to a new version, measured against everything known today."""

    def __init__(
        self,
        session: Session,
        desk: Desk,
        planning_round: PlanningRound,
        plan: Sequence[Assignment],
        requests: Sequence[str],
    ) -> None:
        self.session, self.desk, self.round = session, desk, planning_round
        self.plan, self.requests = list(plan), requests
        before = planning_round.current_proposal
        # A version made by hand is measured like the one that it comes from.
        self.near = () if before is None else near_of(before)
        self.taken_out: dict[str, list[str]] = {}
        self.pins: list[RoundDecision] = []
        self.entered: AuditEntry | None = None
        self.agreed: Collection[str] = ()
        self._look()

    def _look(self) -> None:
        self.session.flush()
        self.made: RoundProblem = round_problem(self.session, self.desk, self.round, near=self.near)
        self._judge()

    def _judge(self) -> None:
        problem = self.made.problem
        fixed = {row.request: row for row in problem.fixed}
        rows = [self.made.named(row) for row in self.plan if row.request in problem.request]
        placed = {row.request: row for row in rows} | fixed
        self.assignments = sorted(placed.values(), key=lambda row: (row.start, row.request))
        self.verdict: Verdict = judged(problem, self.assignments)

    def settle(self, reason: str) -> None:
        """Take out what has become impossible; insist on the change or give it up."""
        self._take_out_stale()
        broken = self._broken()
        if broken and (not reason or any(is_final(row) for row in broken)):
            raise RulesBroken(broken)
        for _ in range(MOST_PINS):
            tied = self._tied_to_change()
            if not tied:
                break
            for row in tied:
                self._pin(row, reason)
            self._look()
            self._take_out_stale()
        if self.verdict.violations:
            raise RulesBroken(self.verdict.violations)
        self.insisted = broken
        if reason:
            self._note_overridden()

    def _broken(self) -> list[Breach]:
        """Every rule that the change breaks, each once."""
        found: list[Breach] = []
        for code in self.requests:
            found += (row for row in about(self.verdict, code) if row not in found)
        return found

    def _note_overridden(self) -> None:
        """The reason was given in view of these rules; it does not speak of any other."""
        for pin in self.pins:
            breaches = about(self.verdict, pin.request.code)
            pin.overridden = sorted({breach.code for breach in breaches})

    def _take_out_stale(self) -> None:
        """Talks that do not fit any more, for reasons that have nothing to do with the change."""
        decided = standing_decisions(self.session, self.round.id)
        while breach := foreign_breach(self.verdict, self.requests):
            code = loose_request(self.made.problem, breach)
            if code is None:
                raise RulesBroken([breach])
            gone = next((row for row in self.plan if row.request == code), None)
            self.taken_out.setdefault(code, []).append(cause(breach, gone, decided))
            self.plan = [row for row in self.plan if row.request != code]
            self._judge()

    def _tied_to_change(self) -> list[Assignment]:
        """Talks that break a rule together with the changed one and are not fixed yet."""
        fixed = {row.request for row in self.made.problem.fixed}
        codes = {code for breach in self.verdict.violations for code in breach.requests} - fixed
        return [row for row in self.plan if row.request in codes]

    def _pin(self, assignment: Assignment, reason: str) -> None:
        request = decisions.request_of_round(self.session, assignment.request)
        self.pins.append(
            decisions.pin_to(
                self.session, self.desk, self.round, request, assignment, reason=reason
            )
        )

    def stored(self, current: Proposal, before: Iterable[RoundDecision]) -> Proposal:
        """The new version; `info.edit` holds what is needed to undo it."""
        now = {row.id for row in standing_decisions(self.session, self.round.id)}
        was = {row.id for row in before}
        edit = {
            "request": self.requests[0],
            "requests": list(self.requests),
            "made": sorted(now - was),
            "ended": sorted(was - now),
            "entered": None if self.entered is None else self.entered.id,
            "agreed": sorted(self.agreed),
            "taken_out": self.taken_out,
            "broken": sorted({row.code for row in self.insisted}),
        }
        return store_proposal(
            self.session,
            self.desk,
            self.round,
            self.made,
            self._proposal(current),
            source=ProposalSource.MANUAL,
            info={"edit": edit},
        )

    def _proposal(self, current: Proposal) -> core.Proposal:
        problem, score = self.made.problem, self.verdict.score
        bound = current.bound if self._bound_holds(current, problem) else None
        if bound is not None and bound < score.total:
            bound = None
        known = {row.request: row for row in plan_of(current).unassigned}
        return core.Proposal(
            status=core.Status.OPTIMAL if bound == score.total else core.Status.FEASIBLE,
            assignments=tuple(self.assignments),
            unassigned=tuple(
                known.get(code, core.Unassigned(request=code))
                for code in open_requests(problem, self.assignments)
            ),
            score=score,
            bound=bound,
            seconds=0.0,
            seed=current.seed,
        )

    def _bound_holds(self, current: Proposal, problem: Problem) -> bool:
        """A bound stays proven while only pins were added and the time has gone on."""
        before = problem_of(current)
        same = replace(before, now=problem.now, fixed=problem.fixed) == problem
        return same and {*before.fixed} <= {*problem.fixed} and not self.verdict.warnings
