"""What came in by mail is not kept for longer than it is of use."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from matchmaker.models import IncomingMail
from matchmaker.models.states import IncomingState
from matchmaker.services.desk import Desk
from matchmaker.services.incoming import review

KEPT = timedelta(days=183)
"""After a mail came in. What waits for a decision stays."""


def forget(session: Session, desk: Desk) -> None:
    """Remove who wrote and what, of mails that are long done with.

    The digest stays, and with it the Message-ID, where the mail lies, when it came, its kind, what
    became of it, and what and whom it was about. By the digest the mail is known if the mailbox
    numbers itself anew; an answer itself belongs to its invitation.
    """
    session.execute(
        update(IncomingMail)
        .where(
            IncomingMail.received_at < desk.now - KEPT,
            IncomingMail.state != IncomingState.NEW,
            ~review.waits(),
            or_(IncomingMail.sender != "", IncomingMail.subject != ""),
        )
        .values(sender="", sender_name="", subject="", facts={}, body=None)
        .execution_options(synchronize_session=False)
    )
