"""The outbox: a mail is written in the transaction that causes it, and leaves later."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import cast

from sqlalchemy import CursorResult, func, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import Update

from matchmaker.i18n import N_
from matchmaker.mail.address import AddressError, wire_address
from matchmaker.mail.message import RenderedMail
from matchmaker.models import OutboxMessage, Person
from matchmaker.models.states import STUCK_MAILS, MailPriority, OutboxState
from matchmaker.services.desk import Desk
from matchmaker.services.errors import NotFound, NotPossible
from matchmaker.services.house import audit, uids
from matchmaker.services.sending.delivery import DeliveryReport, deliver_due
from matchmaker.services.sending.overtaking import MAY_HAVE_LEFT, OVERTAKEN

__all__ = [
    "DeliveryReport",
    "counts",
    "deliver_due",
    "drop",
    "drop_unsent",
    "enqueue",
    "get",
    "new_message_id",
    "resend",
]

NOT_HELD = N_("Only a mail that could not be delivered, or may not have been, can be sent again.")
NOT_WAITING = N_("This mail has already been sent or is just being sent.")
OTHER_ADDRESS = N_("The person has another address by now. Please take this mail out.")
OF_NO_USE = N_("It is too late for this mail to be of use. Please take it out.")
LATER_ONE_LEFT = N_("A later mail about the same invitation has already been sent.")
DROPPED_BY_HAND = N_("Taken out by the coordination.")
NO_SUCH_MAIL = N_("There is no such mail.")


def new_message_id(desk: Desk) -> str:
    """A Message-ID that no other mail has or will have; it is stored with the bytes."""
    return f"<{uids.new_ulid(desk)}@{desk.settings.uid_host}>".lower()


def enqueue(
    session: Session,
    desk: Desk,
    mail: RenderedMail,
    *,
    kind: str,
    subject_key: str,
    sequence: int | str = 0,
    method: str | None = None,
    order_key: str | None = None,
    person_id: int | None = None,
    request_id: int | None = None,
    talk_id: int | None = None,
    invitation_id: int | None = None,
    due_at: datetime | None = None,
    not_after: datetime | None = None,
    priority: MailPriority = MailPriority.USUAL,
    is_first: bool = False,
) -> OutboxMessage:
    """Put a mail into the outbox; the same key again gives the row that is already there.

    `method` is that of the calendar part, None without one. `due_at` None means at once. From
    `not_after` on the mail is of no use (None: it always is).
    `is_first`: the subject is so new that nobody need look for such a row.
    """
    key = f"{kind}:{subject_key}:{sequence}:{mail.recipient}"
    if not is_first:
        present = session.scalars(
            select(OutboxMessage).where(OutboxMessage.key == key)
        ).one_or_none()
        if present is not None:
            return present
    row = OutboxMessage(
        key=key,
        kind=kind,
        recipient=mail.recipient,
        subject=mail.subject[:400],
        message_id=mail.message_id,
        body=mail.body,
        method=method,
        order_key=order_key,
        person_id=person_id,
        request_id=request_id,
        talk_id=talk_id,
        invitation_id=invitation_id,
        due_at=due_at or desk.now,
        not_after=not_after,
        priority=int(priority),
        created_at=desk.now,
    )
    session.add(row)
    return row


def get(session: Session, message_id: int) -> OutboxMessage:
    """The mail with this row id. Raises NotFound."""
    row = session.get(OutboxMessage, message_id)
    if row is None:
        raise NotFound(NO_SUCH_MAIL)
    return row


def resend(session: Session, desk: Desk, message_id: int) -> OutboxMessage:
    """Let a dead or uncertain mail go again, with the same bytes and the same Message-ID.

    Raises NotFound, and NotPossible for any other mail, for one to an address that is no longer
    the person's, for one that is of no use any more, and for one that a later mail about the same
    invitation has overtaken: calendars would take it for news.
    """
    row = get(session, message_id)
    if row.state not in STUCK_MAILS:
        raise NotPossible(NOT_HELD)
    if _moved_away(session, row):
        raise NotPossible(OTHER_ADDRESS)
    if row.not_after is not None and row.not_after <= desk.now:
        raise NotPossible(OF_NO_USE)
    if _overtaken(session, row):
        raise NotPossible(LATER_ONE_LEFT)
    _decide(
        session,
        desk,
        row,
        "mail.resent",
        state=OutboxState.QUEUED,
        due_at=desk.now,
        dots=0,
        give_up_at=None,
    )
    return row


def drop(session: Session, desk: Desk, message_id: int) -> OutboxMessage:
    """Give a mail up that has not been sent. Raises NotFound and NotPossible."""
    row = get(session, message_id)
    if row.state not in {OutboxState.QUEUED, *STUCK_MAILS}:
        raise NotPossible(NOT_WAITING)
    reason = row.last_error or DROPPED_BY_HAND
    _decide(session, desk, row, "mail.dropped", state=OutboxState.DROPPED, last_error=reason)
    return row


def drop_unsent(
    session: Session, order_key: str, *states: OutboxState, kinds: Collection[str] = ()
) -> int:
    """Take back the mails of one invitation that are in `states`; how many were.

    With `kinds`, only those of these kinds.
    """
    which = (OutboxMessage.kind.in_(kinds),) if kinds else ()
    return changed_rows(
        session,
        update(OutboxMessage)
        .where(OutboxMessage.order_key == order_key, OutboxMessage.state.in_(states), *which)
        .values(state=OutboxState.DROPPED, last_error=OVERTAKEN)
        .execution_options(synchronize_session="fetch"),
    )


def counts(session: Session) -> dict[OutboxState, int]:
    """How many mails are in each state; states without any are 0."""
    found = session.execute(select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state))
    return dict.fromkeys(OutboxState, 0) | {row[0]: row[1] for row in found}


def changed_rows(session: Session, statement: Update) -> int:
    """Run an UPDATE and say how many rows it changed."""
    return cast("CursorResult[object]", session.execute(statement)).rowcount


def _overtaken(session: Session, row: OutboxMessage) -> bool:
    if row.order_key is None:
        return False
    later = select(OutboxMessage.id).where(
        OutboxMessage.order_key == row.order_key,
        OutboxMessage.id > row.id,
        OutboxMessage.state.in_(MAY_HAVE_LEFT),
    )
    return session.scalars(later.limit(1)).one_or_none() is not None


def _moved_away(session: Session, row: OutboxMessage) -> bool:
    person = session.get(Person, row.person_id) if row.person_id else None
    if person is None:
        return False
    try:
        return wire_address(person.email) != row.recipient
    except AddressError:
        return True


def _decide(
    session: Session, desk: Desk, row: OutboxMessage, action: str, **values: object
) -> None:
    """Change a row unless a worker has just taken it."""
    before = row.state
    taken = changed_rows(
        session,
        update(OutboxMessage)
        .where(OutboxMessage.id == row.id, OutboxMessage.state == before)
        .values(**values)
        .execution_options(synchronize_session="fetch"),
    )
    if taken != 1:
        raise NotPossible(NOT_WAITING)
    audit.record(
        session,
        desk,
        action,
        row,
        before={"state": before.value},
        after={"state": row.state.value, "key": row.key},
    )
