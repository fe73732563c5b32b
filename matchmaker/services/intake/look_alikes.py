"""Pointing out requests that look like one: only a person decides whether they are."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from matchmaker.models import DuplicateFlag, Request, RequestTopic
from matchmaker.models.states import LIVING_REQUESTS
from matchmaker.services.desk import Desk
from matchmaker.services.house import audit

WITHIN = timedelta(days=30)


def look_alikes(session: Session, request: Request) -> list[Request]:
    """Requests of the same association on one of the same topics, at most 30 days apart."""
    codes = [row.topic_code for row in request.topics]
    if not codes or request.organisation_id is None or request.submitted_at is None:
        return []
    same_topic = select(RequestTopic.request_id).where(RequestTopic.topic_code.in_(codes))
    return list(
        session.scalars(
            select(Request)
            .where(
                Request.id != request.id,
                Request.organisation_id == request.organisation_id,
                Request.state.in_(LIVING_REQUESTS),
                Request.submitted_at >= request.submitted_at - WITHIN,
                Request.submitted_at <= request.submitted_at + WITHIN,
                Request.id.in_(same_topic),
            )
            .order_by(Request.id)
        )
    )


def flag(session: Session, desk: Desk, request: Request) -> list[DuplicateFlag]:
    """Point out what looks like `request`; pairs that somebody has decided stay decided."""
    session.flush()
    known = _flagged_with(session, request)
    made = []
    for other in look_alikes(session, request):
        if other.id in known:
            continue
        first, second = sorted((request, other), key=lambda row: row.id)
        row = DuplicateFlag(first=first, second=second, found_at=desk.now)
        session.add(row)
        audit.record(
            session, desk, "duplicate.flagged", row, after={"requests": [first.code, second.code]}
        )
        made.append(row)
    return made


def _flagged_with(session: Session, request: Request) -> set[int]:
    """The other one of every pair with `request`, decided or not."""
    pairs = session.execute(
        select(DuplicateFlag.first_id, DuplicateFlag.second_id).where(
            or_(DuplicateFlag.first_id == request.id, DuplicateFlag.second_id == request.id)
        )
    )
    return {second if first == request.id else first for first, second in pairs}
