"""The letter that asks those who have sent a request what the coordination wants to know."""

from __future__ import annotations

from sqlalchemy.orm import Session

from matchmaker.models import Request
from matchmaker.models.states import OutboxState, TokenPurpose
from matchmaker.services.desk import Desk
from matchmaker.services.house import links, tokens
from matchmaker.services.house.topics import topic_titles
from matchmaker.services.planning.no_date import GRACE
from matchmaker.services.sending import outbox, post


def can_ask(desk: Desk, request: Request) -> bool:
    """Whether a mail would reach those who asked."""
    return request.contact is not None and post.reachable(desk, request.contact)


def ask(session: Session, desk: Desk, request: Request, question: str) -> bool:
    """Mail the question with the way to the request's page; whether a mail goes out.

    It waits a moment, so that nobody hears of what is taken back at once.
    """
    person = request.contact
    if person is None or not question or not can_ask(desk, request):
        return False
    token = tokens.issue(session, desk, TokenPurpose.REQUEST_STATUS, request.id)
    post.queue_letter(
        session,
        desk,
        kind="request_question",
        subject_key=f"request:{request.id}",
        sequence=f"question-{request.version}",
        person=person,
        facts={
            "topic": topic_titles(session, request, person.locale)[0],
            "question": question,
            "url": links.request_status(desk.settings, token),
        },
        order_key=_order_key(request),
        request_id=request.id,
        due_at=desk.now + GRACE,
    )
    return True


def take_back(session: Session, request: Request) -> None:
    """Drop a question that has not been sent yet: the request goes on."""
    outbox.drop_unsent(session, _order_key(request), OutboxState.QUEUED, OutboxState.DEAD)


def _order_key(request: Request) -> str:
    return f"question:{request.id}"
