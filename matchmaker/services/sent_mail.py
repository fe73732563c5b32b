"""What follows from a mail having left: whoever was sent an invitation counts as invited."""

from __future__ import annotations

from sqlalchemy.orm import Session

from matchmaker.models import Assignment, Invitation
from matchmaker.models.states import AssignmentState
from matchmaker.services import audit
from matchmaker.services.desk import Desk
from matchmaker.services.outbox_claims import Claim

INVITING = ("invitation", "invitation_changed")


def note(session: Session, desk: Desk, mail: Claim) -> None:
    """Called in the transaction that marks the mail sent."""
    if mail.invitation_id is None or mail.kind not in INVITING:
        return
    invitation = session.get_one(Invitation, mail.invitation_id)
    assignment = (
        session.get(Assignment, invitation.assignment_id) if invitation.assignment_id else None
    )
    if assignment is None or assignment.state is not AssignmentState.APPROVED:
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
