"""The picture of the next weeks says what the planning will see."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy.orm import Session

from matchmaker.models import AvailabilityRule, AvailabilitySpan, BusyInterval, Profile
from matchmaker.models.states import (
    AssignmentState,
    AvailabilityKind,
    BusyKind,
    BusySource,
)
from matchmaker.services.desk import Desk
from matchmaker.services.people.availability_picture import PictureDay, picture
from tests import factories

Hours = list[tuple[str, str]]


@pytest.fixture
def profile(session: Session) -> Profile:
    made = factories.speaker(session, weekly=((1, 18, 20), (3, 10, 12))).profile
    assert made is not None
    return made


def day_of(session: Session, desk: Desk, profile: Profile, wanted: date) -> PictureDay:
    days = [day for week in picture(session, desk, profile, "de") for day in week.days]
    return next(day for day in days if day.day == wanted)


def hours(intervals: tuple[tuple[datetime, datetime], ...]) -> Hours:
    return [(f"{start:%H:%M}", f"{end:%H:%M}") for start, end in intervals]


def test_picture_begins_on_the_monday_of_this_week(
    session: Session, desk: Desk, profile: Profile
) -> None:
    weeks = picture(session, desk, profile, "de", weeks=3)
    assert [(week.number, week.days[0].day) for week in weeks] == [
        (53, date(2026, 12, 28)),
        (1, date(2027, 1, 4)),
        (2, date(2027, 1, 11)),
    ]
    assert {len(week.days) for week in weeks} == {7}


def test_picture_shows_weekly_times_and_single_days(
    session: Session, desk: Desk, profile: Profile
) -> None:
    profile.spans = [
        AvailabilitySpan(
            kind=AvailabilityKind.AVAILABLE,
            first_day=date(2027, 1, 12),
            last_day=date(2027, 1, 12),
            starts=time(20),
            ends=time(0),
        )
    ]
    session.flush()
    tuesday = day_of(session, desk, profile, date(2027, 1, 12))
    assert hours(tuesday.free) == [("18:00", "00:00")]
    assert tuesday.free[0][1] == datetime(2027, 1, 13)  # noqa: DTZ001  # wall clock


def test_picture_shows_only_avoided_time_that_would_be_free(
    session: Session, desk: Desk, profile: Profile
) -> None:
    profile.rules.append(
        AvailabilityRule(kind=AvailabilityKind.AVOID, weekday=1, starts=time(19), ends=time(22))
    )
    session.flush()
    tuesday = day_of(session, desk, profile, date(2027, 1, 12))
    assert (hours(tuesday.free), hours(tuesday.rather_not)) == (
        [("18:00", "20:00")],
        [("19:00", "20:00")],
    )


def test_picture_closes_holidays_and_days_off(
    session: Session, desk: Desk, profile: Profile
) -> None:
    profile.spans = [
        AvailabilitySpan(
            kind=AvailabilityKind.OFF, first_day=date(2027, 1, 12), last_day=date(2027, 1, 14)
        )
    ]
    session.flush()
    new_year = day_of(session, desk, profile, date(2027, 1, 1))
    off = day_of(session, desk, profile, date(2027, 1, 14))
    assert (new_year.closed, new_year.free) == ("Neujahr", ())
    assert (off.off, off.free) == (True, ())


def test_picture_shows_no_free_time_within_the_notice(
    session: Session, desk: Desk, profile: Profile
) -> None:
    tuesday = date(2027, 1, 12)
    profile.lead_days = (tuesday - desk.today).days
    assert hours(day_of(session, desk, profile, tuesday).free) == [("18:00", "20:00")]
    profile.lead_days += 1
    assert day_of(session, desk, profile, tuesday).free == ()
    assert day_of(session, desk, profile, tuesday).too_near


def test_picture_keeps_school_holidays_free_if_wanted(
    session: Session, desk: Desk, profile: Profile
) -> None:
    in_holidays = date(2027, 2, 4)
    assert hours(day_of(session, desk, profile, in_holidays).free) == [("10:00", "12:00")]
    profile.school_holidays_off = True
    assert day_of(session, desk, profile, in_holidays).free == ()


def test_picture_shows_talks_but_not_declined_ones(
    session: Session, desk: Desk, profile: Profile
) -> None:
    first = datetime(2027, 1, 12, 17, tzinfo=UTC)
    second = datetime(2027, 1, 14, 9, tzinfo=UTC)
    factories.assignment(session, profile.person, first)
    factories.assignment(session, profile.person, second, state=AssignmentState.DECLINED)
    session.flush()
    tuesday = day_of(session, desk, profile, date(2027, 1, 12))
    thursday = day_of(session, desk, profile, date(2027, 1, 14))
    assert [(hours((interval,)), title) for interval, title in tuesday.talks] == [
        ([("18:00", "20:00")], "Anerkennung")
    ]
    assert thursday.talks == ()


def test_picture_takes_away_what_the_calendar_says(
    session: Session, desk: Desk, profile: Profile
) -> None:
    session.add(
        BusyInterval(
            person_id=profile.person_id,
            starts_at=datetime(2027, 1, 12, 18, 30, tzinfo=UTC),
            ends_at=datetime(2027, 1, 12, 22, tzinfo=UTC),
            kind=BusyKind.BUSY,
            source=BusySource.UPLOAD,
        )
    )
    session.flush()
    tuesday = day_of(session, desk, profile, date(2027, 1, 12))
    assert hours(tuesday.free) == [("18:00", "19:30")]
