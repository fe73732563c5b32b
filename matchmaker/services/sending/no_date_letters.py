"""The letters that no date was found, as long as they wait: whoever is not concerned gets none."""

from __future__ import annotations

from sqlalchemy.orm import Session

from matchmaker.models import Request
from matchmaker.models.states import OutboxState
from matchmaker.services.sending import outbox


def order_key(request: Request) -> str:
    """What all such letters about the request have in common."""
    return f"no-date:{request.id}"


def take_back(session: Session, request: Request) -> None:
    """Drop what has not been sent yet: the request goes on, or is not wanted any more."""
    outbox.drop_unsent(session, order_key(request), OutboxState.QUEUED, OutboxState.DEAD)
