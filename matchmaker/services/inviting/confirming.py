"""Telling people that their date stands, once everybody has agreed to it.

Speakers are not told: they have said yes and are only written to when something changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.mail.facts import Role
from matchmaker.models import Invitation, OutboxMessage, Talk
from matchmaker.models.states import (
    InvitationRole,
    InvitationState,
    TalkState,
    TokenPurpose,
)
from matchmaker.services.desk import Desk
from matchmaker.services.house import tokens
from matchmaker.services.inviting.invitation_mails import answer_links
from matchmaker.services.inviting.responses import all_agreed
from matchmaker.services.inviting.talk_facts import talk_facts
from matchmaker.services.sending import post

KIND = "date_confirmed"
_TOLD = (InvitationRole.HOST, InvitationRole.INTERPRETER, InvitationRole.GUEST)
_GONE = (InvitationState.CANCELLED, InvitationState.DECLINED)


def agreed(session: Session, desk: Desk) -> list[int]:
    """The talks ahead that stand and of which somebody has not been told so."""
    talks = session.scalars(
        select(Talk)
        .where(
            Talk.state == TalkState.CONFIRMED,
            Talk.starts_at > desk.now,
            _somebody(Invitation.state == InvitationState.ACCEPTED),
            ~_somebody(Invitation.state.in_((InvitationState.OPEN, InvitationState.TENTATIVE))),
        )
        .options(joinedload(Talk.invitations).joinedload(Invitation.person))
        .order_by(Talk.starts_at, Talk.id)
    ).unique()
    standing = [talk for talk in talks if all_agreed(talk)]
    told = _told(session, [talk.id for talk in standing])
    return [talk.id for talk in standing if _untold(desk, talk, told)]


def confirm(session: Session, desk: Desk, talk_id: int) -> int:
    """Tell everybody concerned who does not know, once for each start; how many mails."""
    invitations = select(Invitation.id).where(Invitation.talk_id == talk_id)
    session.execute(invitations.order_by(Invitation.id).with_for_update()).all()
    talk = session.get_one(Talk, talk_id, populate_existing=True)
    stands = talk.state is TalkState.CONFIRMED and talk.starts_at > desk.now and all_agreed(talk)
    untold = _untold(desk, talk, _told(session, [talk_id])) if stands else []
    for invitation in untold:
        _queue(session, desk, invitation)
    session.flush()
    return len(untold)


def _somebody(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether one of those who are to come is so; guests may stay away."""
    comes = Invitation.role != InvitationRole.GUEST
    return exists().where(Invitation.talk_id == Talk.id, comes, condition)


def _told(session: Session, talk_ids: Sequence[int]) -> set[tuple[int, str]]:
    """Invitation and start of the mails that there are."""
    found = session.execute(
        select(OutboxMessage.invitation_id, OutboxMessage.key).where(
            OutboxMessage.talk_id.in_(talk_ids), OutboxMessage.kind == KIND
        )
    )
    return {(number or 0, key.split(":")[2]) for number, key in found}


def _untold(desk: Desk, talk: Talk, told: set[tuple[int, str]]) -> list[Invitation]:
    return [
        row
        for row in talk.invitations
        if row.role in _TOLD
        and row.state not in _GONE
        and (row.id, _start(talk)) not in told
        and post.reachable(desk, row.person)
    ]


def _start(talk: Talk) -> str:
    return f"{talk.starts_at.astimezone(UTC):%Y%m%dT%H%MZ}"


def _queue(session: Session, desk: Desk, invitation: Invitation) -> None:
    role = Role(invitation.role.value)
    talk = invitation.talk
    token = tokens.issue(session, desk, TokenPurpose.ANSWER, invitation.id)
    post.queue_letter(
        session,
        desk,
        kind=KIND,
        subject_key=invitation.uid,
        sequence=_start(talk),
        person=invitation.person,
        facts={
            "role": role,
            "talk": talk_facts(talk, invitation.person.locale),
            "answers": answer_links(desk, role, token),
        },
        in_reply_to=invitation.first_message_id,
        order_key=invitation.uid,
        request_id=talk.request_id,
        talk_id=talk.id,
        invitation_id=invitation.id,
        not_after=talk.starts_at,
    )
