"""The words of a reminder, put into the outbox."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from matchmaker.mail.facts import Role
from matchmaker.models import Invitation, OutboxMessage
from matchmaker.models.states import (
    InvitationRole,
    InvitationState,
    MailPriority,
    ReminderKind,
    TokenPurpose,
)
from matchmaker.services.desk import Desk
from matchmaker.services.house import tokens
from matchmaker.services.inviting import deadlines
from matchmaker.services.inviting.invitation_mails import answer_links
from matchmaker.services.inviting.talk_facts import talk_facts
from matchmaker.services.reminding.moments import evening, local_day
from matchmaker.services.reminding.schedule import Coming
from matchmaker.services.sending import post

_MAILS = {ReminderKind.TALK: "reminder", ReminderKind.ANSWER: "answer_reminder"}


def queue(
    session: Session,
    desk: Desk,
    invitation: Invitation,
    due: Coming,
    *,
    instead_of: int | None = None,
) -> OutboxMessage:
    """The mail leaves before the night, or not: the next morning it would say something else.

    `instead_of`: the row of the mail that was taken back.
    """
    links = answer_links(
        desk,
        Role(invitation.role.value),
        tokens.issue(session, desk, TokenPurpose.ANSWER, invitation.id),
    )
    facts: dict[str, Any] = {
        "role": Role(invitation.role.value),
        "talk": talk_facts(invitation.talk, invitation.person.locale),
        "answers": links,
    }
    if due.kind is ReminderKind.TALK:
        facts |= _before_talk(desk, invitation, links.page)
    else:
        deadline = deadlines.answer_by(
            local_day(due.due_at, desk.settings.zone), invitation.talk.local_start.date()
        )
        facts["answer_by"] = deadline if deadline > desk.today else None
    return post.queue_letter(
        session,
        desk,
        kind=_MAILS[due.kind],
        subject_key=invitation.uid,
        sequence=_sequence(desk, due, instead_of),
        person=invitation.person,
        facts=facts,
        in_reply_to=invitation.first_message_id,
        order_key=invitation.uid,
        request_id=invitation.talk.request_id,
        talk_id=invitation.talk_id,
        invitation_id=invitation.id,
        not_after=min(evening(desk.now, desk.settings.zone), due.useful_until),
        priority=MailPriority.LATER,
    )


def _sequence(desk: Desk, due: Coming, instead_of: int | None) -> str:
    of_today = f"{due.step}.{due.occasion}.{desk.today}"
    return f"{of_today}.{instead_of}" if instead_of else of_today


def _before_talk(desk: Desk, invitation: Invitation, page: str) -> dict[str, Any]:
    talk = invitation.talk
    asked = talk.request is not None and bool(talk.request.questions)
    # Hosts have collected the questions themselves.
    reads = asked and invitation.role in {InvitationRole.SPEAKER, InvitationRole.INTERPRETER}
    return {
        "days": (local_day(talk.starts_at, desk.settings.zone) - desk.today).days,
        "questions_url": page if reads else "",
        "asks": invitation.state is InvitationState.OPEN,
    }
