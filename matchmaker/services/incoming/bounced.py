"""Mails that came back after their server had taken them: whom they did not reach."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.mail.bounces import Bounce
from matchmaker.mail.incoming import same_address
from matchmaker.models import IncomingMail, Invitation, OutboxMessage
from matchmaker.models.states import IncomingKind, IncomingState, InvitationState
from matchmaker.services.desk import Desk
from matchmaker.services.house import audit
from matchmaker.services.incoming.deciding import Reason


def note(session: Session, desk: Desk, row: IncomingMail, bounce: Bounce, *, forged: bool) -> None:
    """Put down what a report says, at the mail and at the invitation that it is about.

    A report that fits none of our mails, or comes from somebody who only says so, is for a person.
    """
    row.facts = {
        "recipient": bounce.recipient,
        "status": bounce.status,
        "diagnosis": bounce.reason,
    }
    row.kind = IncomingKind.BOUNCE if bounce.final else IncomingKind.DELAYED
    mail = _returned(session, bounce)
    if mail is not None:
        row.outbox, row.person_id = mail, mail.person_id
        row.invitation_id = mail.invitation_id
    if not bounce.final:
        row.state = IncomingState.LISTED
    elif forged or mail is None:
        row.state = IncomingState.REVIEW
        row.reason = (Reason.FORGED if forged else Reason.BOUNCE_UNKNOWN).value
    else:
        _mark(session, desk, mail, bounce)
        row.state = IncomingState.APPLIED


def _returned(session: Session, bounce: Bounce) -> OutboxMessage | None:
    """The mail that came back. Its id is known to whoever got it or passed it on; the address in
    the report may be another one, behind which the person's own forwards."""
    found = session.scalars(
        select(OutboxMessage).where(OutboxMessage.message_id.in_(bounce.message_ids))
    ).all()
    order = {message_id: number for number, message_id in enumerate(bounce.message_ids)}
    return min(found, key=lambda mail: order[mail.message_id], default=None)


def _mark(session: Session, desk: Desk, mail: OutboxMessage, bounce: Bounce) -> None:
    said = bounce.reason or bounce.status
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
        after={"status": bounce.status, "kind": mail.kind},
    )


def _still_waits(invitation: Invitation, mail: OutboxMessage) -> bool:
    """Not if it has ended, or meanwhile goes to another address."""
    ended = invitation.state is InvitationState.CANCELLED
    return not ended and same_address(invitation.person.email or "", mail.recipient)
