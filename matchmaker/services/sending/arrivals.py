"""What a person knows of a mail and the service does not: that it has arrived all the same.

Whoever has it hears of changes, of a cancellation and of reminders like everybody else.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matchmaker.i18n import N_
from matchmaker.models import OutboxMessage
from matchmaker.models.states import OutboxState
from matchmaker.services.desk import Desk
from matchmaker.services.errors import NotPossible
from matchmaker.services.house import audit
from matchmaker.services.sending import outbox, sent_mail

OPEN = (OutboxState.QUEUED, OutboxState.UNCERTAIN)
NOT_OPEN = N_("Only a mail that waits, or of which nobody knows, can be noted as arrived.")


def note(session: Session, desk: Desk, message_id: int) -> OutboxMessage:
    """Count a waiting or uncertain mail as sent. Raises NotFound and NotPossible."""
    row = outbox.get(session, message_id)
    before = row.state
    noted = before in OPEN and outbox.changed_rows(
        session,
        update(OutboxMessage)
        .where(OutboxMessage.id == row.id, OutboxMessage.state == before)
        .values(state=OutboxState.SENT, sent_at=desk.now, last_error="")
        .execution_options(synchronize_session="fetch"),
    )
    if not noted:
        raise NotPossible(NOT_OPEN)
    sent_mail.note(session, desk, [row])
    audit.record(
        session,
        desk,
        "mail.arrived",
        row,
        before={"state": before.value},
        after={"state": row.state.value, "key": row.key},
    )
    return row


def note_all(session: Session, desk: Desk, message_ids: Collection[int]) -> int:
    """The same for many; those that have left meanwhile stay as they are. How many were noted."""
    noted = 0
    for message_id in message_ids:
        try:
            note(session, desk, message_id)
        except NotPossible:
            continue
        noted += 1
    return noted


def uncertain(session: Session) -> Sequence[int]:
    """The mails of which nobody knows, the oldest first."""
    found = select(OutboxMessage.id).where(OutboxMessage.state == OutboxState.UNCERTAIN)
    return session.scalars(found.order_by(OutboxMessage.id)).all()


def written_before(session: Session, moment: datetime) -> Sequence[int]:
    """The mails that wait and are older: in a restored backup, they had been sent since."""
    found = select(OutboxMessage.id).where(
        OutboxMessage.state == OutboxState.QUEUED, OutboxMessage.created_at < moment
    )
    return session.scalars(found.order_by(OutboxMessage.id)).all()
