"""A change of an agreed talk, tried out against what everybody has asked for."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import AuditEntry, BlockedPeriod, RequestWindow, SpeakerWish, Talk
from matchmaker.models.states import Format, MeetingMode
from matchmaker.services.desk import Desk
from matchmaker.services.planning.judging import RulesBroken
from matchmaker.services.planning.rehearsal import Opinion, carry_out, rehearse
from matchmaker.services.talks import talk_changes
from matchmaker.services.talks.talk_changes import Place
from matchmaker.services.talks.talk_creation import NewTalk, create_by_hand
from tests.services.plans import TUESDAY
from tests.services.talks.approved import Approved

WEEK = timedelta(days=7)


@pytest.fixture
def approved(session: Session, desk: Desk) -> Approved:
    """Everybody has time on Mondays to Wednesdays from 17 to 21 o'clock, and asks for that."""
    return Approved(session, desk)


def moved(approved: Approved, start: datetime, place: Place | None = None) -> Opinion:
    def change() -> Talk:
        return talk_changes.move(
            approved.session,
            approved.desk,
            approved.talk.code,
            start=start,
            minutes=120,
            place=place,
        )

    return rehearse(approved.session, approved.desk, change, talk=approved.talk).opinion


def rules(opinion: Opinion) -> set[str]:
    return {row.code for row in opinion.breaches}


def test_moving_within_the_wishes_meets_no_objection(approved: Approved) -> None:
    assert moved(approved, TUESDAY + timedelta(days=1)) == Opinion()


@pytest.mark.parametrize(
    ("start", "broken"),
    [
        (TUESDAY + timedelta(days=2), {"window", "availability"}),  # a Thursday
        (TUESDAY.replace(hour=15), {"window", "availability"}),
        (TUESDAY + timedelta(days=2 * 7 + 2), {"window", "availability"}),
        (TUESDAY.replace(minute=10), {"window"}),
        (datetime(2027, 3, 8, 18, 0), {"closed_day"}),  # noqa: DTZ001  # Women's Day in Berlin
        (TUESDAY + 20 * WEEK, {"window"}),  # long after the round and the period asked for
    ],
    ids=["weekday", "hour", "later", "grid", "holiday", "far"],
)
def test_moving_against_wishes_and_times_says_so(
    approved: Approved, start: datetime, broken: set[str]
) -> None:
    assert rules(moved(approved, start)) == broken


def test_moving_out_of_the_wished_period_alone_says_so(approved: Approved) -> None:
    """Speaker and interpreter have time; only the association asked for another hour."""
    tuesdays = approved.request.windows[1]
    tuesdays.starts, tuesdays.ends = time(18), time(20)
    approved.session.flush()
    assert rules(moved(approved, TUESDAY.replace(hour=17))) == {"window"}


def test_days_to_avoid_are_named_without_being_forbidden(approved: Approved) -> None:
    holidays = moved(approved, datetime(2027, 2, 2, 18, 0))  # noqa: DTZ001  # winter holidays
    assert (rules(holidays), holidays.day) == (set(), "school")


def test_closed_period_and_another_way_of_meeting_are_named(approved: Approved) -> None:
    approved.session.add(
        BlockedPeriod(
            organisation_id=approved.talk.organisation_id,
            first_day=date(2027, 1, 25),
            last_day=date(2027, 1, 31),
        )
    )
    approved.session.flush()
    approved.session.expire_all()
    assert rules(moved(approved, TUESDAY + WEEK)) == {"blocked"}
    online = moved(approved, TUESDAY, Place(mode=MeetingMode.ONLINE))
    assert rules(online) == {"mode"}


def test_what_was_overridden_at_the_approval_is_not_asked_again(approved: Approved) -> None:
    approved.request.windows.clear()
    approved.request.windows.append(RequestWindow(weekday=3, starts=time(17), ends=time(21)))
    approved.session.flush()
    new = approved.another_speaker()

    def change() -> Talk:
        return talk_changes.replace_person(
            approved.session,
            approved.desk,
            approved.talk.code,
            leaving=approved.speaker.code,
            coming=new.code,
        )

    seen = rehearse(approved.session, approved.desk, change, talk=approved.talk)
    assert seen.opinion == Opinion()


def test_somebody_the_association_does_not_want_is_named(approved: Approved) -> None:
    new = approved.another_speaker()
    approved.session.add(
        SpeakerWish(request_id=approved.request.id, person_id=new.id, wanted=False)
    )
    approved.session.flush()
    approved.session.expire_all()

    def change() -> Talk:
        return talk_changes.replace_person(
            approved.session,
            approved.desk,
            approved.talk.code,
            leaving=approved.speaker.code,
            coming=new.code,
        )

    seen = rehearse(approved.session, approved.desk, change, talk=approved.talk)
    assert rules(seen.opinion) == {"team"}


def test_only_the_mails_of_the_talk_are_counted(approved: Approved) -> None:
    """On PostgreSQL the mails of others become visible while a change is tried out."""
    session, desk, day = approved.session, approved.desk, TUESDAY + WEEK
    new = NewTalk(
        format=Format.WORKSHOP,
        title="Bewerben üben",
        organisation=approved.talk.organisation.code,
        start=day,
        minutes=60,
        language="de",
        place=Place(address="Weg 2"),
        speakers=[approved.another_speaker().code],
    )
    workshop = create_by_hand(session, desk, new)

    def change_both() -> Talk:
        talk_changes.call_off(session, desk, workshop.code, reason="Fällt aus.")
        return talk_changes.move(
            session, desk, approved.talk.code, start=TUESDAY + timedelta(days=1), minutes=120
        )

    seen = rehearse(session, desk, change_both, talk=approved.talk)
    assert sorted(row.email for row in seen.mails) == sorted(approved.everybody())
    assert seen.dropped == 0


def test_breaking_a_rule_needs_a_reason_which_is_recorded(approved: Approved) -> None:
    def change() -> Talk:
        return talk_changes.move(
            approved.session,
            approved.desk,
            approved.talk.code,
            start=TUESDAY + timedelta(days=2),
            minutes=120,
        )

    session, desk = approved.session, approved.desk
    with pytest.raises(RulesBroken) as refused, session.begin_nested():
        carry_out(session, desk, change, talk=approved.talk, reason=" \n")
    assert {row.code for row in refused.value.breaches} == {"window", "availability"}
    carry_out(session, desk, change, talk=approved.talk, reason="Alle haben zugesagt.")
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "talk.rules_overridden")
    ).one()
    assert entry.after == {"broken_rules": ["availability", "window"]}
    assert entry.reason == "Alle haben zugesagt."
    assert approved.talk.starts_local == "2027-01-21T18:00"


def test_date_made_by_hand_on_a_holiday_says_so(approved: Approved) -> None:
    def change() -> Talk:
        return create_by_hand(
            approved.session,
            approved.desk,
            NewTalk(
                format=Format.WORKSHOP,
                title="Bewerben üben",
                organisation=approved.talk.organisation.code,
                start=datetime(2027, 3, 8, 18, 0),  # noqa: DTZ001  # wall clock
                minutes=120,
                language="de",
                place=Place(address="Weg 2"),
                speakers=[approved.speaker.code],
            ),
        )

    assert rehearse(approved.session, approved.desk, change).opinion == Opinion(day="closed")
