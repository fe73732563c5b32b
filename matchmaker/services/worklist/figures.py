"""How things stand, in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.models import Invitation, Request, Talk
from matchmaker.models.states import TO_CLEAR, InvitationState, RequestState, TalkState
from matchmaker.services.desk import Desk

SOON = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How things stand. `soon` counts the talks of the next 14 days."""

    waiting: int
    ready: int
    soon: int
    coming: int
    unanswered: int


def figures(session: Session, desk: Desk) -> Figures:
    requests = _by_state(session)
    coming = (Talk.state == TalkState.CONFIRMED, Talk.starts_at >= desk.now)
    talks = session.execute(
        select(
            func.count(),
            func.count().filter(Talk.starts_at < desk.now + SOON),
        )
        .select_from(Talk)
        .where(*coming)
    ).one()
    unanswered = session.scalar(
        select(func.count())
        .select_from(Invitation)
        .join(Talk)
        .where(Invitation.state == InvitationState.OPEN, *coming)
    )
    return Figures(
        waiting=sum(requests.get(state, 0) for state in TO_CLEAR),
        ready=requests.get(RequestState.READY, 0),
        soon=talks[1],
        coming=talks[0],
        unanswered=unanswered or 0,
    )


def _by_state(session: Session) -> dict[RequestState, int]:
    rows = session.execute(select(Request.state, func.count()).group_by(Request.state))
    return {row[0]: row[1] for row in rows}
