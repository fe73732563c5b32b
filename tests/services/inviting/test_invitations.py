"""One person, one talk, one UID: who is invited, how, and how often."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import AccessToken
from matchmaker.models.states import (
    CalendarChoice,
    InvitationState,
    OutboxState,
    TokenPurpose,
)
from matchmaker.services.desk import Desk
from matchmaker.services.house import tokens
from matchmaker.services.inviting import answer_links, feeds, invitations
from tests.services.inviting.mailed import Evening, calendar_of, parsed, plain


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


def test_subscription_that_has_ended_leaves_no_talk_without_a_calendar(
    session: Session, desk: Desk
) -> None:
    evening = Evening(session, desk, calendar_choice=CalendarChoice.SUBSCRIPTION)
    evening.invite()
    evening.send()
    evening.later(minutes=5)
    assert feeds.revoke(session, desk, evening.speaker)
    assert evening.speaker.calendar_choice is CalendarChoice.INVITATION
    evening.move(days=1)
    assert [row.method for row in evening.mails] == [None, "REQUEST"]
    assert "Kalender-Abo" not in plain(evening.mails[-1])
    evening.send()
    evening.later(minutes=5)
    evening.cancel()
    assert evening.mails[-1].method == "CANCEL"


def test_subscription_without_a_working_address_is_none(session: Session, desk: Desk) -> None:
    """So it may stand with whoever ended it before the choice went along with it."""
    evening = Evening(session, desk, calendar_choice=CalendarChoice.SUBSCRIPTION)
    feeds.revoke(session, desk, evening.speaker)
    evening.speaker.calendar_choice = CalendarChoice.SUBSCRIPTION
    evening.invite()
    (row,) = evening.mails
    assert row.method == "REQUEST"
    assert "Kalender-Abo" not in plain(row)


def test_mail_that_cancels_names_no_subscription_that_has_ended(
    session: Session, desk: Desk
) -> None:
    evening = Evening(session, desk, calendar_choice=CalendarChoice.SUBSCRIPTION)
    evening.invite()
    evening.send()
    evening.later(minutes=5)
    feeds.revoke(session, desk, evening.speaker)
    evening.cancel()
    assert evening.mails[-1].method is None
    assert "Kalender-Abo" not in plain(evening.mails[-1])


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
    feeds.open_feed(evening.session, evening.desk, evening.speaker)
    evening.move(days=1)
    assert [row.method for row in evening.mails if row.state is OutboxState.QUEUED] == [None]


@pytest.mark.parametrize("facts", [{"email": "planung@arbeitsmarkt.example"}, {"active": False}])
def test_whoever_cannot_be_reached_is_invited_without_mail(
    session: Session, desk: Desk, facts: dict[str, object]
) -> None:
    evening = Evening(session, desk, **facts)
    assert evening.invite().first_message_id is None
    assert evening.mails == []
