"""The rows of questions about plans, as the worker sees them: claimed, answered, given back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, and_, or_, select, update
from sqlalchemy.orm import Session

from matchmaker.jobs.keepers import Known
from matchmaker.jobs.workplace import Workplace
from matchmaker.models import PlanningRound, PlanQuestion, SolveRun
from matchmaker.models.states import QuestionKind, QuestionState, RunState
from matchmaker.services.planning.questions import BROKEN

LEASE = timedelta(minutes=3)
"""Longer than any question may take, the building of its plan included."""

MOST_TRIES = 3
FRESH = timedelta(minutes=15)
"""How long after it was made a plan is got ready before anybody asks."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A claimed question."""

    id: int
    proposal_id: int
    kind: QuestionKind
    arguments: Mapping[str, Any]


def due(session: Session, now: datetime, kinds: Collection[QuestionKind]) -> list[int]:
    """Questions of these kinds that nobody works on, the oldest first."""
    return list(
        session.scalars(
            select(PlanQuestion.id)
            .where(PlanQuestion.kind.in_(kinds), _free(now))
            .order_by(PlanQuestion.id)
        )
    )


def claim(place: Workplace, question_id: int) -> Asked | None:
    """Take the question for this worker; None if another was faster or it was tried too often."""
    now = place.clock()
    with place.factory.begin() as session:
        statement = (
            update(PlanQuestion)
            .where(PlanQuestion.id == question_id, _free(now))
            .values(
                state=QuestionState.TAKEN, taken_until=now + LEASE, tries=PlanQuestion.tries + 1
            )
            .execution_options(synchronize_session=False)
        )
        if cast("CursorResult[Any]", session.execute(statement)).rowcount != 1:
            return None
        row = session.get_one(PlanQuestion, question_id)
        if row.tries > MOST_TRIES:
            _end(row, QuestionState.FAILED, now)
            row.error = BROKEN
            return None
        return Asked(row.id, row.proposal_id, row.kind, row.arguments)


def finish(place: Workplace, asked: Asked, answer: Mapping[str, Any], known: Known) -> None:
    with place.factory.begin() as session:
        row = session.get(PlanQuestion, asked.id)
        if row is not None:
            row.answer, row.known_until, row.known_on = dict(answer), known.until, known.on
            _end(row, QuestionState.ANSWERED, place.clock())


def fail(place: Workplace, asked: Asked, error: str) -> None:
    """The question ends without an answer; `error` as in `services.planning.questions`."""
    with place.factory.begin() as session:
        row = session.get(PlanQuestion, asked.id)
        if row is not None:
            row.error = error
            _end(row, QuestionState.FAILED, place.clock())


def give_back(place: Workplace, asked: Asked) -> None:
    """Leave it to another worker; having been told to stop is no failed try."""
    with place.factory.begin() as session:
        row = session.get(PlanQuestion, asked.id)
        if row is not None:
            row.state, row.taken_until, row.tries = QuestionState.ASKED, None, row.tries - 1


def fresh_plans(session: Session, now: datetime) -> list[int]:
    """Ids of current proposals that were made a short time ago, the newest first."""
    return list(
        session.scalars(
            select(SolveRun.proposal_id)
            .join(PlanningRound, PlanningRound.current_proposal_id == SolveRun.proposal_id)
            .where(SolveRun.state == RunState.DONE, SolveRun.finished_at > now - FRESH)
            .order_by(SolveRun.finished_at.desc())
        )
    )


def _free(now: datetime) -> ColumnElement[bool]:
    left = and_(PlanQuestion.state == QuestionState.TAKEN, PlanQuestion.taken_until < now)
    return or_(PlanQuestion.state == QuestionState.ASKED, left)


def _end(row: PlanQuestion, state: QuestionState, now: datetime) -> None:
    row.state, row.answered_at, row.taken_until = state, now, None
