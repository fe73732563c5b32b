"""An invitation that has never arrived, sent once more."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import AuditEntry
from matchmaker.models.states import CalendarChoice, InvitationState, OutboxState
from matchmaker.services.desk import Desk
from matchmaker.services.errors import NotPossible
from matchmaker.services.inviting import feeds, invitations
from tests.services.inviting.mailed import Evening, calendar_of, parsed, plain


@pytest.fixture
def evening(session: Session, desk: Desk) -> Evening:
    """Invited and sent; a day has passed."""
    made = Evening(session, desk)
    made.invite()
    made.send()
    made.later(days=1)
    return made


def again(evening: Evening) -> None:
    invitations.send_again(evening.session, evening.desk, evening.invitation)
    evening.session.flush()


def test_same_revision_goes_out_under_a_new_message_id(evening: Evening) -> None:
    threads = evening.invitation.first_message_id
    again(evening)
    first, second = evening.mails
    assert (first.state, second.state) == (OutboxState.SENT, OutboxState.QUEUED)
    assert (second.kind, second.recipient) == ("invitation", evening.speaker.email)
    assert first.message_id != second.message_id
    assert first.key != second.key
    assert calendar_of(second).to_ical() == calendar_of(first).to_ical()
    assert evening.invitation.first_message_id == threads
    assert parsed(second)["In-Reply-To"] == parsed(second)["References"] == first.message_id
    assert "/antwort/" in plain(second)
    entry = evening.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "invitation.sent_again")
    ).one()
    assert (entry.subject_id, entry.after) == (
        evening.invitation.id,
        {"sequence": 0, "with_calendar": True},
    )


def test_moved_talk_is_sent_as_it_is_now(evening: Evening) -> None:
    evening.move(days=1)
    evening.send()
    evening.later(days=1)
    again(evening)
    _, moved, last = evening.mails
    assert (last.kind, last.state) == ("invitation", OutboxState.QUEUED)
    assert calendar_of(last).to_ical() == calendar_of(moved).to_ical()
    assert evening.invitation.sequence == 1


def test_answer_is_kept_and_not_asked_for_again(evening: Evening) -> None:
    evening.invitation.state = InvitationState.ACCEPTED
    again(evening)
    mail = evening.mails[-1]
    assert evening.invitation.state is InvitationState.ACCEPTED
    assert calendar_of(mail).events[0]["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert "Sie haben schon zugesagt." in plain(mail)


def test_sent_twice_only_after_the_first_has_left(evening: Evening) -> None:
    again(evening)
    with pytest.raises(NotPossible, match="waits to be sent"):
        again(evening)
    evening.send()
    again(evening)
    assert len({mail.message_id for mail in evening.mails}) == 3


@pytest.mark.parametrize("state", [OutboxState.DEAD, OutboxState.UNCERTAIN])
def test_mail_that_waits_for_a_decision_comes_first(evening: Evening, state: OutboxState) -> None:
    evening.mails[0].state = state
    with pytest.raises(NotPossible, match="decide about it under Post"):
        again(evening)


@pytest.mark.parametrize("state", [InvitationState.DECLINED, InvitationState.CANCELLED])
def test_ended_invitations_stay_ended(evening: Evening, state: InvitationState) -> None:
    evening.invitation.state = state
    with pytest.raises(NotPossible):
        again(evening)


def test_nobody_is_invited_to_a_talk_that_has_begun(evening: Evening) -> None:
    evening.later(days=60)
    with pytest.raises(NotPossible):
        again(evening)


def test_whoever_cannot_be_reached_is_named(evening: Evening) -> None:
    evening.speaker.active = False
    with pytest.raises(NotPossible, match="no mail address"):
        again(evening)


@pytest.mark.parametrize("choice", list(CalendarChoice))
def test_calendar_part_is_as_the_person_chooses_now(
    session: Session, desk: Desk, choice: CalendarChoice
) -> None:
    """An entry of the first mail is still reached by later ones."""
    evening = Evening(session, desk, calendar_choice=choice)
    evening.invite()
    evening.send()
    feeds.open_feed(session, desk, evening.speaker)
    (evening.speaker.calendar_choice,) = set(CalendarChoice) - {choice}
    evening.later(minutes=5)
    again(evening)
    mail = evening.mails[-1]
    attached = "text/calendar" in {part.get_content_type() for part in parsed(mail).walk()}
    assert attached is (choice is CalendarChoice.SUBSCRIPTION)
    assert evening.invitation.has_calendar
    evening.send()
    evening.later(minutes=5)
    evening.move(days=1)
    assert evening.mails[-1].method == "REQUEST"
