"""The whole way of a mail: approved, sent by SMTP, read back with its calendar part."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.config import Settings
from matchmaker.models import Assignment, Feed, Invitation, PlanningRound
from matchmaker.models.states import RoundState
from matchmaker.services.sending.outbox import DeliveryReport
from matchmaker.services.talks import approval, talk_changes
from tests.mail.servers import MailServer, running
from tests.services.plans import TUESDAY
from tests.services.sending.mail_story import Story, calendar_bytes, methods_by_person


@pytest.fixture
def server() -> Iterator[MailServer]:
    with running() as server:
        yield server


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
    # The unsent update is overtaken: what counts is that the evening is off.
    arrived = methods_by_person(story.mails())
    assert list(arrived.values()) == [[("REQUEST", 0), ("CANCEL", 2)]] * 3
