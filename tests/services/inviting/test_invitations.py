"""One person, one talk, one UID: what is sent when, and in which order."""

from __future__ import annotations

import email
from dataclasses import replace
from datetime import timedelta
from email import policy
from email.message import EmailMessage

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.calendars.revision import Change
from matchmaker.i18n import format_day
from matchmaker.models import AccessToken, Assignment, Invitation, OutboxMessage
from matchmaker.models.states import (
    AssignmentRole,
    AssignmentState,
    CalendarChoice,
    InvitationRole,
    InvitationState,
    OutboxState,
    TokenPurpose,
)
from matchmaker.services.desk import Desk
from matchmaker.services.house import tokens
from matchmaker.services.inviting import answer_links, invitations
from matchmaker.services.talks.standing import set_times
from tests import factories
from tests.services.plans import TUESDAY, TUESDAY_UTC


class Evening:
    """A talk with one speaker, and what stands in the outbox about it."""

    def __init__(self, session: Session, desk: Desk, **person: object) -> None:
        self.session, self.desk = session, desk
        self.speaker = factories.speaker(session, name="Ayşe Yılmaz", **person)
        request = factories.request(session)
        self.talk = factories.talk(
            session, TUESDAY_UTC, request=request, organisation=request.organisation
        )
        self.assignment = Assignment(
            talk=self.talk,
            person=self.speaker,
            role=AssignmentRole.SPEAKER,
            state=AssignmentState.APPROVED,
            starts_at=self.talk.starts_at,
            ends_at=self.talk.ends_at,
        )
        session.add(self.assignment)
        session.flush()

    def invite(self) -> Invitation:
        self.invitation = invitations.invite(
            self.session,
            self.desk,
            self.talk,
            self.speaker,
            InvitationRole.SPEAKER,
            assignment=self.assignment,
        )
        self.session.flush()
        return self.invitation

    def later(self, **delta: int) -> None:
        self.desk = replace(self.desk, now=self.desk.now + timedelta(**delta))

    def move(self, days: int) -> Change:
        set_times(self.talk, TUESDAY + timedelta(days=days), timedelta(hours=2), "Europe/Berlin")
        return self.update()

    def update(self) -> Change:
        kind = invitations.update(self.session, self.desk, self.invitation).kind
        self.session.flush()
        return kind

    def cancel(self, **options: object) -> bool:
        sent = invitations.cancel(self.session, self.desk, self.invitation, **options)  # type: ignore[arg-type]  # by name
        self.session.flush()
        return sent

    @property
    def mails(self) -> list[OutboxMessage]:
        own = select(OutboxMessage).where(OutboxMessage.talk_id == self.talk.id)
        return list(self.session.scalars(own.order_by(OutboxMessage.id)))

    @property
    def queued(self) -> list[str]:
        return [row.kind for row in self.mails if row.state is OutboxState.QUEUED]

    def send(self) -> None:
        for row in self.mails:
            if row.state is OutboxState.QUEUED:
                row.state = OutboxState.SENT
        self.session.flush()


@pytest.fixture
def evening(session: Session, desk: Desk) -> Evening:
    return Evening(session, desk)


def parsed(row: OutboxMessage) -> EmailMessage:
    message = email.message_from_bytes(row.body, policy=policy.SMTP)
    assert isinstance(message, EmailMessage)
    return message


def plain(row: OutboxMessage) -> str:
    part = parsed(row).get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def calendar_of(row: OutboxMessage) -> Calendar:
    (part,) = [part for part in parsed(row).walk() if part.get_content_type() == "text/calendar"]
    found = Calendar.from_ical(part.get_content())
    assert isinstance(found, Calendar)
    return found


def test_invitation_is_a_request_under_its_own_uid(evening: Evening) -> None:
    invitation = evening.invite()
    (row,) = evening.mails
    assert row.key == f"invitation:{invitation.uid}:0:{evening.speaker.email}"
    assert (row.method, row.order_key, row.invitation_id) == (
        "REQUEST",
        invitation.uid,
        invitation.id,
    )
    message, calendar = parsed(row), calendar_of(row)
    assert calendar["METHOD"] == "REQUEST"
    event = calendar.events[0]
    assert (event["UID"], event["SEQUENCE"]) == (invitation.uid, 0)
    assert event["ORGANIZER"] == f"mailto:{evening.desk.settings.mail_from}"
    assert event["ATTENDEE"] == f"mailto:{evening.speaker.email}"
    assert message["Message-ID"] == row.message_id == invitation.first_message_id
    assert str(message["From"].addresses[0].addr_spec) == evening.desk.settings.mail_from
    assert message["In-Reply-To"] is None


def test_answer_link_works_and_stands_in_no_calendar(evening: Evening) -> None:
    invitation = evening.invite()
    (row,) = evening.mails
    body = parsed(row).get_body(("plain",))
    assert body is not None
    token = body.get_content().partition("/antwort/")[2].partition("?")[0]
    subject = tokens.subject_of(evening.session, evening.desk, TokenPurpose.ANSWER, token)
    assert subject == invitation.id
    assert token not in str(calendar_of(row).to_ical())
    over = replace(evening.desk, now=evening.talk.ends_at + timedelta(days=14))
    link = answer_links.answer_link(evening.session, over, token)
    assert link is not None
    assert link.state is answer_links.LinkState.EXPIRED


def test_subscriber_gets_the_words_without_calendar_part(session: Session, desk: Desk) -> None:
    evening = Evening(session, desk, calendar_choice=CalendarChoice.SUBSCRIPTION)
    evening.invite()
    (row,) = evening.mails
    assert row.method is None
    assert {part.get_content_type() for part in parsed(row).walk()} == {
        "multipart/alternative",
        "text/plain",
        "text/html",
    }


@pytest.mark.parametrize("choice", list(CalendarChoice))
def test_who_said_no_hears_of_the_end_only_where_an_entry_is_left(
    session: Session, desk: Desk, choice: CalendarChoice
) -> None:
    evening = Evening(session, desk, calendar_choice=choice)
    evening.invite().state = InvitationState.DECLINED
    evening.send()
    evening.later(minutes=5)
    assert evening.cancel() is (choice is CalendarChoice.INVITATION)
    cancelled = ["invitation_cancelled"] if choice is CalendarChoice.INVITATION else []
    assert evening.queued == cancelled


def test_other_address_is_invited_once_more_under_the_same_uid(evening: Evening) -> None:
    invitation = evening.invite()
    (first,) = evening.mails
    first.state = OutboxState.DEAD
    invitation.state = InvitationState.ACCEPTED
    old_links = select(AccessToken.revoked_at).where(AccessToken.subject_id == invitation.id)
    evening.later(minutes=5)
    evening.speaker.email = "ayse.yilmaz@beratung.example"
    assert invitations.readdress(evening.session, evening.desk, evening.speaker) == 1
    evening.session.flush()
    _, second = evening.mails
    assert (first.state, second.state) == (OutboxState.DROPPED, OutboxState.QUEUED)
    assert (second.kind, second.recipient) == ("invitation", "ayse.yilmaz@beratung.example")
    event = calendar_of(second).events[0]
    assert (event["UID"], event["SEQUENCE"]) == (invitation.uid, 0)
    assert event["ATTENDEE"] == "mailto:ayse.yilmaz@beratung.example"
    assert event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert invitation.state is InvitationState.ACCEPTED
    assert "Sie haben schon zugesagt." in plain(second)
    assert list(evening.session.scalars(old_links.order_by(AccessToken.id))) == [
        evening.desk.now,
        None,
    ]


@pytest.mark.parametrize("state", [InvitationState.DECLINED, InvitationState.CANCELLED])
def test_other_address_does_not_bring_ended_invitations_back(
    evening: Evening, state: InvitationState
) -> None:
    evening.invite().state = state
    evening.send()
    evening.speaker.email = "ayse.yilmaz@beratung.example"
    assert invitations.readdress(evening.session, evening.desk, evening.speaker) == 0
    assert len(evening.mails) == 1


@pytest.mark.parametrize("choice", list(CalendarChoice))
def test_later_mails_reach_the_calendar_that_the_first_one_reached(
    session: Session, desk: Desk, choice: CalendarChoice
) -> None:
    evening = Evening(session, desk, calendar_choice=choice)
    evening.invite()
    evening.send()
    (evening.speaker.calendar_choice,) = set(CalendarChoice) - {choice}
    evening.later(minutes=5)
    evening.move(days=1)
    evening.send()
    evening.later(minutes=5)
    assert evening.cancel()
    methods = [row.method for row in evening.mails]
    entered = choice is CalendarChoice.INVITATION
    assert methods == (["REQUEST", "REQUEST", "CANCEL"] if entered else [None, None, None])


def test_choice_made_before_the_first_mail_has_left_holds_for_it(evening: Evening) -> None:
    evening.invite()
    evening.speaker.calendar_choice = CalendarChoice.SUBSCRIPTION
    evening.move(days=1)
    assert [row.method for row in evening.mails if row.state is OutboxState.QUEUED] == [None]


@pytest.mark.parametrize("facts", [{"email": "planung@arbeitsmarkt.example"}, {"active": False}])
def test_whoever_cannot_be_reached_is_invited_without_mail(
    session: Session, desk: Desk, facts: dict[str, object]
) -> None:
    evening = Evening(session, desk, **facts)
    assert evening.invite().first_message_id is None
    assert evening.mails == []


def test_moving_asks_again_under_the_same_uid(evening: Evening) -> None:
    invitation = evening.invite()
    evening.send()
    invitation.state = InvitationState.ACCEPTED
    evening.assignment.state = AssignmentState.ACCEPTED
    evening.later(minutes=5)
    assert evening.move(days=1) is Change.MAJOR
    assert (invitation.sequence, invitation.state) == (1, InvitationState.OPEN)
    assert evening.assignment.state is AssignmentState.APPROVED
    first, second = evening.mails
    assert second.key == f"invitation_changed:{invitation.uid}:1:{evening.speaker.email}"
    event = calendar_of(second).events[0]
    assert (event["UID"], event["SEQUENCE"]) == (invitation.uid, 1)
    assert event["ATTENDEE"].params["PARTSTAT"] == "NEEDS-ACTION"
    assert event["DTSTAMP"].dt > calendar_of(first).events[0]["DTSTAMP"].dt
    assert parsed(second)["In-Reply-To"] == first.message_id
    plain = parsed(second).get_body(("plain",))
    assert plain is not None
    assert "19.01.2027" in plain.get_content()
    assert "20.01.2027" in plain.get_content()


def test_moved_talk_names_the_day_by_which_to_answer(evening: Evening) -> None:
    invitation = evening.invite()
    evening.send()
    evening.later(days=2)
    evening.move(days=1)
    wanted = min(evening.desk.today + timedelta(days=7), TUESDAY.date())
    assert f"bis {format_day(wanted, 'de')}" in plain(evening.mails[-1])
    evening.send()
    evening.speaker.name = "Ayşe Demir"
    evening.update()
    assert invitation.sequence == 1
    assert "Bitte antworten" not in plain(evening.mails[-1])


def test_small_change_keeps_sequence_and_answer(evening: Evening) -> None:
    invitation = evening.invite()
    evening.send()
    invitation.state = InvitationState.ACCEPTED
    evening.later(minutes=5)
    evening.speaker.name = "Ayşe Yılmaz-Demir"
    assert evening.update() is Change.MINOR
    assert (invitation.sequence, invitation.state) == (0, InvitationState.ACCEPTED)
    _, second = evening.mails
    event = calendar_of(second).events[0]
    assert event["SEQUENCE"] == 0
    assert event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    evening.speaker.name = "Ayşe Demir"
    assert evening.update() is Change.MINOR
    assert len({row.key for row in evening.mails}) == 3


def test_nothing_is_sent_when_nothing_has_changed(evening: Evening) -> None:
    evening.invite()
    evening.later(days=1)
    assert evening.update() is Change.NONE
    assert len(evening.mails) == 1


def test_nothing_is_sent_about_talks_that_are_over(evening: Evening) -> None:
    evening.invite()
    evening.send()
    evening.later(days=60)
    evening.talk.location = "Anderswo 1, Berlin"
    assert evening.update() is Change.NONE
    assert evening.cancel() is False
    assert len(evening.mails) == 1


def test_small_change_does_not_reach_people_who_said_no(evening: Evening) -> None:
    evening.invite().state = InvitationState.DECLINED
    evening.send()
    evening.speaker.name = "Ayşe Demir"
    assert evening.update() is Change.NONE
    assert evening.move(days=1) is Change.MAJOR


def test_calling_off_sends_one_cancel_and_ends_the_link(evening: Evening) -> None:
    invitation = evening.invite()
    evening.send()
    (first,) = evening.mails
    plain = parsed(first).get_body(("plain",))
    assert plain is not None
    token = plain.get_content().partition("/antwort/")[2].partition("?")[0]
    evening.later(minutes=1)
    assert evening.cancel(reason="Der Raum ist gesperrt.") is True
    assert evening.cancel() is False
    second = evening.mails[1]
    event = calendar_of(second).events[0]
    assert calendar_of(second)["METHOD"] == "CANCEL"
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == (
        invitation.uid,
        1,
        "CANCELLED",
    )
    assert event["DTSTART"].dt == calendar_of(first).events[0]["DTSTART"].dt
    words = parsed(second).get_body(("plain",))
    assert words is not None
    assert "Der Raum ist gesperrt." in words.get_content()
    assert "/antwort/" not in words.get_content()
    assert tokens.subject_of(evening.session, evening.desk, TokenPurpose.ANSWER, token) is None
    link = answer_links.answer_link(evening.session, evening.desk, token)
    assert link is not None
    assert link.state is answer_links.LinkState.CANCELLED


@pytest.mark.parametrize("state", [OutboxState.QUEUED, OutboxState.DEAD])
def test_unsent_invitation_is_dropped_with_its_cancellation(
    evening: Evening, state: OutboxState
) -> None:
    evening.invite()
    evening.mails[0].state = state
    evening.session.flush()
    assert evening.cancel() is False
    assert [row.state for row in evening.mails] == [OutboxState.DROPPED]
    assert evening.invitation.state is InvitationState.CANCELLED


@pytest.mark.parametrize("state", [OutboxState.SENDING, OutboxState.SENT, OutboxState.UNCERTAIN])
def test_invitation_that_may_be_out_is_called_off(evening: Evening, state: OutboxState) -> None:
    evening.invite()
    evening.mails[0].state = state
    evening.session.flush()
    assert evening.cancel() is True
    assert evening.queued == ["invitation_cancelled"]


def test_change_before_the_first_mail_has_left_makes_one_mail(evening: Evening) -> None:
    evening.invite()
    evening.move(days=2)
    assert [row.state for row in evening.mails] == [OutboxState.DROPPED, OutboxState.QUEUED]
    first = evening.mails[1]
    assert first.kind == "invitation"
    assert calendar_of(first).events[0]["SEQUENCE"] == 1
    assert evening.invitation.first_message_id == first.message_id
    assert parsed(first)["In-Reply-To"] is None


def test_organiser_stays_the_same_for_a_living_uid(evening: Evening) -> None:
    evening.invite()
    evening.send()
    new = replace(evening.desk.settings, mail_from="neu@arbeitsmarkt.example")
    evening.desk = replace(evening.desk, settings=new)
    evening.move(days=1)
    second = evening.mails[1]
    assert calendar_of(second).events[0]["ORGANIZER"] == "mailto:planung@arbeitsmarkt.example"
    assert str(parsed(second)["From"].addresses[0].addr_spec) == "planung@arbeitsmarkt.example"


STEPS = st.lists(
    st.sampled_from(["move", "rename", "nothing", "send", "accept", "decline", "relocate"]),
    max_size=8,
)


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=False)
@hypothesis_settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS, ends=st.booleans())
def test_any_history_has_one_uid_rising_sequences_and_the_cancellation_last(
    session: Session, desk: Desk, engine_kind: str, steps: list[str], ends: bool
) -> None:
    evening = Evening(session, desk)
    _live(evening, steps)
    if ends:
        evening.cancel()
    mails = [row for row in evening.mails if row.state is not OutboxState.DROPPED]
    events = [calendar_of(row).events[0] for row in mails]
    sequences = [int(event["SEQUENCE"]) for event in events]
    stamps = [event["DTSTAMP"].dt for event in events]
    methods = [str(calendar_of(row)["METHOD"]) for row in mails]
    assert {event["UID"] for event in events} <= {evening.invitation.uid}
    assert sequences == sorted(sequences)
    assert stamps == sorted(set(stamps))
    assert "CANCEL" not in methods[:-1]
    assert len({row.message_id for row in mails}) == len(mails)
    if ends and methods:
        assert methods[-1] == "CANCEL"


def _live(evening: Evening, steps: list[str]) -> None:
    evening.invite()
    for number, step in enumerate(steps, 1):
        evening.later(minutes=1)
        if step == "move":
            evening.move(days=number)
        elif step == "relocate":
            evening.talk.location = f"Straße {number}, Berlin"
            evening.update()
        elif step == "rename":
            evening.speaker.name = f"Name {number}"
            evening.update()
        elif step == "nothing":
            evening.update()
        elif step == "send":
            evening.send()
        elif step == "accept":
            evening.invitation.state = InvitationState.ACCEPTED
        else:
            evening.invitation.state = InvitationState.DECLINED
