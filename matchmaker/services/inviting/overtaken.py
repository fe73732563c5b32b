"""Mails that only repeat what people know: what waits is taken back when it is true no longer."""

from __future__ import annotations

from sqlalchemy.orm import Session

from matchmaker.models import Invitation
from matchmaker.models.states import InvitationState, OutboxState
from matchmaker.services.sending import outbox

ASKING = ("answer_reminder",)
ABOUT_THE_DATE = ("reminder", "date_confirmed")


def by_change(session: Session, invitation: Invitation) -> int:
    """Time or place have changed: the mail that says so is enough. How many were taken back."""
    return _drop(session, invitation, *ASKING, *ABOUT_THE_DATE)


def by_answer(session: Session, invitation: Invitation) -> int:
    """Somebody has answered, or has said no. How many were taken back."""
    declined = invitation.state is InvitationState.DECLINED
    return _drop(session, invitation, *ASKING, *(ABOUT_THE_DATE if declined else ()))


def _drop(session: Session, invitation: Invitation, *kinds: str) -> int:
    return outbox.drop_unsent(
        session, invitation.uid, OutboxState.QUEUED, OutboxState.DEAD, kinds=kinds
    )
