"""Mails that certainly stayed here and that nobody decided about: what they said may be said anew.

A mail is taken back by a "no", a change or another address, or it is too late for it. If the
person says yes after all, nobody has told them. What may have arrived is never said twice, and
what a person took out stays out.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from matchmaker.models import AuditEntry, OutboxMessage
from matchmaker.models.states import STAYED_MAILS

_BY_HAND = ("mail.dropped", "mail.resent")
"""One that was sent again may have arrived before, although its final dots count from then."""


def taken_back(session: Session, message_ids: Collection[int]) -> set[int]:
    """Those of the outbox rows."""
    if not message_ids:
        return set()
    by_hand = exists().where(
        AuditEntry.subject_kind == OutboxMessage.__tablename__,
        AuditEntry.subject_id == OutboxMessage.id,
        AuditEntry.action.in_(_BY_HAND),
    )
    return set(
        session.scalars(
            select(OutboxMessage.id).where(
                OutboxMessage.id.in_(message_ids),
                OutboxMessage.state.in_(STAYED_MAILS),
                OutboxMessage.dots == 0,
                ~by_hand,
            )
        )
    )
