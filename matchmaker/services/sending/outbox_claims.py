"""How a worker takes a mail from the outbox and what it writes down afterwards.

Every step is one short transaction with a conditional UPDATE, so that a worker may die anywhere:
a row is queued, or claimed under a lease, or its fate is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Row,
    Select,
    bindparam,
    case,
    exists,
    func,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased

from matchmaker.i18n import N_
from matchmaker.mail.outcome import (
    Delivered,
    Outcome,
    PermanentFailure,
    SettingsRefused,
    TemporaryFailure,
    Unknown,
)
from matchmaker.models import OutboxMessage
from matchmaker.models.states import WAITING_MAILS, OutboxState
from matchmaker.services.sending import holding
from matchmaker.services.sending.overtaking import give_way

LEASE = timedelta(seconds=30)
RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360))
GIVE_UP_AFTER = timedelta(days=5)
STOPPED_BEFORE_DOT = N_("The sending was interrupted before the mail was complete.")
TOO_LATE = N_("It could not be sent while it was still of use.")
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
_DOTTED = case((OutboxMessage.dot_at.is_not(None), 1), else_=0)
"""The final dots of the attempt that is under way."""
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


def skip_useless(session: Session, now: datetime) -> int:
    """Let mails stay here that could not leave while they were of use; how many there are.

    One that may have arrived all the same is left to a person, like any other of its kind.
    """
    useless = update(OutboxMessage).where(OutboxMessage.state == OutboxState.QUEUED, ~_useful(now))
    certain = useless.where(OutboxMessage.dots == 0)
    skipped = _changed(session, certain.values(state=OutboxState.SKIPPED, last_error=TOO_LATE))
    return skipped + _changed(session, useless.values(state=OutboxState.UNCERTAIN))


def _useful(now: Any) -> ColumnElement[bool]:
    return func.coalesce(OutboxMessage.not_after > now, True)


@cache
def _waiting() -> Select[int]:
    """The mails that may leave at `:now`, the next first; built once, for building takes longer
    than asking."""
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
            _useful(bindparam("now")),
            holding.may_leave(),
            ~blocked,
        )
        .order_by(OutboxMessage.priority, OutboxMessage.due_at, OutboxMessage.id)
        .limit(bindparam("most"))
    )


@cache
def _taking() -> Select[int]:
    return _waiting().with_for_update(skip_locked=True)


def waiting(session: Session, now: datetime, most: int) -> int:
    """How many mails may leave now; nobody counts beyond `most`."""
    return len(session.scalars(_waiting(), {"now": now, "most": most}).all())


def claim(session: Session, now: datetime, owner: str, most: int = 1) -> list[Claim]:
    """Take up to `most` mails, the most urgent first, then those that have waited longest.

    A mail of an invitation waits until every earlier one of the same invitation has left.
    """
    while most and (ids := session.scalars(_taking(), {"now": now, "most": most}).all()):
        taken = session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id.in_(ids), OutboxMessage.state == OutboxState.QUEUED)
            .values(
                state=OutboxState.SENDING,
                lease_owner=owner,
                lease_until=now + LEASE,
                attempts=OutboxMessage.attempts + 1,
                dot_at=None,
            )
            .returning(*(getattr(OutboxMessage, name) for name in _CLAIMED))
            .execution_options(synchronize_session=False)
        ).all()
        if taken:
            claims = [_claimed(row, owner, now) for row in taken]
            return sorted(claims, key=lambda claimed: ids.index(claimed.id))
    return []


def _claimed(row: Row[Any], owner: str, now: datetime) -> Claim:
    facts = dict(zip(_CLAIMED, row, strict=True))
    facts["give_up_at"] = facts["give_up_at"] or now + GIVE_UP_AFTER
    return Claim(owner=owner, **facts)


def mark_dots(session: Session, claims: Sequence[Claim], now: datetime) -> set[int]:
    """Note, just before the final dots, that these mails may be out from here on.

    The ids of those that are still ours; the dots of the others must not be sent.
    """
    if not claims:
        return set()
    marking = (
        _own(*claims)
        .values(dot_at=now, dots=OutboxMessage.dots + 1, lease_until=now + LEASE)
        .returning(OutboxMessage.id)
        .execution_options(synchronize_session=False)
    )
    return set(session.scalars(marking))


def renew(session: Session, owner: str, now: datetime) -> None:
    """The heartbeat: what this worker holds stays its own."""
    _changed(
        session,
        update(OutboxMessage)
        .where(OutboxMessage.lease_owner == owner, OutboxMessage.state == OutboxState.SENDING)
        .values(lease_until=now + LEASE),
    )


def settle(
    session: Session, attempts: Sequence[tuple[Claim, Outcome]], now: datetime
) -> dict[int, OutboxState]:
    """Write down what became of attempts; the new states by id, of those mails that were ours.

    A mail that did not get out and whose talk has been called off meanwhile is dropped.
    """
    sent = [claimed for claimed, outcome in attempts if isinstance(outcome, Delivered)]
    states = _settle_sent(session, sent, now)
    for claimed, outcome in attempts:
        if not isinstance(outcome, Delivered):
            state = _settle_unsent(session, claimed, outcome, now)
            states |= {} if state is None else {claimed.id: state}
    return states


def _settle_sent(
    session: Session, claims: Sequence[Claim], now: datetime
) -> dict[int, OutboxState]:
    if not claims:
        return {}
    values: dict[str, Any] = {"state": OutboxState.SENT, "sent_at": now, "last_error": ""}
    settling = (
        _own(*claims)
        .values(**values, **_RELEASED)
        .returning(OutboxMessage.id)
        .execution_options(synchronize_session=False)
    )
    ours = set(session.scalars(settling))
    late = [claimed.id for claimed in claims if claimed.id not in ours]
    if late:
        # Another worker took our silence for trouble; now we know better.
        _changed(
            session,
            update(OutboxMessage)
            .where(
                OutboxMessage.id.in_(late),
                OutboxMessage.state.in_((OutboxState.QUEUED, OutboxState.UNCERTAIN)),
            )
            .values(**values),
        )
    return dict.fromkeys(ours, OutboxState.SENT)


def _settle_unsent(
    session: Session, claimed: Claim, outcome: Outcome, now: datetime
) -> OutboxState | None:
    values = _values(claimed, outcome, now)
    if _changed(session, _own(claimed).values(**values, **_RELEASED)) != 1:
        return None
    may_be_out = claimed.dots > 0 or isinstance(outcome, Unknown)
    if give_way(session, claimed.id, may_be_out=may_be_out):
        return OutboxState.DROPPED
    return cast("OutboxState", values["state"])


def _values(claimed: Claim, outcome: Outcome, now: datetime) -> dict[str, Any]:
    """The columns of a mail that was not delivered; the rules stand in `docs/mail.md`."""
    values: dict[str, Any] = {"state": OutboxState.QUEUED, "last_error": outcome.reason}
    if isinstance(outcome, TemporaryFailure | PermanentFailure):
        # The server says that it has not got the mail: such a dot can have made no copy.
        values |= {"dots": OutboxMessage.dots - _DOTTED, "dot_at": None}
    if isinstance(outcome, PermanentFailure):
        values["state"] = OutboxState.DEAD
    elif isinstance(outcome, SettingsRefused):
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


def _own(*claims: Claim) -> Any:
    """An UPDATE of those mails that are still ours; all claims have one owner."""
    return update(OutboxMessage).where(
        OutboxMessage.id.in_([claimed.id for claimed in claims]),
        OutboxMessage.state == OutboxState.SENDING,
        OutboxMessage.lease_owner == claims[0].owner,
    )


def _changed(session: Session, statement: Any) -> int:
    statement = statement.execution_options(synchronize_session=False)
    return cast("CursorResult[object]", session.execute(statement)).rowcount
