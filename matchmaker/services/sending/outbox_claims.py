"""How a worker takes a mail from the outbox and what it writes down afterwards.

Every step is one short transaction with a conditional UPDATE, so that a worker may die anywhere:
a row is queued, or claimed under a lease, or its fate is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast

from sqlalchemy import CursorResult, Select, bindparam, exists, select, update
from sqlalchemy.orm import Session, aliased

from matchmaker.i18n import N_
from matchmaker.mail.outcome import (
    AuthenticationRefused,
    Delivered,
    Outcome,
    PermanentFailure,
    Unknown,
)
from matchmaker.models import OutboxMessage
from matchmaker.models.states import WAITING_MAILS, OutboxState
from matchmaker.services.sending.overtaking import give_way

LEASE = timedelta(seconds=30)
RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360))
GIVE_UP_AFTER = timedelta(days=5)
STOPPED_BEFORE_DOT = N_("The sending was interrupted before the mail was complete.")
STOPPED_AFTER_DOT = N_("The sending was interrupted after the final dot.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A mail that is ours for the length of the lease; `dots` are those sent before."""

    id: int
    recipient: str
    body: bytes
    method: str | None
    kind: str
    invitation_id: int | None
    attempts: int
    dots: int
    give_up_at: datetime
    owner: str


_CLAIMED = tuple(name for name in Claim.__dataclass_fields__ if name != "owner")
_RELEASED: dict[str, Any] = {"lease_owner": None, "lease_until": None}


class LostClaim(Exception):
    """Somebody else took the mail over while we were slow; it must not be finished here."""


def recover(session: Session, now: datetime) -> int:
    """Put right what dead workers left behind: mails in `sending` whose lease has run out."""
    abandoned = (OutboxMessage.state == OutboxState.SENDING, OutboxMessage.lease_until <= now)
    again: dict[str, Any] = {"state": OutboxState.QUEUED, "due_at": now, **_RELEASED}
    may_repeat = OutboxMessage.method.is_not(None) & (OutboxMessage.dots <= 1)
    before_dot = OutboxMessage.dot_at.is_(None)
    found: list[Any] = []
    for which, values in (
        (before_dot, again | {"last_error": STOPPED_BEFORE_DOT}),
        (~before_dot & may_repeat, again | {"last_error": STOPPED_AFTER_DOT}),
        (
            ~before_dot & ~may_repeat,
            {"state": OutboxState.UNCERTAIN, "last_error": STOPPED_AFTER_DOT, **_RELEASED},
        ),
    ):
        found += session.execute(
            update(OutboxMessage)
            .where(*abandoned, which)
            .values(**values)
            .returning(OutboxMessage.id, OutboxMessage.dots)
            .execution_options(synchronize_session=False)
        ).all()
    for message_id, dots in found:
        give_way(session, message_id, may_be_out=dots > 0)
    return len(found)


@cache
def _waiting() -> Select[int]:
    """The mail that is next at `:now`; built once, as building takes longer than asking."""
    earlier = aliased(OutboxMessage)
    blocked = exists().where(
        earlier.order_key == OutboxMessage.order_key,
        earlier.id < OutboxMessage.id,
        earlier.state.in_(WAITING_MAILS),
    )
    return (
        select(OutboxMessage.id)
        .where(
            OutboxMessage.state == OutboxState.QUEUED,
            OutboxMessage.due_at <= bindparam("now"),
            ~blocked,
        )
        .order_by(OutboxMessage.priority, OutboxMessage.due_at, OutboxMessage.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def claim(session: Session, now: datetime, owner: str) -> Claim | None:
    """Take the most urgent mail that has waited longest; None if nothing may leave now.

    A mail of an invitation waits until every earlier one of the same invitation has left.
    """
    while (row_id := session.scalars(_waiting(), {"now": now}).one_or_none()) is not None:
        taken = session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id == row_id, OutboxMessage.state == OutboxState.QUEUED)
            .values(
                state=OutboxState.SENDING,
                lease_owner=owner,
                lease_until=now + LEASE,
                attempts=OutboxMessage.attempts + 1,
                dot_at=None,
            )
            .returning(*(getattr(OutboxMessage, name) for name in _CLAIMED))
            .execution_options(synchronize_session=False)
        ).one_or_none()
        if taken is not None:
            facts = dict(zip(_CLAIMED, taken, strict=True))
            facts["give_up_at"] = facts["give_up_at"] or now + GIVE_UP_AFTER
            return Claim(owner=owner, **facts)
    return None


def mark_dot(session: Session, claimed: Claim, now: datetime) -> None:
    """Note, just before the final dot, that the mail may be out from here on.

    Raises LostClaim if the mail is no longer ours; then the dot must not be sent.
    """
    ours = _changed(
        session,
        _own(claimed).values(dot_at=now, dots=OutboxMessage.dots + 1, lease_until=now + LEASE),
    )
    if ours != 1:
        raise LostClaim


def renew(session: Session, owner: str, now: datetime) -> None:
    """The heartbeat: what this worker holds stays its own."""
    _changed(
        session,
        update(OutboxMessage)
        .where(OutboxMessage.lease_owner == owner, OutboxMessage.state == OutboxState.SENDING)
        .values(lease_until=now + LEASE),
    )


def settle(session: Session, claimed: Claim, outcome: Outcome, now: datetime) -> OutboxState | None:
    """Write down what became of an attempt; the new state, None if the mail was not ours.

    A mail that did not get out and whose talk has been called off meanwhile is dropped.
    """
    values = _values(claimed, outcome, now)
    if _changed(session, _own(claimed).values(**values, **_RELEASED)) == 1:
        may_be_out = claimed.dots > 0 or isinstance(outcome, Unknown)
        if not isinstance(outcome, Delivered) and give_way(
            session, claimed.id, may_be_out=may_be_out
        ):
            return OutboxState.DROPPED
        return cast("OutboxState", values["state"])
    if isinstance(outcome, Delivered):
        # Another worker took our silence for trouble; now we know better.
        _changed(
            session,
            update(OutboxMessage)
            .where(
                OutboxMessage.id == claimed.id,
                OutboxMessage.state.in_((OutboxState.QUEUED, OutboxState.UNCERTAIN)),
            )
            .values(**values),
        )
    return None


def _values(claimed: Claim, outcome: Outcome, now: datetime) -> dict[str, Any]:
    """The columns to write; the rules stand in `docs/mail.md`."""
    values: dict[str, Any] = {"state": OutboxState.QUEUED, "last_error": outcome.reason}
    if isinstance(outcome, Delivered):
        values |= {"state": OutboxState.SENT, "sent_at": now, "last_error": ""}
    elif isinstance(outcome, PermanentFailure):
        values["state"] = OutboxState.DEAD
    elif isinstance(outcome, AuthenticationRefused):
        values["attempts"] = claimed.attempts - 1  # it was no attempt at this mail
    elif isinstance(outcome, Unknown):
        if claimed.method is None or claimed.dots >= 1:
            values["state"] = OutboxState.UNCERTAIN
        else:
            values["due_at"] = now + RETRIES[0]
    else:
        due_at = now + RETRIES[min(claimed.attempts, len(RETRIES)) - 1]
        values |= {"due_at": due_at, "give_up_at": claimed.give_up_at}
        if due_at > claimed.give_up_at:
            values["state"] = OutboxState.DEAD
    return values


def _own(claimed: Claim) -> Any:
    return update(OutboxMessage).where(
        OutboxMessage.id == claimed.id,
        OutboxMessage.state == OutboxState.SENDING,
        OutboxMessage.lease_owner == claimed.owner,
    )


def _changed(session: Session, statement: Any) -> int:
    statement = statement.execution_options(synchronize_session=False)
    return cast("CursorResult[object]", session.execute(statement)).rowcount
