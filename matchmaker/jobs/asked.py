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

LEASE = timedelta(minutes=6)
"""Longer than any question may take, its plan read, loaded and asked about twice."""

MOST_TRIES = 3
FRESH = timedelta(minutes=15)
"""How long after it was made a plan is got ready before anybody asks."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A claimed question; `tries` tells this claim from one after its lease has run out."""

    id: int
    tries: int
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
            row.state, row.error = QuestionState.FAILED, BROKEN
            row.answered_at, row.taken_until = now, None
            return None
        return Asked(row.id, row.tries, row.proposal_id, row.kind, row.arguments)


def finish(place: Workplace, asked: Asked, answer: Mapping[str, Any], known: Known) -> None:
    _leave(
        place,
        asked,
        state=QuestionState.ANSWERED,
        answered_at=place.clock(),
        answer=dict(answer),
        known_until=known.until,
        known_on=known.on,
    )


def fail(place: Workplace, asked: Asked, error: str) -> None:
    """The question ends without an answer; `error` as in `services.planning.questions`."""
    _leave(place, asked, state=QuestionState.FAILED, answered_at=place.clock(), error=error)


def give_back(place: Workplace, asked: Asked) -> None:
    """Leave it to another worker; having been told to stop is no failed try."""
    _leave(place, asked, state=QuestionState.ASKED, tries=asked.tries - 1)


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


def _leave(place: Workplace, asked: Asked, **values: Any) -> None:
    """Nothing happens if another worker has taken the question meanwhile, or it is gone."""
    with place.factory.begin() as session:
        session.execute(
            update(PlanQuestion)
            .where(
                PlanQuestion.id == asked.id,
                PlanQuestion.state == QuestionState.TAKEN,
                PlanQuestion.tries == asked.tries,
            )
            .values(taken_until=None, **values)
            .execution_options(synchronize_session=False)
        )
