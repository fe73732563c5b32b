"""Mails that came back after their server had taken them: whom they did not reach."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.mail.address import same_address, wire_or_typed
from matchmaker.mail.bounces import Bounce
from matchmaker.models import IncomingMail, Invitation, OutboxMessage
from matchmaker.models.states import IncomingKind, IncomingState, InvitationState
from matchmaker.services.desk import Desk
from matchmaker.services.house import audit
from matchmaker.services.incoming.deciding import Reason


def note(session: Session, desk: Desk, row: IncomingMail, bounce: Bounce, *, forged: bool) -> None:
    """Put down what a report says, at the mail and at the invitation that it is about.

    It counts by itself only if a mail server wrote it, it carries our mail or its head, and it
    names the address that this mail went to. Everything else is for a person; so is a report about
    the address that the person's own forwards to.
    """
    row.facts = {
        "recipient": bounce.recipient,
        "status": bounce.status,
        "diagnosis": bounce.reason,
    }
    row.kind = IncomingKind.BOUNCE if bounce.final else IncomingKind.DELAYED
    mail = _sent(session, bounce.message_ids)
    proven = mail is not None and bounce.by_server and _is_about(mail, bounce)
    if mail is None and not bounce.message_ids:
        mail = _sent(session, bounce.hinted_ids)
    if mail is not None:
        row.outbox, row.person_id = mail, mail.person_id
        row.invitation_id = mail.invitation_id
    if not bounce.final:
        row.state = IncomingState.LISTED
    elif forged or mail is None or not proven:
        row.state = IncomingState.REVIEW
        row.reason = _doubt(mail, forged=forged).value
    else:
        _mark(session, desk, mail, row)
        row.state = IncomingState.APPLIED


def _doubt(mail: OutboxMessage | None, *, forged: bool) -> Reason:
    if forged:
        return Reason.FORGED
    return Reason.BOUNCE_UNKNOWN if mail is None else Reason.BOUNCE_DOUBTFUL


def _sent(session: Session, message_ids: Sequence[str]) -> OutboxMessage | None:
    """The first of these mails that is ours."""
    found = session.scalars(
        select(OutboxMessage).where(OutboxMessage.message_id.in_(message_ids))
    ).all()
    order = {message_id: number for number, message_id in enumerate(message_ids)}
    return min(found, key=lambda mail: order[mail.message_id], default=None)


def _is_about(mail: OutboxMessage, bounce: Bounce) -> bool:
    """Whether the report names the address that our mail went to. The id alone proves nothing:
    everybody who has ever got or passed on the mail knows it."""
    return any(same_address(address, mail.recipient) for address in bounce.recipients)


def believe(session: Session, desk: Desk, row: IncomingMail) -> None:
    """A person says that the mail which a doubtful report is about did come back."""
    if row.outbox is not None:
        _mark(session, desk, row.outbox, row)


def may_be_believed(row: IncomingMail) -> bool:
    """Whether it is known which mail a report is about, and nothing says yet that it came back."""
    mail = row.outbox if row.kind is IncomingKind.BOUNCE else None
    return mail is not None and mail.bounced_at is None


def _mark(session: Session, desk: Desk, mail: OutboxMessage, row: IncomingMail) -> None:
    said = row.facts["diagnosis"] or row.facts["status"]
    mail.bounced_at, mail.bounce_reason = desk.now, said
    invitation = session.get(Invitation, mail.invitation_id) if mail.invitation_id else None
    if invitation is None or not _still_waits(invitation, mail):
        return
    invitation.undeliverable_at, invitation.undeliverable_reason = desk.now, said
    audit.record(
        session,
        desk,
        "invitation.undeliverable",
        invitation,
        after={"status": row.facts["status"], "kind": mail.kind},
    )


def _still_waits(invitation: Invitation, mail: OutboxMessage) -> bool:
    """Not if it has ended, or meanwhile goes to another address."""
    ended = invitation.state is InvitationState.CANCELLED
    return not ended and same_address(wire_or_typed(invitation.person.email or ""), mail.recipient)
