"""The outbox as a list: what needs a person first, then what is on its way, then what is out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from matchmaker.models import OutboxMessage, Person, Talk
from matchmaker.models.states import STUCK_MAILS, WAITING_MAILS, OutboxState
from matchmaker.services.house.paging import A_PAGE, Shown

RETURNED = "returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFilter:
    """`state` is a state, `waiting`, `stuck`, `returned` or empty.

    `text` looks in name, address and subject.
    """

    state: str = ""
    kind: str = ""
    text: str = ""
    person: str = ""
    talk: str = ""


@dataclass(frozen=True, slots=True)
class MailRow:
    """A mail with the person and the talk that it is about, without its bytes."""

    id: int
    kind: str
    recipient: str
    subject: str
    state: OutboxState
    attempts: int
    last_error: str
    created_at: datetime
    due_at: datetime
    sent_at: datetime | None
    bounced_at: datetime | None
    method: str | None
    name: str | None
    person: str | None
    talk: str | None


def mails(session: Session, wanted: MailFilter, page: int = 1) -> Shown[MailRow]:
    """One page, with one statement however many mails there are."""
    urgency = case(
        (OutboxMessage.state.in_(STUCK_MAILS), 0),
        (OutboxMessage.state.in_(WAITING_MAILS), 1),
        else_=2,
    )
    query = (
        select(*_COLUMNS, func.count().over())
        .outerjoin(Person, Person.id == OutboxMessage.person_id)
        .outerjoin(Talk, Talk.id == OutboxMessage.talk_id)
        .where(*_conditions(wanted))
        .order_by(urgency, OutboxMessage.id.desc())
        .limit(A_PAGE)
    )
    rows = session.execute(query.offset((page - 1) * A_PAGE)).all()
    if not rows and page > 1:
        return mails(session, wanted, 1)
    found: int = rows[0][-1] if rows else 0
    shown = tuple(MailRow(*row[:-1]) for row in rows)
    return Shown(shown, found, page)


def latest_to(session: Session, person: Person, most: int) -> list[OutboxMessage]:
    """The last mails to this person, the latest first."""
    query = select(OutboxMessage).where(OutboxMessage.person_id == person.id)
    return list(session.scalars(query.order_by(OutboxMessage.id.desc()).limit(most)))


def kinds_and_states(session: Session) -> tuple[list[str], Mapping[OutboxState, int]]:
    """The kinds of mails that exist, and how many mails are in each state."""
    counted = session.execute(
        select(OutboxMessage.kind, OutboxMessage.state, func.count()).group_by(
            OutboxMessage.kind, OutboxMessage.state
        )
    )
    states = dict.fromkeys(OutboxState, 0)
    kinds = set()
    for kind, state, number in counted:
        kinds.add(kind)
        states[state] += number
    return sorted(kinds), states


_COLUMNS: tuple[Any, ...] = (
    OutboxMessage.id,
    OutboxMessage.kind,
    OutboxMessage.recipient,
    OutboxMessage.subject,
    OutboxMessage.state,
    OutboxMessage.attempts,
    OutboxMessage.last_error,
    OutboxMessage.created_at,
    OutboxMessage.due_at,
    OutboxMessage.sent_at,
    OutboxMessage.bounced_at,
    OutboxMessage.method,
    Person.name,
    Person.code,
    Talk.code,
)


def _conditions(wanted: MailFilter) -> list[ColumnElement[bool]]:
    groups = {"waiting": WAITING_MAILS, "stuck": STUCK_MAILS}
    found: list[ColumnElement[bool]] = []
    if wanted.state == RETURNED:
        found.append(OutboxMessage.bounced_at.is_not(None))
    elif wanted.state in groups:
        found.append(OutboxMessage.state.in_(groups[wanted.state]))
    elif wanted.state in set(OutboxState):
        found.append(OutboxMessage.state == OutboxState(wanted.state))
    if wanted.kind:
        found.append(OutboxMessage.kind == wanted.kind)
    if wanted.person:
        found.append(Person.code == wanted.person)
    if wanted.talk:
        found.append(Talk.code == wanted.talk)
    if wanted.text:
        columns = (Person.name, OutboxMessage.recipient, OutboxMessage.subject)
        found.append(or_(*(column.icontains(wanted.text, autoescape=True) for column in columns)))
    return found
