"""The whole way of a mail: approved, sent by SMTP, read back with its calendar part."""

from __future__ import annotations

import email
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import policy
from email.message import EmailMessage

import pytest
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.config import Settings
from matchmaker.models import Assignment, Feed, Invitation, PlanningRound
from matchmaker.models.states import RoundState
from matchmaker.services.desk import Desk
from matchmaker.services.sending.outbox import DeliveryReport, deliver_due
from matchmaker.services.talks import approval, talk_changes
from tests import factories
from tests.conftest import NOW
from tests.mail.servers import MailServer, running
from tests.services.plans import TUESDAY, evening, stored_plan


@pytest.fixture
def server() -> Iterator[MailServer]:
    with running() as server:
        yield server


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

    def deliver(self) -> DeliveryReport:
        return deliver_due(self.factory, self.settings, lambda: self.now, owner="test")

    def mails(self) -> list[EmailMessage]:
        found = []
        for envelope in self.server.inbox.envelopes:
            message = email.message_from_bytes(bytes(envelope.content or b""), policy=policy.SMTP)
            assert isinstance(message, EmailMessage)
            assert [str(message["To"].addresses[0].addr_spec)] == envelope.rcpt_tos
            assert str(message["From"].addresses[0].addr_spec) == envelope.mail_from
            found.append(message)
        return found


def calendar_bytes(message: EmailMessage) -> list[bytes]:
    """The calendar object as a part that programs answer, and as a file."""
    return [
        part.get_payload(decode=True)  # type: ignore[misc]  # a leaf's payload is bytes
        for part in message.walk()
        if part.get_content_type() in {"text/calendar", "application/ics"}
    ]


def test_approval_reaches_three_mailboxes_with_genuine_invitations(
    factory: sessionmaker[Session], settings: Settings, server: MailServer
) -> None:
    story = Story(factory, settings, server)
    with factory.begin() as session:
        approval.approve(session, story.desk, story.round_id)
    assert story.deliver() == DeliveryReport(sent=3)
    uids = set()
    for message in story.mails():
        assert message.get_content_type() == "multipart/mixed"
        part, file = calendar_bytes(message)
        assert part == file
        calendar = Calendar.from_ical(part)
        assert isinstance(calendar, Calendar)
        (event,) = calendar.events
        uids.add(str(event["UID"]))
        assert calendar["METHOD"] == "REQUEST"
        assert event["ORGANIZER"] == "mailto:planung@arbeitsmarkt.example"
        assert event["ATTENDEE"] == f"mailto:{message['To'].addresses[0].addr_spec}"
        assert event["DTSTART"].dt.replace(tzinfo=None) == TUESDAY
        assert message["Auto-Submitted"] == "auto-generated"
    assert {str(message["Content-Language"]) for message in story.mails()} == {"de", "en"}
    with factory.begin() as session:
        assert set(session.scalars(select(Invitation.uid))) == uids
        feeds = b"".join(session.scalars(select(Feed.body)))
        assert {uid for uid in uids if uid.encode() in feeds.replace(b"\r\n ", b"")} == uids
        assert {row.state.value for row in session.scalars(select(Assignment))} == {"invited"}
        assert session.get_one(PlanningRound, story.round_id).state is RoundState.SENT


def test_move_and_cancellation_arrive_in_order_under_the_same_uid(
    factory: sessionmaker[Session], settings: Settings, server: MailServer
) -> None:
    story = Story(factory, settings, server)
    with factory.begin() as session:
        (talk,) = approval.approve(session, story.desk, story.round_id).talks
        code = talk.code
    story.deliver()
    story.now += timedelta(minutes=1)
    with factory.begin() as session:
        talk_changes.move(session, story.desk, code, start=TUESDAY + timedelta(days=1), minutes=120)
    story.now += timedelta(minutes=1)
    with factory.begin() as session:
        talk_changes.call_off(session, story.desk, code, reason="Der Raum ist gesperrt.")
    story.deliver()
    by_person: dict[str, list[tuple[str, int, str]]] = {}
    for message in story.mails():
        calendar = Calendar.from_ical(calendar_bytes(message)[0])
        assert isinstance(calendar, Calendar)
        event = calendar.events[0]
        facts = (str(calendar["METHOD"]), int(event["SEQUENCE"]), str(event["UID"]))
        by_person.setdefault(str(message["To"].addresses[0].addr_spec), []).append(facts)
    assert len(by_person) == 3
    for facts_of_one in by_person.values():
        # The unsent update is overtaken: what counts is that the evening is off.
        assert [(method, number) for method, number, _ in facts_of_one] == [
            ("REQUEST", 0),
            ("CANCEL", 2),
        ]
        assert len({uid for _, _, uid in facts_of_one}) == 1
