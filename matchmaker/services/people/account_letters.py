"""Letters to the owner of an account when somebody else has changed how it is entered."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.mail.address import wire_or_typed
from matchmaker.models import OutboxMessage, Person
from matchmaker.models.states import OutboxState
from matchmaker.services.desk import Desk
from matchmaker.services.people.sessions import STAFF
from matchmaker.services.sending import post


def tell_factor_reset(session: Session, desk: Desk, person: Person) -> None:
    """Say that the second factor has been turned off."""
    _queue(session, desk, person, "second_factor")


def tell_old_address(session: Session, desk: Desk, person: Person) -> None:
    """Say to the address that the person still has that another one takes its place.

    Only where a mail has arrived before: nobody knows us behind a misspelt address. The staff may
    have signed in by a link that was handed over.
    """
    ended = (OutboxState.SENT, OutboxState.DEAD)
    last = session.scalars(
        select(OutboxMessage.state)
        .where(
            OutboxMessage.recipient == wire_or_typed(person.email), OutboxMessage.state.in_(ended)
        )
        .order_by(OutboxMessage.id.desc())
        .limit(1)
    ).first()
    if last is OutboxState.SENT or (last is None and person.roles & STAFF):
        _queue(session, desk, person, "address")


def _queue(session: Session, desk: Desk, person: Person, change: str) -> None:
    if not post.reachable(desk, person):
        return
    post.queue_letter(
        session,
        desk,
        kind="account_changed",
        subject_key=f"{change}:{person.id}",
        sequence=desk.now.isoformat(timespec="seconds"),
        person=person,
        facts={"change": change},
    )
