"""What follows from mails having left: people count as invited, rounds as sent."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import Assignment, Invitation, OutboxMessage, PlanningRound, Talk
from matchmaker.models.states import STAYED_MAILS, AssignmentState, OutboxState, RoundState
from matchmaker.services.desk import Desk
from matchmaker.services.house import audit
from matchmaker.services.sending.outbox_claims import Claim

INVITING = ("invitation", "invitation_changed")


def note(session: Session, desk: Desk, mail: Claim) -> None:
    """Called in the transaction that marks the mail sent."""
    if mail.invitation_id is None or mail.kind not in INVITING:
        return
    invitation = session.get_one(Invitation, mail.invitation_id)
    assignment = (
        session.get(Assignment, invitation.assignment_id) if invitation.assignment_id else None
    )
    if assignment is None:
        _note_guest_or_host(session, desk, invitation, mail.kind)
        return
    if assignment.state is not AssignmentState.APPROVED:
        return
    assignment.state = AssignmentState.INVITED
    audit.record(
        session,
        desk,
        "assignment.invited",
        assignment,
        before={"state": AssignmentState.APPROVED.value},
        after={"state": AssignmentState.INVITED.value},
    )


def _note_guest_or_host(session: Session, desk: Desk, invitation: Invitation, kind: str) -> None:
    """They are not assigned to anything, but the talk's history says of them, too, what left."""
    if kind == "invitation":
        audit.record(session, desk, "invitation.sent", invitation)


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
