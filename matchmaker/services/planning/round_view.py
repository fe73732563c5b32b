"""A planning round as its page shows it: what goes in, what was decided, which plans there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, load_only

from matchmaker.models import (
    Person,
    PlanningRound,
    Proposal,
    Request,
    RoundDecision,
    SolveRun,
)
from matchmaker.models.states import RoundState, RunState
from matchmaker.services.desk import Desk
from matchmaker.services.house.signs import worker_silent
from matchmaker.services.planning.plan_view import Open, load_people, load_requests
from matchmaker.services.planning.rounds import active_run, find_round, last_run
from matchmaker.services.problems import Note, RoundProblem, round_problem
from matchmaker.services.problems.plan_rows import standing_decisions


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundInput:
    """What the next plan starts from. `waiting` requests have no talk yet, `agreed` ones have."""

    waiting: int
    agreed: int
    hosts: int
    speakers: int
    interpreters: int
    closed_days: int
    discouraged_days: int
    left_out: tuple[Open, ...]
    notes: tuple[Note, ...]
    requests: Mapping[str, Request]
    people: Mapping[str, Person]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundView:
    """`run` waits or works at this moment; `failed` is the last run if it failed.

    `versions` are the round's plans, the newest first; `input` is None for a closed round.
    """

    round: PlanningRound
    run: SolveRun | None
    failed: SolveRun | None
    versions: Sequence[Proposal]
    decisions: Sequence[RoundDecision]
    input: RoundInput | None
    worker_silent: bool

    @property
    def current(self) -> Proposal | None:
        return next(
            (row for row in self.versions if row.id == self.round.current_proposal_id), None
        )

    @property
    def can_plan(self) -> bool:
        return self.input is not None and self.input.waiting > 0 and self.run is None


def load_round(session: Session, desk: Desk, round_id: int) -> RoundView:
    """Raises NotFound."""
    row = find_round(session, round_id)
    last = last_run(session, round_id)
    closed = row.state is RoundState.CLOSED
    return RoundView(
        round=row,
        run=active_run(session, round_id),
        failed=last if last is not None and last.state is RunState.FAILED else None,
        versions=_versions(session, round_id),
        decisions=standing_decisions(session, round_id),
        input=None if closed else _input(session, round_problem(session, desk, row)),
        worker_silent=worker_silent(session, desk.now),
    )


def _versions(session: Session, round_id: int) -> Sequence[Proposal]:
    shown = (
        Proposal.number,
        Proposal.source,
        Proposal.status,
        Proposal.total,
        Proposal.bound,
        Proposal.served,
        Proposal.unserved,
        Proposal.note,
        Proposal.parent_id,
        Proposal.created_at,
    )
    return session.scalars(
        select(Proposal)
        .where(Proposal.round_id == round_id)
        .order_by(Proposal.number.desc())
        .options(load_only(*shown))
    ).all()


def _input(session: Session, made: RoundProblem) -> RoundInput:
    problem = made.problem
    named = {row.request for row in made.left_out}
    people: set[str] = set()
    for note in made.notes:
        people.update(note.facts.get("people", ()))
        named.update(code for pair in note.facts.get("pairs", ()) for code in pair)
        named.update([note.facts["request"]] if "request" in note.facts else [])
    requests = load_requests(session, named)
    return RoundInput(
        waiting=len(problem.requests) - len(made.agreed),
        agreed=len(made.agreed),
        hosts=len(problem.organisations),
        speakers=sum(bool(row.available) for row in problem.speakers),
        interpreters=sum(bool(row.available) for row in problem.interpreters),
        closed_days=len(problem.closed_days),
        discouraged_days=len(problem.discouraged_days),
        left_out=tuple(
            Open(request=requests[row.request], left_out=row.reason, missing=row.missing)
            for row in made.left_out
        ),
        notes=made.notes,
        requests=requests,
        people=load_people(session, people),
    )
