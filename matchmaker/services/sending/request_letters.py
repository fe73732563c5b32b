"""Letters to those who have sent a request, with the way to the request's page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.models import Request
from matchmaker.models.states import TokenPurpose
from matchmaker.services.desk import Desk
from matchmaker.services.house import links, tokens
from matchmaker.services.sending import post


def can_write(desk: Desk, request: Request) -> bool:
    """Whether a mail would reach those who asked."""
    return request.contact is not None and post.reachable(desk, request.contact)


def write(
    session: Session,
    desk: Desk,
    request: Request,
    kind: str,
    facts: Callable[[str], Mapping[str, Any]],
    *,
    sequence: int | str = 0,
    order_key: str | None = None,
    due_at: datetime | None = None,
) -> bool:
    """Queue a letter; False, and nothing is done, where no mail would reach anybody.

    `facts` gives the fields of the kind in the reader's language, but for `url`.
    """
    person = request.contact
    if person is None or not can_write(desk, request):
        return False
    token = tokens.issue(session, desk, TokenPurpose.REQUEST_STATUS, request.id)
    post.queue_letter(
        session,
        desk,
        kind=kind,
        subject_key=f"request:{request.id}",
        sequence=sequence,
        person=person,
        facts={**facts(person.locale), "url": links.request_status(desk.settings, token)},
        order_key=order_key,
        request_id=request.id,
        due_at=due_at,
    )
    return True
