"""A service with a real mail server, and what arrives there."""

from __future__ import annotations

import email
from dataclasses import replace
from email import policy
from email.message import EmailMessage

from icalendar import Calendar
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.config import Settings
from matchmaker.mail.transport import Transport
from matchmaker.models import PlanningRound
from matchmaker.services.desk import Desk
from matchmaker.services.sending.outbox import DeliveryReport, deliver_due
from tests import factories
from tests.conftest import NOW
from tests.mail.servers import MailServer
from tests.services.plans import evening, stored_plan


class Story:
    """A service with one planned evening: speaker, interpreter and host."""

    def __init__(
        self, factory: sessionmaker[Session], settings: Settings, server: MailServer
    ) -> None:
        self.factory, self.server, self.now = factory, server, NOW
        self.settings = replace(settings, mail_url=server.url())
        weekly = ((1, 17, 21), (2, 17, 21))
        with factory.begin() as session:
            for tag in ("de", "ar"):
                factories.language(session, tag)
            speaker = factories.speaker(
                session, topics={"ANE-01": 3}, weekly=weekly, name='Renée "R" Müller; X'
            )
            interpreter = factories.interpreter(session, weekly=weekly, locale="en")
            request = factories.request(session, weekly=weekly, languages=("ar",))
            self.round_id = factories.planning_round(session).id
            plan = evening(request, speaker.code, interpreters=[interpreter.code], language="ar")
            stored_plan(
                session,
                self.desk,
                session.get_one(PlanningRound, self.round_id),
                plan,
            )

    @property
    def desk(self) -> Desk:
        return Desk(self.settings, self.now)

    def deliver(self, transport: Transport | None = None) -> DeliveryReport:
        return deliver_due(
            self.factory,
            self.settings,
            lambda: self.now,
            owner="test",
            transport=transport,
            lanes=1,
        )

    def mails(self) -> list[EmailMessage]:
        found = []
        for envelope in self.server.inbox.envelopes:
            message = email.message_from_bytes(bytes(envelope.content or b""), policy=policy.SMTP)
            assert isinstance(message, EmailMessage)
            assert [str(message["To"].addresses[0].addr_spec)] == envelope.rcpt_tos
            assert str(message["From"].addresses[0].addr_spec) == envelope.mail_from
            found.append(message)
        return found


def methods_by_person(mails: list[EmailMessage]) -> dict[str, list[tuple[str, int]]]:
    """METHOD and SEQUENCE of everybody's mails as they came; nobody has a second UID."""
    found: dict[str, list[tuple[str, int]]] = {}
    uids: dict[str, str] = {}
    for message in mails:
        calendar = Calendar.from_ical(calendar_bytes(message)[0])
        assert isinstance(calendar, Calendar)
        (event,) = calendar.events
        person = str(message["To"].addresses[0].addr_spec)
        assert uids.setdefault(person, str(event["UID"])) == str(event["UID"])
        found.setdefault(person, []).append((str(calendar["METHOD"]), int(event["SEQUENCE"])))
    return found


def calendar_bytes(message: EmailMessage) -> list[bytes]:
    """The calendar object as a part that programs answer, and as a file."""
    return [
        part.get_payload(decode=True)  # type: ignore[misc]  # a leaf's payload is bytes
        for part in message.walk()
        if part.get_content_type() in {"text/calendar", "application/ics"}
    ]
