"""Mails that lie in the mailbox but are not handed out by its server, each by itself.

Such a mail keeps no other waiting: its number is kept in a row instead of it, and it is asked for
again in the next runs. A person is told after some tries, and can look at it in the mailbox.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from matchmaker.models import IncomingMail
from matchmaker.models.states import IncomingKind, IncomingState
from matchmaker.services.desk import Desk
from matchmaker.services.incoming.deciding import Reason

MOST_TRIES = 3
"""Then a person is told."""
TRIED_FOR = timedelta(days=2)
"""So long it is asked for, also when a person has been told: an answer may still count."""
MOST_AT_ONCE = 20
_OPEN = (IncomingState.NEW, IncomingState.REVIEW)

STANDS_IN = IncomingMail.reason == Reason.WITHHELD
"""Rows that stand for a mail which has not been read."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mail lies."""

    folder: str
    uidvalidity: int
    uid: int

    @property
    def here(self) -> ColumnElement[bool]:
        return and_(
            STANDS_IN,
            IncomingMail.folder == self.folder,
            IncomingMail.uidvalidity == self.uidvalidity,
            IncomingMail.uid == self.uid,
        )


def note(session: Session, desk: Desk, place: Place, server_says: str) -> IncomingMail | None:
    """Once more in vain. The row if a person is to look at it from now on."""
    row = _row(session, place) or _new(session, desk, place)
    row.tries += 1
    row.facts = {"uid": place.uid, "diagnosis": server_says}
    if row.state is IncomingState.NEW and row.tries >= MOST_TRIES:
        row.state = IncomingState.REVIEW
        return row
    return None


def settle(session: Session, place: Place) -> None:
    """The mail has been handed out, or has gone: nothing needs to stand in for it."""
    row = _row(session, place)
    if row is not None and row.state in _OPEN:
        session.delete(row)
        session.flush()


def to_ask_for(session: Session, desk: Desk, folder: str, uidvalidity: int) -> Sequence[int]:
    """The numbers to try again now. Those from before the folder numbered itself anew are nobody's
    any more: a person has to look."""
    here = IncomingMail.uidvalidity == uidvalidity
    is_new = IncomingMail.state == IncomingState.NEW
    session.execute(
        update(IncomingMail)
        .where(STANDS_IN, is_new, IncomingMail.folder == folder, ~here)
        .values(state=IncomingState.REVIEW)
    )
    lately = IncomingMail.fetched_at > desk.now - TRIED_FOR
    waits = or_(is_new, and_(IncomingMail.state == IncomingState.REVIEW, lately))
    return session.scalars(
        select(IncomingMail.uid)
        .where(STANDS_IN, IncomingMail.folder == folder, here, waits)
        .order_by(IncomingMail.tries, IncomingMail.id)
        .limit(MOST_AT_ONCE)
    ).all()


def _row(session: Session, place: Place) -> IncomingMail | None:
    return session.scalars(select(IncomingMail).where(place.here).with_for_update()).one_or_none()


def _new(session: Session, desk: Desk, place: Place) -> IncomingMail:
    row = IncomingMail(
        # No mail has this digest: it is that of the place.
        digest=hashlib.sha256(repr(place).encode()).hexdigest(),
        folder=place.folder,
        uidvalidity=place.uidvalidity,
        uid=place.uid,
        received_at=desk.now,
        fetched_at=desk.now,
        kind=IncomingKind.UNREADABLE,
        state=IncomingState.NEW,
        reason=Reason.WITHHELD.value,
        tries=0,
    )
    session.add(row)
    return row
