"""What is sent when a talk moves, changes a little or is called off, and in which order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from matchmaker.calendars.revision import Change
from matchmaker.i18n import format_day
from matchmaker.models.states import (
    AssignmentState,
    InvitationState,
    OutboxState,
    TokenPurpose,
)
from matchmaker.services.desk import Desk
from matchmaker.services.house import tokens
from matchmaker.services.inviting import answer_links
from tests.services.inviting.mailed import Evening, calendar_of, parsed, plain
from tests.services.plans import TUESDAY


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
