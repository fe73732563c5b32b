"""Telling people that their date stands, once everybody has agreed to it.

Speakers are not told: they have said yes and are only written to when something changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.mail.facts import Role
from matchmaker.models import Invitation, OutboxMessage, Talk
from matchmaker.models.states import (
    STAYED_MAILS,
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
from matchmaker.services.sending.taken_back import taken_back

KIND = "date_confirmed"
_TOLD = (InvitationRole.HOST, InvitationRole.INTERPRETER, InvitationRole.GUEST)
_GONE = (InvitationState.CANCELLED, InvitationState.DECLINED)


@dataclass(slots=True)
class _Told:
    """Mails by invitation and SEQUENCE (of older versions: start).

    `standing`: may have left, or a person decides about one. `written`: how many there are.
    """

    standing: set[tuple[int, str]] = field(default_factory=set)
    written: dict[tuple[int, str], int] = field(default_factory=dict)


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
    """Tell everybody concerned who does not know, once for each SEQUENCE; how many mails.

    A mail that was taken back before it left has told nobody.
    """
    invitations = select(Invitation.id).where(Invitation.talk_id == talk_id)
    session.execute(invitations.order_by(Invitation.id).with_for_update()).all()
    talk = session.get_one(Talk, talk_id, populate_existing=True)
    stands = talk.state is TalkState.CONFIRMED and talk.starts_at > desk.now and all_agreed(talk)
    told = _told(session, [talk_id])
    untold = _untold(desk, talk, told) if stands else []
    for invitation in untold:
        before = told.written.get((invitation.id, f"{invitation.sequence}"), 0)
        _queue(session, desk, invitation, before)
    session.flush()
    return len(untold)


def _somebody(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether one of those who are to come is so; guests may stay away."""
    comes = Invitation.role != InvitationRole.GUEST
    return exists().where(Invitation.talk_id == Talk.id, comes, condition)


def _told(session: Session, talk_ids: Sequence[int]) -> _Told:
    found = session.execute(
        select(
            OutboxMessage.id,
            OutboxMessage.invitation_id,
            OutboxMessage.key,
            OutboxMessage.state,
        ).where(OutboxMessage.talk_id.in_(talk_ids), OutboxMessage.kind == KIND)
    ).all()
    stayed = taken_back(session, [row.id for row in found if row.state in STAYED_MAILS])
    told = _Told()
    for row in found:
        occasion, _, again = row.key.split(":")[2].partition(".")
        about = (row.invitation_id or 0, occasion)
        told.written[about] = max(told.written.get(about, 0), int(again or 0) + 1)
        if row.id not in stayed:
            told.standing.add(about)
    return told


def _untold(desk: Desk, talk: Talk, told: _Told) -> list[Invitation]:
    return [
        row
        for row in talk.invitations
        if row.role in _TOLD
        and row.state not in _GONE
        and told.standing.isdisjoint({(row.id, f"{row.sequence}"), (row.id, _start(talk))})
        and post.reachable(desk, row.person)
    ]


def _start(talk: Talk) -> str:
    """In the keys of older versions; whoever was told by one of them is not told again."""
    return f"{talk.starts_at.astimezone(UTC):%Y%m%dT%H%MZ}"


def _queue(session: Session, desk: Desk, invitation: Invitation, before: int) -> None:
    """`before`: so many mails of this SEQUENCE were taken back."""
    role = Role(invitation.role.value)
    talk = invitation.talk
    token = tokens.issue(session, desk, TokenPurpose.ANSWER, invitation.id)
    post.queue_letter(
        session,
        desk,
        kind=KIND,
        subject_key=invitation.uid,
        sequence=f"{invitation.sequence}.{before}" if before else invitation.sequence,
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
