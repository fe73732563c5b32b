"""Thunderbird takes our mails for invitations, answers them, and keeps a subscription.

One program for all tests; each has a talk with a UID of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import parseaddr
from pathlib import Path

import pytest
from icalendar import Calendar, Event
from sqlalchemy.orm import Session

from matchmaker.models.states import AnswerVia, IncomingState, InvitationState
from matchmaker.services.desk import Desk
from matchmaker.services.inviting import responses
from tests.clients import thunderbird
from tests.clients.subscribed import subscribed
from tests.clients.thunderbird import (
    ACCEPT,
    DECLINE,
    DELETE,
    DETAILS,
    QUESTION,
    TENTATIVE,
    UPDATE,
    Entry,
    Thunderbird,
)
from tests.services.incoming.arriving import arrive
from tests.services.inviting.mailed import Evening
from tests.support.invited import TUESDAY_UTC
from tests.support.smtp import Mailbox, Received, listening
from tests.support.waiting import until

NAME, ADDRESS = "Ayşe Yılmaz", "ayse.yilmaz@jobcenter.example"
DAY = 86_400


@pytest.fixture
def engine_kind() -> str:
    return "sqlite"


@pytest.fixture(scope="module")
def replies() -> Mailbox:
    """What Thunderbird has sent."""
    return Mailbox()


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, replies: Mailbox) -> Iterator[Thunderbird]:
    thunderbird.program()
    folder = tmp_path_factory.mktemp("thunderbird")
    with (
        listening(replies) as port,
        thunderbird.running(folder, f"{NAME} <{ADDRESS}>", port) as made,
    ):
        yield made


@pytest.fixture
def evening(session: Session, desk: Desk) -> Evening:
    made = Evening(session, desk, email=ADDRESS)
    made.invite()
    made.send()
    return made


def newest(evening: Evening) -> bytes:
    return evening.mails[-1].body


def reply_to(button: str, client: Thunderbird, mail: bytes, replies: Mailbox) -> Received:
    """Open the mail, press a button that answers; the mail that leaves."""
    before = len(replies.log)
    assert client.open(mail) == QUESTION
    client.press(button)
    until("the reply", lambda: len(replies.log) > before)
    client.close()
    (reply,) = replies.log[before:]
    return reply


def entry(client: Thunderbird, evening: Evening) -> Entry:
    found = client.entry(evening.invitation.uid)
    assert found is not None
    return found


def answer_in(reply: Received) -> Event:
    """The VEVENT of a reply. Fails unless it goes from the invited person to us."""
    assert (reply.sender, reply.recipients) == (ADDRESS, ("planung@arbeitsmarkt.example",))
    assert parseaddr(str(reply.message["From"]))[1] == ADDRESS
    parts = [part for part in reply.message.walk() if part.get_content_type() == "text/calendar"]
    (content,) = (part.get_payload(decode=True) for part in parts)
    assert isinstance(content, bytes)
    calendar = Calendar.from_ical(content)
    assert calendar["METHOD"] == "REPLY"
    (event,) = calendar.events
    return event


@pytest.mark.parametrize(
    ("button", "partstat"),
    [(ACCEPT, "ACCEPTED"), (TENTATIVE, "TENTATIVE"), (DECLINE, "DECLINED")],
)
def test_reply_names_our_uid_sequence_and_person_and_is_taken_in(
    client: Thunderbird, evening: Evening, replies: Mailbox, button: str, partstat: str
) -> None:
    reply = reply_to(button, client, newest(evening), replies)
    event = answer_in(reply)
    assert (event["UID"], event["SEQUENCE"]) == (evening.invitation.uid, 0)
    assert event["ATTENDEE"] == f"mailto:{ADDRESS}"
    assert event["ATTENDEE"].params["PARTSTAT"] == partstat
    assert event["ORGANIZER"] == "mailto:planung@arbeitsmarkt.example"
    kept = entry(client, evening)
    assert (kept.start, kept.sequence) == (TUESDAY_UTC.timestamp(), 0)
    assert kept.people == [[f"mailto:{ADDRESS}", NAME, partstat]]
    taken = arrive(evening.session, evening.desk, reply.raw)
    assert (taken.state, taken.invitation_id) == (IncomingState.APPLIED, evening.invitation.id)
    assert evening.invitation.state is InvitationState(partstat.lower())


def test_answered_mail_does_not_ask_again(
    client: Thunderbird, evening: Evening, replies: Mailbox
) -> None:
    reply_to(ACCEPT, client, newest(evening), replies)
    assert client.look(newest(evening)) == {DETAILS}


def test_moved_talk_asks_again_and_the_mail_before_does_not(
    client: Thunderbird, evening: Evening, replies: Mailbox
) -> None:
    first = newest(evening)
    reply_to(ACCEPT, client, first, replies)
    evening.later(minutes=5)
    evening.move(days=1)
    event = answer_in(reply_to(DECLINE, client, newest(evening), replies))
    assert (event["UID"], event["SEQUENCE"]) == (evening.invitation.uid, 1)
    assert event["ATTENDEE"].params["PARTSTAT"] == "DECLINED"
    kept = entry(client, evening)
    assert (kept.start, kept.sequence) == (TUESDAY_UTC.timestamp() + DAY, 1)
    assert client.look(first) == {DETAILS}
    assert entry(client, evening) == kept


def test_small_change_is_taken_over_without_a_question(
    client: Thunderbird, evening: Evening, replies: Mailbox
) -> None:
    reply = reply_to(ACCEPT, client, newest(evening), replies)
    assert answer_in(reply)["SEQUENCE"] == evening.invitation.sequence
    responses.record_response(
        evening.session,
        evening.desk,
        evening.invitation,
        InvitationState.ACCEPTED,
        sequence=evening.invitation.sequence,
        stamp=evening.desk.now,
        via=AnswerVia.MAIL,
        message_id=reply.message_id,
    )
    evening.later(minutes=5)
    evening.speaker.name = "Ayşe Demir"
    evening.update()
    sent = len(replies.log)
    assert client.open(newest(evening)) == {UPDATE}
    client.press(UPDATE)
    renamed = [[f"mailto:{ADDRESS}", "Ayşe Demir", "ACCEPTED"]]
    changed = until("the new name", lambda: _with(client, evening, renamed))
    client.close()
    assert (changed and changed.sequence) == 0
    assert len(replies.log) == sent


def _with(client: Thunderbird, evening: Evening, people: list[list[str]]) -> Entry | None:
    """The entry as soon as it has these people; on the way it is away for a moment."""
    found = client.entry(evening.invitation.uid)
    return found if found and found.people == people else None


def test_cancellation_removes_the_entry(
    client: Thunderbird, evening: Evening, replies: Mailbox
) -> None:
    reply_to(ACCEPT, client, newest(evening), replies)
    evening.later(minutes=5)
    evening.cancel()
    sent = len(replies.log)
    assert client.open(newest(evening)) == {DELETE}
    client.press(DELETE)
    until("the entry to go", lambda: client.entry(evening.invitation.uid) is None)
    client.close()
    assert len(replies.log) == sent


def test_subscription_asks_for_changes_only(
    client: Thunderbird, tmp_path: Path, database_url: str, session: Session
) -> None:
    with subscribed(tmp_path, database_url, session) as speaker:
        first, second = speaker.first.invitation.uid, speaker.second.invitation.uid
        start, week = TUESDAY_UTC.timestamp(), 7 * DAY
        unmoved = {second: (start + week, "CONFIRMED", 0)}
        client.subscribe("feed", speaker.address)
        _wait_for(client, {first: (start, "CONFIRMED", 0), **unmoved})
        client.refresh("feed")
        until("the second answer", lambda: client.answers(speaker.address) == [200, 304])
        _wait_for(client, {first: (start, "CONFIRMED", 0), **unmoved})
        speaker.move()
        client.refresh("feed")
        _wait_for(client, {first: (start + DAY, "CONFIRMED", 1), **unmoved})
        speaker.call_off()
        client.refresh("feed")
        _wait_for(client, {first: (start + DAY, "CANCELLED", 2), **unmoved})
        assert client.answers(speaker.address) == [200, 304, 200, 200]


def _wait_for(client: Thunderbird, shown: dict[str, tuple[float, str, int]]) -> None:
    """Until the subscription shows this; while it reads, it empties its calendar and fills it."""

    def look() -> bool:
        entries = client.entries("feed")
        return {one.uid: (one.start, one.status, one.sequence) for one in entries} == shown

    until(f"{shown} in the subscription", look)
