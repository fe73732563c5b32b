"""A mail that did not get out while it was being overtaken does not go out afterwards.

Calling off finds a mail in a worker's hands and cannot know whether it will arrive, so it queues
the cancellation behind it. When the attempt has failed, one of the two is too much: the mail
itself, and the cancellation as well if the person cannot have heard of the talk. The same goes for
a mail whose person has another address meanwhile: whoever reads at the old one may be a stranger.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, cast

from sqlalchemy import CursorResult, and_, exists, or_, select, update
from sqlalchemy.orm import Session

from matchmaker.i18n import N_
from matchmaker.mail.address import wire_or_typed
from matchmaker.models import AuditEntry, OutboxMessage, Person
from matchmaker.models.states import STUCK_MAILS, OutboxState

CANCELLATION = "invitation_cancelled"
OVERTAKEN = N_("Overtaken by a later mail before it was sent.")

MAY_HAVE_LEFT = (OutboxState.SENT, OutboxState.SENDING, OutboxState.UNCERTAIN)
_UNSENT = (OutboxState.QUEUED, *STUCK_MAILS)


def lock(session: Session, order_keys: Collection[str]) -> None:
    """Let no worker take up, or put back, a mail of these invitations until we are done.

    A worker locks mails, then what follows from their having left, then the end of the audit log.
    So whoever changes several invitations locks all their mails here before writing anything.
    """
    session.execute(
        select(OutboxMessage.id)
        .where(OutboxMessage.order_key.in_(order_keys))
        .order_by(OutboxMessage.id)
        .with_for_update()
    ).all()


def give_way(session: Session, message_id: int, *, may_be_out: bool) -> bool:
    """Drop a mail that was not sent if one waits that overtakes it; whether it did.

    `may_be_out`: the last attempt, or one before, may have reached the person all the same. If
    none can have, the cancellation is dropped as well. Called by whoever puts the mail back.
    """
    row = session.execute(
        select(OutboxMessage.order_key, OutboxMessage.recipient, Person.email)
        .outerjoin(Person, Person.id == OutboxMessage.person_id)
        .where(OutboxMessage.id == message_id)
    ).one()
    if row.order_key is None:
        return False
    later = session.execute(
        select(OutboxMessage.id, OutboxMessage.kind).where(
            OutboxMessage.order_key == row.order_key,
            OutboxMessage.id > message_id,
            OutboxMessage.state == OutboxState.QUEUED,
        )
    ).all()
    cancellations = [mail.id for mail in later if mail.kind == CANCELLATION]
    elsewhere = row.email is not None and wire_or_typed(row.email) != row.recipient
    if not (cancellations or (later and elsewhere)) or not _drop(session, message_id, *_UNSENT):
        return False
    if cancellations and not may_be_out and not _heard_of(session, row.order_key):
        _drop(session, cancellations[0], OutboxState.QUEUED)
    return True


def _heard_of(session: Session, order_key: str) -> bool:
    """Whether any mail of the invitation may have arrived, counting those let go by hand again."""
    again = exists().where(
        AuditEntry.subject_kind == OutboxMessage.__tablename__,
        AuditEntry.subject_id == OutboxMessage.id,
        AuditEntry.action == "mail.resent",
    )
    left = select(OutboxMessage.id).where(
        OutboxMessage.order_key == order_key,
        or_(
            OutboxMessage.state.in_(MAY_HAVE_LEFT),
            and_(OutboxMessage.state == OutboxState.DROPPED, again),
        ),
    )
    return session.scalars(left.limit(1)).one_or_none() is not None


def _drop(session: Session, message_id: int, *states: OutboxState) -> bool:
    dropping = (
        update(OutboxMessage)
        .where(OutboxMessage.id == message_id, OutboxMessage.state.in_(states))
        .values(state=OutboxState.DROPPED, last_error=OVERTAKEN)
        .execution_options(synchronize_session=False)
    )
    return cast("CursorResult[Any]", session.execute(dropping)).rowcount == 1
