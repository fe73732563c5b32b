"""Proposals: kept as they were made, judged before they are kept, one of them the current one."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker import __version__
from matchmaker.i18n import N_
from matchmaker.models import PlanningRound, Proposal, Request, RoundDecision
from matchmaker.models.states import TO_PLAN, ProposalSource, RequestState, RoundState
from matchmaker.scheduling import proposal as core
from matchmaker.scheduling.fairness import fairness_of
from matchmaker.scheduling.formats import (
    problem_to_json,
    proposal_to_json,
    read_problem,
    read_proposal,
)
from matchmaker.scheduling.formats.encode import encoded
from matchmaker.scheduling.judge import check
from matchmaker.scheduling.problem import Assignment, Problem
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Conflict, NotFound, NotPossible
from matchmaker.services.house import audit
from matchmaker.services.planning.judging import RulesBroken
from matchmaker.services.planning.rounds import locked_round, require_working
from matchmaker.services.problems import RoundProblem
from matchmaker.services.problems.aliases import spoken
from matchmaker.services.problems.plan_rows import served

BY_THE_PLAN = {
    RequestState.PROPOSED: "request.proposed",
    RequestState.READY: "request.unplaced",
}
"""What the log calls the steps that requests take with their plan; nobody takes those by hand."""


class Misstated(NotPossible):
    """A proposal whose figures are wrong; `misstatements` say which."""

    def __init__(self, misstatements: Sequence[str]) -> None:
        super().__init__("; ".join(misstatements))


def store_proposal(
    session: Session,
    desk: Desk,
    planning_round: PlanningRound,
    made: RoundProblem,
    proposal: core.Proposal,
    *,
    source: ProposalSource,
    note: str = "",
    info: Mapping[str, Any] | None = None,
    instead_of: Proposal | None = None,
) -> Proposal:
    """Keep a proposal as the round's current one and let its requests follow.

    The judge decides first: RulesBroken or Misstated, and nothing is kept. `info` is added to
    what stands beside the plan. It comes from the current version; if it stands `instead_of`
    another version, it comes from the one that this came from.
    """
    verdict = check(made.problem, proposal)
    if verdict.violations:
        raise RulesBroken(verdict.violations)
    if verdict.misstatements:
        raise Misstated(verdict.misstatements)
    kept = replace(
        proposal,
        warnings=verdict.rule_warnings,
        info={**proposal.info, **_beside(made, proposal), **(info or {})},
    )
    row = _row(session, desk, planning_round, made.problem, kept)
    row.source, row.note, row.known_until = source, note, made.known_until
    if instead_of is not None:
        row.parent_id = instead_of.parent_id
    session.add(row)
    session.flush()
    computed = source is ProposalSource.SOLVER
    state = RoundState.COMPUTED if computed else RoundState.IN_REVIEW
    make_current(session, desk, planning_round, row, state)
    return row


def find_proposal(session: Session, round_id: int, number: int) -> Proposal:
    row = session.scalars(
        select(Proposal).where(Proposal.round_id == round_id, Proposal.number == number)
    ).one_or_none()
    if row is None:
        raise NotFound(N_("There is no such proposal."))
    return row


def problem_of(proposal: Proposal) -> Problem:
    """The problem that a stored proposal answers."""
    return read_problem(gzip.decompress(proposal.problem))


def near_of(proposal: Proposal) -> tuple[Assignment, ...]:
    """The evenings that a version was asked to keep, languages by their tags."""
    rows = problem_of(proposal).published
    return tuple(replace(row, language=spoken(row.language)) for row in rows)


def plan_of(proposal: Proposal) -> core.Proposal:
    """The stored proposal in the core's words, as it was made."""
    return read_proposal(proposal.content)


def content_hash(problem: bytes, content: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of the problem's JSON bytes and the proposal's canonical JSON."""
    return hashlib.sha256(problem + b"\n" + _canonical(content)).hexdigest()


def working_plan(session: Session, round_id: int, base: int) -> tuple[PlanningRound, Proposal]:
    """The locked round and its current version, which has to be `base` (see Conflict)."""
    planning_round = locked_round(session, round_id)
    require_working(session, planning_round)
    current = planning_round.current_proposal
    if current is None:
        raise NotPossible(N_("There is no plan yet. Please make one first."))
    if current.number != base:
        raise Conflict(
            N_("There is a newer version of this plan. Please look at it before you change it.")
        )
    return planning_round, current


def end_decision(session: Session, desk: Desk, row: RoundDecision) -> None:
    """A decision does not hold any more; its row stays."""
    end_decisions(session, desk, [row])


def end_decisions(session: Session, desk: Desk, rows: Sequence[RoundDecision]) -> None:
    """The same for several, with as few statements as for one."""
    if not rows:
        return
    for row in rows:
        row.undone_at = desk.now
    changes = (
        audit.Change(
            action="decision.undone",
            subject=row,
            before={"kind": row.kind.value, "request": row.request.code},
        )
        for row in rows
    )
    audit.record_all(session, desk, changes)


def make_current(
    session: Session,
    desk: Desk,
    planning_round: PlanningRound,
    row: Proposal,
    state: RoundState = RoundState.IN_REVIEW,
) -> None:
    """Point the round to the version; served requests are proposed, the others ready again."""
    before = planning_round.current_proposal
    concerned = set() if before is None else set(served(before))
    planning_round.current_proposal = row
    planning_round.state = state
    audit.record(
        session,
        desk,
        "proposal.current",
        planning_round,
        before={"version": None if before is None else before.number},
        after={"version": row.number, "hash": row.content_hash, "state": state.value},
    )
    _let_requests_follow(session, desk, concerned, served(row))


def _row(
    session: Session,
    desk: Desk,
    planning_round: PlanningRound,
    problem: Problem,
    proposal: core.Proposal,
) -> Proposal:
    question = _canonical(problem_to_json(problem))
    content = proposal_to_json(proposal)
    highest = session.scalar(
        select(func.max(Proposal.number)).where(Proposal.round_id == planning_round.id)
    )
    return Proposal(
        round_id=planning_round.id,
        number=(highest or 0) + 1,
        parent_id=planning_round.current_proposal_id,
        # Without a time stamp inside, so that equal problems make equal bytes.
        problem=gzip.compress(question, mtime=0),
        content=content,
        content_hash=content_hash(question, content),
        status=proposal.status.value,
        total=proposal.score.total,
        bound=proposal.bound,
        served=len(proposal.assignments),
        unserved=len(proposal.unassigned) + len(proposal.info.get("left_out", ())),
        seconds=proposal.seconds,
        seed=proposal.seed,
        weights=dict(planning_round.weights),
        solver_version=f"matchmaker {__version__}, ortools {version('ortools')}",
        created_at=desk.now,
        created_by_id=desk.actor.id,
    )


def _beside(made: RoundProblem, proposal: core.Proposal) -> dict[str, Any]:
    return {
        "fairness": encoded(fairness_of(made.problem, proposal.assignments)),
        "agreed": sorted(made.agreed),
        "left_out": [
            {"request": row.request, "reason": row.reason, "missing": list(row.missing)}
            for row in made.left_out
        ],
    }


def _let_requests_follow(
    session: Session, desk: Desk, before: Iterable[str], placed: frozenset[str]
) -> None:
    rows = session.scalars(
        select(Request)
        .where(Request.code.in_({*before, *placed}), Request.state.in_(TO_PLAN))
        .order_by(Request.code)
    )
    for request in rows:
        state = RequestState.PROPOSED if request.code in placed else RequestState.READY
        if request.state is state:
            continue
        was, request.state = request.state, state
        audit.record(
            session,
            desk,
            BY_THE_PLAN[state],
            request,
            before={"state": was.value},
            after={"state": state.value},
        )


def _canonical(document: Any) -> bytes:
    return json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
