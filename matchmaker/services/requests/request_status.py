"""What a host sees of a request: how far it is, and the talk that came of it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.models import (
    Assignment,
    Invitation,
    Organisation,
    Person,
    Request,
    RequestTopic,
    Talk,
)
from matchmaker.models.states import InvitationRole, InvitationState, RequestState, TalkState

SHOWN = (RequestState.SCHEDULED, RequestState.DONE, RequestState.FOLLOWED_UP)


def talk_of(session: Session, request: Request) -> Talk | None:
    """The newest talk of a request that has not been called off."""
    return session.scalars(
        select(Talk)
        .where(Talk.request_id == request.id, Talk.state != TalkState.CANCELLED)
        .options(
            selectinload(Talk.assignments)
            .joinedload(Assignment.person)
            .joinedload(Person.organisation),
            joinedload(Talk.organisation),
        )
        .order_by(Talk.starts_at.desc(), Talk.id.desc())
        .limit(1)
    ).one_or_none()


def host_invitation(session: Session, talk: Talk) -> Invitation | None:
    """The invitation of those who asked, while it stands."""
    return session.scalars(
        select(Invitation)
        .where(
            Invitation.talk_id == talk.id,
            Invitation.role == InvitationRole.HOST,
            Invitation.state != InvitationState.CANCELLED,
        )
        .options(joinedload(Invitation.person))
        .order_by(Invitation.id)
        .limit(1)
    ).one_or_none()


def own_requests(session: Session, person: Person) -> list[Request]:
    """What the person has asked for, and what their association has; the newest first."""
    mine = Request.contact_id == person.id
    if person.organisation_id is not None:
        mine = mine | (Request.organisation_id == person.organisation_id)
    return list(
        session.scalars(
            select(Request)
            .where(mine, Request.state != RequestState.DRAFT)
            .options(
                selectinload(Request.topics).joinedload(RequestTopic.topic),
                joinedload(Request.organisation).selectinload(Organisation.venues),
            )
            .order_by(Request.submitted_at.desc(), Request.id.desc())
        )
    )
