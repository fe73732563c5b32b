"""Times: read, change, confirm, undo – and what cannot be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import AuditEntry, AvailabilityRule, Profile
from matchmaker.models.states import AvailabilityKind, Role
from matchmaker.services.desk import Actor, Desk
from matchmaker.services.errors import Conflict, Invalid, NotPossible
from matchmaker.services.people import availability as times
from matchmaker.services.times.availability_facts import (
    BANDS,
    EVENING,
    MORNING,
    Availability,
    DayTime,
    WeeklyTime,
    band,
    from_json,
    normal,
    to_json,
)
from tests import factories

TUESDAY_EVENING = band((1, EVENING))
ODD = WeeklyTime(weekday=2, starts=time(17, 30), ends=time(19, 15))
DAY_OFF = DayTime(
    kind=AvailabilityKind.OFF, first_day=date(2027, 1, 11), last_day=date(2027, 1, 15)
)


@pytest.fixture
def profile(session: Session) -> Profile:
    made = factories.speaker(session, weekly=((1, 18, 20),)).profile
    assert made is not None
    return made


def wanted(**facts: Any) -> Availability:
    return Availability(**{"weekly": (TUESDAY_EVENING,), **facts})


def test_read_finds_the_band(profile: Profile) -> None:
    assert times.read(profile) == wanted()
    assert times.read(profile).bands == {(1, EVENING)}


def test_change_replaces_everything_and_confirms(
    session: Session, desk: Desk, profile: Profile
) -> None:
    new = wanted(weekly=(ODD, band((5, MORNING))), days=(DAY_OFF,), school_holidays_off=True)
    assert times.change(session, desk, profile, new)
    session.flush()
    session.expire_all()
    assert times.read(profile) == normal(new)
    assert times.read(profile).other_weekly == (ODD,)
    assert profile.confirmed_at == desk.now


def test_change_keeps_rows_that_say_the_same(
    session: Session, desk: Desk, profile: Profile
) -> None:
    before = session.scalars(select(AvailabilityRule.id)).one()
    times.change(session, desk, profile, wanted(weekly=(TUESDAY_EVENING, ODD)))
    session.flush()
    kept = session.scalars(select(AvailabilityRule).where(AvailabilityRule.starts == time(18)))
    assert kept.one().id == before


def test_change_is_audited_with_before_and_after(
    session: Session, desk: Desk, profile: Profile
) -> None:
    times.change(session, desk, profile, wanted(weekly=()))
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.subject_id) == ("availability.changed", profile.person_id)
    assert from_json(entry.before) == wanted()
    assert from_json(entry.after) == wanted(weekly=())


def test_change_that_changes_nothing_only_confirms(
    session: Session, desk: Desk, profile: Profile
) -> None:
    version = profile.version
    assert not times.change(session, desk, profile, wanted(), version=version)
    session.flush()
    assert (profile.version, profile.confirmed_at) == (version, desk.now)
    assert session.scalars(select(AuditEntry.action)).all() == ["availability.confirmed"]


def test_change_from_a_stale_page_is_refused(
    session: Session, desk: Desk, profile: Profile
) -> None:
    seen = profile.version
    times.change(session, desk, profile, wanted(weekly=(ODD,)), version=seen)
    session.flush()
    with pytest.raises(Conflict):
        times.change(session, desk, profile, wanted(), version=seen)
    assert times.read(profile) == wanted(weekly=(ODD,))


def test_confirming_leaves_open_pages_valid(session: Session, desk: Desk, profile: Profile) -> None:
    seen = profile.version
    times.confirm(session, desk, profile)
    session.flush()
    session.expire_all()
    assert (profile.version, profile.confirmed_at) == (seen, desk.now)


def test_times_are_due_after_eight_weeks(session: Session, desk: Desk, profile: Profile) -> None:
    assert times.is_due(profile, desk.now)
    times.confirm(session, desk, profile)
    assert not times.is_due(profile, desk.now + timedelta(days=55))
    assert times.is_due(profile, desk.now + timedelta(days=56))


def test_undo_takes_back_and_undo_again_restores(
    session: Session, desk: Desk, profile: Profile
) -> None:
    times.change(session, desk, profile, wanted(weekly=(ODD,), days=(DAY_OFF,)))
    times.undo(session, desk, profile)
    assert times.read(profile) == wanted()
    times.undo(session, desk, profile)
    assert times.read(profile) == wanted(weekly=(ODD,), days=(DAY_OFF,))


def test_undo_without_a_change_is_not_possible(
    session: Session, desk: Desk, profile: Profile
) -> None:
    with pytest.raises(NotPossible):
        times.undo(session, desk, profile)


def test_undo_is_not_possible_once_the_times_are_others(
    session: Session, desk: Desk, profile: Profile
) -> None:
    times.change(session, desk, profile, wanted(weekly=(ODD,)))
    profile.rules = []
    with pytest.raises(NotPossible):
        times.undo(session, desk, profile)


def test_undo_brings_back_days_that_have_passed_since(
    session: Session, desk: Desk, profile: Profile
) -> None:
    times.change(session, desk, profile, wanted(days=(DAY_OFF,)))
    times.change(session, desk, profile, wanted())
    later = replace(desk, now=desk.now + timedelta(days=60))
    times.undo(session, later, profile)
    assert times.read(profile).days == (DAY_OFF,)


def weekly(**facts: Any) -> Availability:
    return wanted(weekly=(replace(ODD, **facts),))


def day(**facts: Any) -> Availability:
    return wanted(days=(replace(DAY_OFF, **facts),))


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (weekly(weekday=7), "weekday"),
        (weekly(ends=time(17, 30)), "weekly_ends"),
        (weekly(ends=time(9)), "weekly_ends"),
        (weekly(valid_from=date(2027, 2, 1), valid_to=date(2027, 1, 1)), "valid_to"),
        (day(last_day=date(2027, 1, 10)), "last_day"),
        (day(last_day=date(2028, 1, 13)), "last_day"),
        (day(first_day=date(2026, 12, 1), last_day=date(2026, 12, 27)), "first_day"),
        (day(first_day=date(2030, 1, 1), last_day=date(2030, 1, 2)), "first_day"),
        (day(starts=time(10)), "day_ends"),
        (day(starts=time(10), ends=time(9)), "day_ends"),
        (
            wanted(days=tuple(replace(DAY_OFF, starts=time(0, n % 60), ends=time(1 + n // 60))
                              for n in range(201))),
            "days",
        ),
    ],
)  # fmt: skip
def test_change_names_what_cannot_be(
    session: Session, desk: Desk, profile: Profile, asked: Availability, field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        times.change(session, desk, profile, asked)
    assert list(refusal.value.fields) == [field]
    assert times.read(profile) == wanted()


@pytest.mark.parametrize(
    "asked",
    [
        weekly(ends=time(0)),
        weekly(valid_from=date(2027, 1, 1), valid_to=date(2027, 1, 1)),
        day(last_day=date(2027, 1, 11), starts=time(22), ends=time(0)),
        day(first_day=date(2026, 12, 1), last_day=date(2026, 12, 28)),
    ],
)
def test_change_accepts_times_until_midnight_and_days_under_way(
    session: Session, desk: Desk, profile: Profile, asked: Availability
) -> None:
    assert times.change(session, desk, profile, asked)


def test_days_that_have_passed_do_not_hinder_later_changes(
    session: Session, desk: Desk, profile: Profile
) -> None:
    times.change(session, desk, profile, wanted(days=(DAY_OFF,)))
    later = replace(desk, now=desk.now + timedelta(days=60))
    assert times.change(session, later, profile, wanted(weekly=(ODD,), days=(DAY_OFF,)))


def test_bands_are_those_of_the_week() -> None:
    hours = {key: (row.starts.hour, row.ends.hour) for key in BANDS for row in [band(key)]}
    assert len(hours) == 18
    assert hours[0, "morning"] == (10, 12)
    assert hours[5, "morning"] == (11, 13)
    assert hours[6, "afternoon"] == (15, 17)
    assert (5, "evening") not in hours


moments = st.times().map(lambda moment: moment.replace(second=0, microsecond=0))
weekly_times = st.builds(
    WeeklyTime,
    weekday=st.integers(0, 6),
    starts=moments,
    ends=moments,
    kind=st.sampled_from(AvailabilityKind),
    valid_from=st.none() | st.dates(),
    valid_to=st.none() | st.dates(),
)
day_times = st.builds(
    DayTime,
    kind=st.sampled_from(AvailabilityKind),
    first_day=st.dates(),
    last_day=st.dates(),
    starts=st.none() | moments,
    ends=st.none() | moments,
)
anything = st.builds(
    Availability,
    weekly=st.lists(weekly_times, max_size=5).map(tuple),
    days=st.lists(day_times, max_size=5).map(tuple),
    school_holidays_off=st.booleans(),
)


@given(anything)
def test_times_survive_the_log_and_order_does_not_matter(given_times: Availability) -> None:
    assert from_json(to_json(given_times)) == given_times
    turned = replace(
        given_times, weekly=given_times.weekly[::-1], days=(*given_times.days, *given_times.days)
    )
    assert normal(turned) == normal(given_times)


@hypothesis_settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(anything)
def test_change_stores_what_was_asked_or_nothing(
    session: Session, desk: Desk, asked: Availability
) -> None:
    profile = factories.speaker(session).profile
    assert profile is not None
    try:
        times.change(session, desk, profile, asked)
    except Invalid:
        asked = Availability()
    session.flush()
    session.expire_all()
    assert times.read(profile) == normal(asked)
    session.rollback()


def test_nobody_takes_back_what_somebody_else_has_entered(
    session: Session, desk: Desk, profile: Profile
) -> None:
    helper = factories.person(session, Role.COORDINATOR)
    session.flush()
    helping = replace(desk, actor=Actor.of(helper))
    times.change(session, helping, profile, wanted(weekly=(ODD,)))
    assert times.undoable(session, desk, profile) is None
    with pytest.raises(NotPossible):
        times.undo(session, desk, profile)
    times.undo(session, helping, profile)
    assert times.read(profile) == wanted()


def test_days_off_told_by_others_are_added_once_and_confirm_nothing(
    session: Session, desk: Desk, profile: Profile
) -> None:
    first, last = DAY_OFF.first_day, DAY_OFF.last_day
    assert times.take_off(session, desk, profile, first, last, reason="absent")
    session.flush()
    assert times.read(profile) == wanted(days=(DAY_OFF,))
    assert profile.confirmed_at is None
    assert not times.take_off(session, desk, profile, first + timedelta(days=1), last)
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.reason) == ("availability.changed", "absent")
    times.undo(session, desk, profile)
    assert times.read(profile) == wanted()


def test_days_off_are_taken_back_only_from_times_as_they_left_them(
    session: Session, desk: Desk, profile: Profile
) -> None:
    entry = times.take_off(session, desk, profile, DAY_OFF.first_day, DAY_OFF.last_day)
    assert entry is not None
    times.change(session, desk, profile, wanted(weekly=(ODD,), days=(DAY_OFF,)))
    assert not times.take_back(session, desk, profile, entry)
    assert times.read(profile) == wanted(weekly=(ODD,), days=(DAY_OFF,))
    times.change(session, desk, profile, wanted(days=(DAY_OFF,)))
    assert times.take_back(session, desk, profile, entry)
    assert times.read(profile) == wanted()
    version = profile.version
    assert times.take_back(session, desk, profile, entry)
    assert profile.version == version


def test_days_off_that_are_over_are_refused(session: Session, desk: Desk, profile: Profile) -> None:
    yesterday = desk.today - timedelta(days=1)
    with pytest.raises(Invalid):
        times.take_off(session, desk, profile, yesterday, yesterday)
