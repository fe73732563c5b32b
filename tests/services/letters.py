"""Mails in the outbox and a mail server that does as it is told."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.mail.message import CalendarPart, OutgoingMail, compose
from matchmaker.mail.outcome import Delivered, Outcome, Unknown
from matchmaker.mail.transport import BeforeDot
from matchmaker.models import OutboxMessage
from matchmaker.services.desk import Desk
from matchmaker.services.sending import outbox

_numbers = itertools.count(1)
ICS = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"


def letter(
    session: Session,
    desk: Desk,
    *,
    recipient: str = "amina@verein.example",
    method: str | None = None,
    order_key: str | None = None,
    **facts: Any,
) -> OutboxMessage:
    """A mail in the outbox, with a calendar part if a `method` is given."""
    number = next(_numbers)
    mail = compose(
        OutgoingMail(
            message_id=f"<mail-{number}@arbeitsmarkt.example>",
            date=desk.now,
            locale="de",
            sender_name="Träger",
            sender_email=desk.settings.mail_from,
            recipient_name="Amina",
            recipient_email=recipient,
            subject=f"Brief {number}",
            text="Guten Tag\n",
            html="<p>Guten Tag</p>",
            calendar=CalendarPart(method, ICS) if method else None,
        )
    )
    made = outbox.enqueue(
        session,
        desk,
        mail,
        **{
            "kind": "letter",
            "subject_key": f"test:{number}",
            "method": method,
            "order_key": order_key,
            **facts,
        },
    )
    session.flush()
    return made


def rows(factory: sessionmaker[Session]) -> list[OutboxMessage]:
    with factory() as session:
        return list(session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def states(factory: sessionmaker[Session]) -> list[str]:
    return [row.state.value for row in rows(factory)]


class Scripted:
    """A transport that gives the `outcomes` one after the other, then takes everything.

    Those of `after_dot` come first, each as an answer to a complete mail.
    """

    def __init__(self, *outcomes: Outcome | Exception, after_dot: Sequence[Outcome] = ()) -> None:
        self.outcomes, self.after_dot = list(outcomes), list(after_dot)
        self.sent: list[tuple[str, str, bytes]] = []
        self.sessions = 0

    @contextmanager
    def session(self) -> Iterator[Scripted]:
        self.sessions += 1
        yield self

    def send(self, sender: str, recipient: str, raw: bytes, before_dot: BeforeDot) -> Outcome:
        if self.after_dot:
            before_dot()
            return self.after_dot.pop(0)
        outcome = self.outcomes.pop(0) if self.outcomes else Delivered()
        if isinstance(outcome, Exception):
            raise outcome
        if isinstance(outcome, Delivered | Unknown):
            before_dot()
            self.sent.append((sender, recipient, raw))
        return outcome
