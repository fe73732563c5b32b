"""What follows from mails having left: people count as invited, rounds as sent."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matchmaker.models import Invitation, OutboxMessage, PlanningRound, Talk
from matchmaker.models.states import STAYED_MAILS, AssignmentState, OutboxState, RoundState
from matchmaker.services.desk import Desk
from matchmaker.services.house import audit
from matchmaker.services.house.audit import Change
from matchmaker.services.sending.outbox_claims import Claim

FIRST = "invitation"
INVITING = (FIRST, "invitation_changed")


def note(session: Session, desk: Desk, mails: Sequence[Claim | OutboxMessage]) -> None:
    """Called in the transaction that marks these mails sent."""
    inviting = [mail for mail in mails if mail.invitation_id and mail.kind in INVITING]
    if not inviting:
        return
    found = session.scalars(
        select(Invitation)
        .where(Invitation.id.in_([mail.invitation_id for mail in inviting]))
        .options(joinedload(Invitation.assignment))
    )
    invitations = {row.id: row for row in found}
    changes = [_change(invitations[mail.invitation_id or 0], mail.kind) for mail in inviting]
    audit.record_all(session, desk, [change for change in changes if change is not None])


def _change(invitation: Invitation, kind: str) -> Change | None:
    """What is new now that this person has been told."""
    assignment = invitation.assignment
    if assignment is None:
        # They are not assigned to anything, but the talk's history says of them, too, what left.
        return Change(action="invitation.sent", subject=invitation) if kind == FIRST else None
    if assignment.state is not AssignmentState.APPROVED:
        return None
    assignment.state = AssignmentState.INVITED
    return Change(
        action="assignment.invited",
        subject=assignment,
        before={"state": AssignmentState.APPROVED.value},
        after={"state": AssignmentState.INVITED.value},
    )


def mark_sent_rounds(session: Session, desk: Desk) -> list[int]:
    """Set approved rounds to sent when the last of their mails is out; the ids of those rounds."""
    waiting = (
        select(OutboxMessage.id)
        .join(Talk, Talk.id == OutboxMessage.talk_id)
        .where(
            Talk.round_id == PlanningRound.id,
            OutboxMessage.state.not_in((OutboxState.SENT, *STAYED_MAILS)),
        )
        .exists()
    )
    rounds = session.scalars(
        select(PlanningRound)
        .where(PlanningRound.state == RoundState.APPROVED, ~waiting)
        .order_by(PlanningRound.id)
        .with_for_update()
    ).all()
    for row in rounds:
        row.state = RoundState.SENT
        audit.record(
            session,
            desk,
            "round.sent",
            row,
            before={"state": RoundState.APPROVED.value},
            after={"state": RoundState.SENT.value},
        )
    return [row.id for row in rounds]
