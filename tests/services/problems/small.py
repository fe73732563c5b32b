"""A small round, and the problem that becomes of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.models import (
    Assignment,
    PlanningRound,
    Request,
    RoundDecision,
)
from matchmaker.models.states import (
    AssignmentRole,
    RequestState,
)
from matchmaker.scheduling import problem as core
from matchmaker.scheduling.formats import problem_to_json, read_problem
from matchmaker.services.desk import Desk
from matchmaker.services.problems import RoundProblem, round_problem
from tests import factories
from tests.services.plans import TUESDAY_UTC


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def built(session: Session, desk: Desk, planning_round: PlanningRound) -> RoundProblem:
    session.flush()
    session.expire_all()
    made = round_problem(session, desk, planning_round)
    assert read_problem(problem_to_json(made.problem)) == made.problem
    return made


def only(made: RoundProblem) -> core.Request:
    (request,) = made.problem.requests
    return request


def decide(
    session: Session, desk: Desk, row: PlanningRound, request: Request, kind: Any, **facts: Any
) -> None:
    session.add(
        RoundDecision(round_id=row.id, request=request, kind=kind, decided_at=desk.now, **facts)
    )


def agreed_talk(
    session: Session, request: Request, *people: Any, starts: datetime = TUESDAY_UTC, **facts: Any
) -> Any:
    facts.setdefault("district_nr", "01")
    talk = factories.talk(
        session, starts, organisation=request.organisation, request=request, **facts
    )
    for person in people:
        role = AssignmentRole(person.profile.kind)
        session.add(
            Assignment(
                talk_id=talk.id, person_id=person.id, role=role,
                starts_at=talk.starts_at, ends_at=talk.ends_at,
            )
        )  # fmt: skip
    request.state = RequestState.SCHEDULED
    return talk
