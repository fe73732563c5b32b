"""Questions that only the solver's worker can answer, as rows: asked here, answered by `jobs`.

An answer decides nothing. It names the version that it speaks of and how much was known then;
whoever acts on it is judged like any other change.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from matchmaker.models import PlanQuestion, Proposal
from matchmaker.models.states import OPEN_QUESTIONS, QuestionKind, QuestionState
from matchmaker.services.desk import Desk
from matchmaker.services.planning.round_changes import anything_since

KEPT = timedelta(days=1)
"""How long a question and its answer are kept."""

REST = timedelta(minutes=1)
"""How long a question that could not be answered is left alone."""

NEW = timedelta(seconds=30)
"""How long an answer is shown to whoever has waited for it, whatever is recorded meanwhile."""

SUPERSEDED = "superseded"
GONE = "gone"
SLOW = "slow"
BROKEN = "broken"
"""Why there is no answer: there is a newer version; the question no longer makes sense; it took
too long; a fault."""


def find(
    session: Session, proposal: Proposal, kind: QuestionKind, arguments: Mapping[str, Any]
) -> PlanQuestion | None:
    """The newest row of this question."""
    return session.scalars(
        select(PlanQuestion)
        .where(PlanQuestion.fingerprint == _fingerprint(proposal, kind, arguments))
        .order_by(PlanQuestion.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    ).one_or_none()


def known(
    session: Session,
    desk: Desk,
    proposal: Proposal,
    kind: QuestionKind,
    arguments: Mapping[str, Any],
) -> PlanQuestion | None:
    """The newest row of this question, unless it has to be asked (again)."""
    row = find(session, proposal, kind, arguments)
    if row is None or row.state in OPEN_QUESTIONS or holds(session, desk, row):
        return row
    failed = row.answered_at if row.state is QuestionState.FAILED else None
    return None if failed is None or desk.now - failed >= REST else row


def waited_for(
    session: Session,
    desk: Desk,
    proposal: Proposal,
    kind: QuestionKind,
    arguments: Mapping[str, Any],
    *,
    question_id: int,
) -> PlanQuestion | None:
    """The row of that number, if it is one of this question and has ended a moment ago.

    While others record one thing after the other no answer holds for long. Whoever waits for one
    is shown it all the same; what is done with it is judged by what is known then.
    """
    row = session.get(PlanQuestion, question_id, populate_existing=True)
    if row is None or row.fingerprint != _fingerprint(proposal, kind, arguments):
        return None
    return row if row.answered_at is not None and desk.now - row.answered_at < NEW else None


def ask(
    session: Session,
    desk: Desk,
    proposal: Proposal,
    kind: QuestionKind,
    arguments: Mapping[str, Any],
) -> PlanQuestion:
    """A row of this question that has an answer which still holds, or is still to get one."""
    row = known(session, desk, proposal, kind, arguments)
    if row is not None:
        return row
    row = PlanQuestion(
        proposal_id=proposal.id,
        kind=kind,
        arguments=dict(arguments),
        fingerprint=_fingerprint(proposal, kind, arguments),
        asked_at=desk.now,
        asked_by_id=desk.actor.id,
    )
    session.add(row)
    session.flush()
    return row


def holds(session: Session, desk: Desk, row: PlanQuestion) -> bool:
    """Whether the question is answered and nothing has been recorded since that might matter."""
    return (
        row.state is QuestionState.ANSWERED
        and row.known_until is not None
        and row.known_on == desk.today
        and not anything_since(session, row.known_until)
    )


def expire(session: Session, desk: Desk) -> int:
    """Remove what was asked more than a day ago; returns how many rows."""
    gone = session.scalars(
        delete(PlanQuestion)
        .where(PlanQuestion.asked_at < desk.now - KEPT)
        .returning(PlanQuestion.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


def _fingerprint(proposal: Proposal, kind: QuestionKind, arguments: Mapping[str, Any]) -> str:
    question = [proposal.id, kind.value, dict(arguments)]
    return hashlib.sha256(json.dumps(question, sort_keys=True).encode()).hexdigest()
