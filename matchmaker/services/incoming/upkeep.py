"""What came in by mail is not kept for longer than it is of use."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from matchmaker.models import IncomingMail
from matchmaker.models.states import IncomingState
from matchmaker.services.desk import Desk

KEPT = timedelta(days=183)
"""After a mail came in. What waits for a decision stays."""


def forget(session: Session, desk: Desk) -> None:
    """Remove who wrote and what, of mails that are long done with.

    The digest stays: by it the mail is known if the mailbox numbers itself anew.
    """
    session.execute(
        update(IncomingMail)
        .where(
            IncomingMail.received_at < desk.now - KEPT,
            IncomingMail.state.not_in((IncomingState.NEW, IncomingState.REVIEW)),
            or_(IncomingMail.sender != "", IncomingMail.subject != ""),
        )
        .values(sender="", sender_name="", subject="", facts={}, body=None)
        .execution_options(synchronize_session=False)
    )
