"""The letter that asks those who have sent a request what the coordination wants to know."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import OutboxMessage, Request
from matchmaker.models.states import OutboxState
from matchmaker.services.desk import Desk
from matchmaker.services.house.topics import topic_titles
from matchmaker.services.planning.no_date import GRACE
from matchmaker.services.sending import outbox, request_letters


def ask(session: Session, desk: Desk, request: Request, question: str) -> bool:
    """Mail the question with the way to the request's page; whether a mail goes out.

    It waits a moment, so that nobody hears of what is taken back at once.
    """
    return bool(question) and request_letters.write(
        session,
        desk,
        request,
        "request_question",
        lambda locale: {
            "topic": topic_titles(session, request, locale)[0],
            "question": question,
        },
        sequence=f"question-{request.version}",
        order_key=_order_key(request),
        due_at=desk.now + GRACE,
    )


def take_back(session: Session, request: Request) -> None:
    """Drop a question that has not been sent yet: the request goes on."""
    outbox.drop_unsent(session, _order_key(request), OutboxState.QUEUED, OutboxState.DEAD)


def is_waiting(session: Session, request: Request) -> bool:
    """Whether a question is about to be mailed."""
    waiting = select(OutboxMessage.id).where(
        OutboxMessage.order_key == _order_key(request), OutboxMessage.state == OutboxState.QUEUED
    )
    return session.scalars(waiting.limit(1)).one_or_none() is not None


def _order_key(request: Request) -> str:
    return f"question:{request.id}"
