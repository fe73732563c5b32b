"""Reminders come once, by day, and only where they are still true and of use."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import Invitation, OutboxMessage
from matchmaker.models.states import InvitationRole, InvitationState, OutboxState
from matchmaker.services.desk import Desk
from matchmaker.services.inviting import invitations
from matchmaker.services.reminding import sweep
from matchmaker.services.reminding.rules import change_reminder_rules
from matchmaker.services.sending import arrivals, outbox
from tests import factories
from tests.services.inviting.mailed import plain
from tests.services.reminding.days import Days, utc
from tests.support.invited import Evening

ACCEPTED = InvitationState.ACCEPTED


@pytest.fixture
def evening(session: Session, desk: Desk) -> Evening:
    """Tuesday, 19 January 2027, 18:00; invited on 28 December, and the speaker has said yes."""
    return accepted(session, desk)


def accepted(session: Session, desk: Desk, **facts: object) -> Evening:
    made = Evening(session, desk, **facts)  # type: ignore[arg-type]
    made.answer(ACCEPTED)
    return made


def on(desk: Desk, local: str) -> Desk:
    return replace(desk, now=utc(local, desk))


def reminders(session: Session) -> list[OutboxMessage]:
    kinds = ("reminder", "answer_reminder")
    found = select(OutboxMessage).where(OutboxMessage.kind.in_(kinds)).order_by(OutboxMessage.id)
    return list(session.scalars(found))


def readdressed(evening: Evening, desk: Desk) -> None:
    assert evening.person is not None
    evening.person.email = "neu@beratung.example"
    invitations.readdress(evening.session, desk, evening.person)
    evening.session.flush()


def test_nobody_is_reminded_while_the_speaker_is_missing(session: Session, desk: Desk) -> None:
    evening = accepted(session, desk, role=InvitationRole.HOST)
    speaker = Invitation(
        talk_id=evening.talk.id,
        person=factories.person(session),
        role=InvitationRole.SPEAKER,
        uid="inv-away@arbeitsmarkt.example",
        stamp=desk.now,
        state=InvitationState.DECLINED,
        created_at=desk.now,
    )
    session.add(speaker)
    session.commit()
    days = Days(session, evening.desk).until("2027-01-17 12:00")
    assert days.reminded == []
    speaker.state = InvitationState.CANCELLED  # somebody else comes
    session.commit()
    assert days.until("2027-01-17 13:00").reminded == [("reminder", "2027-01-17 12:30")]


def test_everybody_is_reminded_once_three_days_before(evening: Evening) -> None:
    days = Days(evening.session, evening.desk).until("2027-01-22 12:00")
    assert days.reminded == [("reminder", "2027-01-16 09:00")]
    assert days.rows == [("talk", 1, "queued", "")]
    (mail,) = reminders(evening.session)
    assert "in 3 Tagen ist es so weit." in plain(mail)
    assert "/antwort/" in plain(mail)
    assert mail.order_key == evening.invitation.uid


@pytest.mark.parametrize(
    ("talk", "invited", "reminded"),
    [
        ("2027-03-31 18:00", "2027-03-20 12:00", "2027-03-28 09:00"),
        ("2027-11-03 18:00", "2027-10-20 12:00", "2027-10-31 09:00"),
    ],
)
def test_clocks_that_change_bring_no_second_reminder(
    session: Session, desk: Desk, talk: str, invited: str, reminded: str
) -> None:
    desk = on(desk, invited)
    evening = accepted(session, desk, starts_at=utc(talk, desk))
    days = Days(session, evening.desk).until(f"{talk[:10]} 23:00")
    assert days.reminded == [("reminder", reminded)]


def test_three_days_of_downtime_bring_it_late_as_long_as_it_helps(evening: Evening) -> None:
    days = Days(evening.session, evening.desk).until("2027-01-15 20:00")
    days.stopped_until("2027-01-18 20:00").until("2027-01-20 12:00")
    assert days.reminded == [("reminder", "2027-01-18 20:00")]
    assert "morgen ist es so weit." in plain(reminders(evening.session)[0])


def test_reminder_that_helps_nobody_is_shown_as_skipped(evening: Evening) -> None:
    days = Days(evening.session, evening.desk).until("2027-01-15 20:00")
    days.stopped_until("2027-01-19 12:00").until("2027-01-20 12:00")
    assert days.reminded == []
    assert days.rows == [("talk", 1, "skipped", "late")]


def test_service_that_comes_back_at_night_waits_for_the_morning(evening: Evening) -> None:
    days = Days(evening.session, evening.desk).until("2027-01-15 20:00")
    days.stopped_until("2027-01-16 23:10").until("2027-01-20 12:00", minutes=10)
    assert days.reminded == [("reminder", "2027-01-17 08:00")]


def test_mail_that_could_not_leave_by_day_says_next_morning_what_is_true_then(
    evening: Evening,
) -> None:
    days = Days(evening.session, evening.desk).until("2027-01-15 12:00")
    days.delivers = False
    days.until("2027-01-16 23:00")
    days.delivers = True
    days.until("2027-01-20 12:00")
    assert days.reminded == [("reminder", "2027-01-17 08:00")]
    assert days.rows == [("talk", 1, "queued", "")]
    first, second = reminders(evening.session)
    assert (first.state, second.state) == (OutboxState.SKIPPED, OutboxState.SENT)
    assert "in 2 Tagen ist es so weit." in plain(second)


def test_moved_talk_is_announced_anew(evening: Evening) -> None:
    days = Days(evening.session, evening.desk).until("2027-01-16 12:00")
    evening.move(days.desk, datetime(2027, 1, 26, 18))  # noqa: DTZ001  # wall clock
    evening.answer(ACCEPTED, days.desk)
    days.until("2027-01-28 12:00")
    assert days.reminded == [("reminder", "2027-01-16 09:00"), ("reminder", "2027-01-23 09:00")]


def test_waiting_reminder_of_the_old_date_is_taken_back(evening: Evening) -> None:
    days = Days(evening.session, evening.desk).until("2027-01-15 12:00")
    days.delivers = False
    days.until("2027-01-16 10:00")
    evening.move(days.desk, datetime(2027, 1, 26, 18))  # noqa: DTZ001  # wall clock
    assert [mail.state for mail in reminders(evening.session)] == [OutboxState.DROPPED]


def test_who_has_just_been_told_is_not_reminded(evening: Evening) -> None:
    days = Days(evening.session, evening.desk).until("2027-01-12 12:00")
    evening.move(days.desk, datetime(2027, 1, 14, 18))  # noqa: DTZ001  # wall clock
    evening.answer(ACCEPTED, days.desk)
    days.until("2027-01-16 12:00")
    assert days.reminded == []
    assert days.rows == [("talk", 1, "skipped", "just_told")]


@pytest.mark.parametrize("back", ["2027-01-16 08:15", "2027-01-17 10:00"])
def test_invitation_that_waited_for_days_is_not_followed_by_a_reminder(
    session: Session, desk: Desk, back: str
) -> None:
    evening = Evening(session, on(desk, "2027-01-14 12:00"))
    days = Days(session, evening.desk, delivers=False).until(back)
    days.delivers = True
    days.until("2027-01-20 12:00")
    assert [kind for kind, _ in days.log] == ["invitation"]
    assert days.rows == [("talk", 1, "skipped", "just_told")]


def test_change_that_waited_for_days_is_not_followed_by_a_reminder(evening: Evening) -> None:
    days = Days(evening.session, evening.desk).until("2027-01-14 12:00")
    days.delivers = False
    evening.move(days.desk, datetime(2027, 1, 20, 18))  # noqa: DTZ001  # wall clock
    days.until("2027-01-18 10:00")
    days.delivers = True
    days.until("2027-01-21 12:00")
    assert [kind for kind, _ in days.log] == ["invitation", "invitation_changed"]
    assert days.rows == [("talk", 1, "skipped", "just_told")]


def test_invitation_noted_as_arrived_was_not_told_on_that_day(evening: Evening) -> None:
    """As after the restore of a backup, in which it still waited."""
    days = Days(evening.session, evening.desk, delivers=False).until("2027-01-16 10:00")
    (invited,) = evening.session.scalars(select(OutboxMessage))
    arrivals.note(evening.session, days.desk, invited.id)
    days.delivers = True
    days.until("2027-01-20 12:00")
    assert days.reminded == [("reminder", "2027-01-16 10:30")]


def test_nobody_is_reminded_of_what_is_off_or_declined(session: Session, desk: Desk) -> None:
    off, declined = accepted(session, desk), Evening(session, desk)
    off.call_off(off.later(days=1))
    declined.answer(InvitationState.DECLINED)
    days = Days(session, desk).until("2027-01-20 12:00")
    assert (days.reminded, days.rows) == ([], [])


def test_no_takes_a_waiting_reminder_back(evening: Evening) -> None:
    days = Days(evening.session, evening.desk).until("2027-01-15 12:00")
    days.delivers = False
    days.until("2027-01-16 10:00")
    evening.answer(InvitationState.DECLINED, days.desk)
    assert [mail.state for mail in reminders(evening.session)] == [OutboxState.DROPPED]


def test_no_and_then_yes_is_reminded_all_the_same(evening: Evening) -> None:
    days = Days(evening.session, evening.desk).until("2027-01-15 12:00")
    days.delivers = False
    days.until("2027-01-16 10:00")
    evening.answer(InvitationState.DECLINED, days.desk)
    days.until("2027-01-16 11:00")
    evening.answer(ACCEPTED, days.desk)
    days.delivers = True
    days.until("2027-01-20 12:00")
    assert days.reminded == [("reminder", "2027-01-16 11:30")]
    assert days.rows == [("talk", 1, "queued", "")]


def test_reminder_that_may_have_arrived_is_not_followed_by_another(evening: Evening) -> None:
    days = Days(evening.session, evening.desk).until("2027-01-16 08:30")
    days.delivers = False
    days.until("2027-01-16 09:00")
    (mail,) = reminders(evening.session)
    mail.state, mail.dots = OutboxState.DROPPED, 1
    days.delivers = True
    days.until("2027-01-20 12:00")
    assert days.reminded == []


def test_reminder_that_a_person_took_out_stays_out(evening: Evening) -> None:
    days = Days(evening.session, evening.desk).until("2027-01-16 08:30")
    days.delivers = False
    days.until("2027-01-16 09:00")
    (mail,) = reminders(evening.session)
    outbox.drop(evening.session, days.desk, mail.id)
    days.delivers = True
    days.until("2027-01-20 12:00")
    assert days.reminded == []


def test_missing_answer_is_asked_for_once_more(session: Session, desk: Desk) -> None:
    evening = Evening(session, desk)
    days = Days(session, evening.desk)
    days.look()
    days.until("2027-01-20 12:00")
    assert days.reminded == [
        ("answer_reminder", "2027-01-01 09:00"),
        ("reminder", "2027-01-16 09:00"),
    ]
    asks, reminds = reminders(session)
    assert "Ihre Antwort fehlt noch." in plain(asks)
    assert "Ihre Antwort fehlt noch." in plain(reminds)


def test_answer_that_has_come_meanwhile_is_not_asked_for(session: Session, desk: Desk) -> None:
    evening = Evening(session, desk)
    days = Days(session, evening.desk)
    days.look()
    days.delivers = False
    days.until("2027-01-01 10:00")
    evening.answer(InvitationState.TENTATIVE, days.desk)
    days.delivers = True
    days.until("2027-01-10 12:00")
    assert days.reminded == []
    assert [mail.state for mail in reminders(session)] == [OutboxState.DROPPED]


def test_moved_talk_asks_again_and_waits_again(session: Session, desk: Desk) -> None:
    evening = Evening(session, desk)
    days = Days(session, evening.desk)
    days.look()
    days.until("2026-12-31 12:00")
    evening.move(days.desk, datetime(2027, 1, 26, 18))  # noqa: DTZ001  # wall clock
    days.until("2027-01-10 12:00")
    assert days.reminded == [("answer_reminder", "2027-01-04 09:00")]


def test_who_is_invited_at_another_address_has_as_long_to_answer(
    session: Session, desk: Desk
) -> None:
    evening = Evening(session, desk)
    days = Days(session, evening.desk)
    days.look()
    days.until("2026-12-31 15:00")
    readdressed(evening, days.desk)
    days.until("2027-01-10 12:00")
    assert days.reminded == [("answer_reminder", "2027-01-04 09:00")]


def test_who_was_asked_at_a_wrong_address_is_asked_at_the_right_one(
    session: Session, desk: Desk
) -> None:
    evening = Evening(session, desk)
    days = Days(session, evening.desk)
    days.look()
    days.until("2027-01-02 15:00")
    readdressed(evening, days.desk)
    days.until("2027-01-12 12:00")
    assert days.reminded == [
        ("answer_reminder", "2027-01-01 09:00"),
        ("answer_reminder", "2027-01-06 09:00"),
    ]
    assert [mail.recipient for mail in reminders(session)][1] == "neu@beratung.example"
    assert days.rows == [("answer", 1, "queued", ""), ("answer", 2, "queued", "")]


def test_invitation_sent_again_is_a_question_of_that_day(session: Session, desk: Desk) -> None:
    evening = Evening(session, desk)
    days = Days(session, evening.desk)
    days.look()
    days.until("2026-12-31 15:00")
    invitations.send_again(session, days.desk, evening.invitation)
    days.until("2027-01-10 12:00")
    assert days.reminded == [("answer_reminder", "2027-01-04 09:00")]


def test_invitation_that_has_not_left_is_no_question_yet(session: Session, desk: Desk) -> None:
    days = Days(session, Evening(session, desk).desk, delivers=False)
    days.until("2027-01-18 12:00")
    assert days.rows == []
    days.until("2027-01-19 12:00")
    assert days.rows == [("talk", 1, "skipped", "late")]


def test_guests_may_leave_the_question_open(session: Session, desk: Desk) -> None:
    evening = Evening(session, desk, role=InvitationRole.HOST)
    evening.invitation.role = InvitationRole.GUEST
    days = Days(session, desk)
    days.look()
    days.until("2027-01-20 12:00")
    assert [kind for kind, _ in days.reminded] == ["reminder"]


def test_person_without_an_address_is_shown_as_not_reached(evening: Evening) -> None:
    days = Days(evening.session, evening.desk).until("2027-01-10 12:00")
    assert evening.person is not None
    evening.person.active = False
    days.until("2027-01-20 12:00")
    assert days.rows == [("talk", 1, "skipped", "unreachable")]


def test_who_could_not_be_reached_is_asked_at_the_right_address(
    session: Session, desk: Desk
) -> None:
    evening = Evening(session, desk)
    days = Days(session, evening.desk)
    days.look()
    evening.invitation.undeliverable_at = days.desk.now
    days.until("2027-01-02 15:00")
    assert days.rows == [("answer", 1, "skipped", "unreachable")]
    readdressed(evening, days.desk)
    days.until("2027-01-12 12:00")
    assert days.reminded == [("answer_reminder", "2027-01-06 09:00")]
    assert days.rows == [("answer", 1, "queued", "")]


def test_who_can_be_reached_again_is_reminded_while_it_helps(evening: Evening) -> None:
    days = Days(evening.session, evening.desk).until("2027-01-15 12:00")
    evening.invitation.undeliverable_at = days.desk.now
    days.until("2027-01-17 12:00")
    assert days.rows == [("talk", 1, "skipped", "unreachable")]
    evening.invitation.undeliverable_at = None
    days.until("2027-01-20 12:00")
    assert days.reminded == [("reminder", "2027-01-17 12:30")]


def test_who_is_never_reached_is_looked_at_no_more_and_stays_so(evening: Evening) -> None:
    days = Days(evening.session, evening.desk).until("2027-01-15 12:00")
    evening.invitation.undeliverable_at = days.desk.now
    days.until("2027-01-17 12:00")
    assert sweep.due(evening.session, days.desk) == []
    days.until("2027-01-20 12:00")
    evening.invitation.undeliverable_at = None
    days.until("2027-01-21 12:00")
    assert days.rows == [("talk", 1, "skipped", "unreachable")]


def test_coordination_sets_the_days(evening: Evening) -> None:
    change_reminder_rules(evening.session, evening.desk, talk_days=5)
    days = Days(evening.session, evening.desk).until("2027-01-15 12:00")
    change_reminder_rules(evening.session, days.desk, talk_days=2)
    days.until("2027-01-20 12:00")
    assert days.reminded == [("reminder", "2027-01-14 09:00")]


def test_evening_before_the_start_counts_in_hours(session: Session, desk: Desk) -> None:
    """A talk in the morning: the day before at noon is early enough, that night is not."""
    evening = accepted(session, desk, starts_at=utc("2027-01-19 10:00", desk))
    days = Days(session, evening.desk).until("2027-01-15 12:00")
    days.stopped_until("2027-01-18 22:30").until("2027-01-19 12:00")
    assert days.rows == [("talk", 1, "skipped", "late")]
    assert evening.talk.starts_at - days.desk.now < timedelta(0)
