"""Reading again and again: when, what counts meanwhile, and what a failure does (nothing)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.models import AuditEntry, BusyInterval, CalendarSource, Profile
from matchmaker.models.states import CalendarSourceState
from matchmaker.services.desk import Desk
from matchmaker.services.sources import reading, sources
from matchmaker.services.sources.reading import Failure

from .conftest import EVENING, LUNCH, OWNER, Reads


def later(desk: Desk, **hours: float) -> Desk:
    return replace(desk, now=desk.now + timedelta(**hours))


def counted(session: Session) -> int:
    return session.scalar(select(func.count(BusyInterval.id))) or 0


@pytest.fixture
def counting(
    session: Session, desk: Desk, profile: Profile, reads: Reads, subscribed: CalendarSource
) -> CalendarSource:
    reads(EVENING)
    return sources.let_count(session, desk, profile, subscribed.id)


def test_a_confirmed_calendar_is_heeded_as_it_changes(
    session: Session, desk: Desk, reads: Reads, counting: CalendarSource
) -> None:
    assert reading.claim(session, desk, OWNER) is None
    reads(EVENING, LUNCH, at=later(desk, hours=1))
    assert (counted(session), counting.state) == (2, CalendarSourceState.COUNTS)
    reads(LUNCH, EVENING, at=later(desk, hours=2))
    refreshed = select(func.count(AuditEntry.id)).where(
        AuditEntry.action == "calendar_source.refreshed"
    )
    assert (
        session.scalar(refreshed) == 1
    )  # plans are worked out anew only if there is something new


def test_a_failure_frees_nobody_and_is_told(
    session: Session, desk: Desk, counting: CalendarSource
) -> None:
    at = desk
    for wait in (5, 30, 120, 360, 360):
        at = replace(at, now=counting.next_at)
        due = reading.claim(session, at, OWNER)
        assert due is not None
        reading.fail(session, at, due, OWNER, Failure.UNREACHABLE)
        assert counting.next_at == at.now + timedelta(minutes=wait)
    assert (counting.failure, counting.failures) == ("unreachable", 5)
    assert (counting.state, counted(session)) == (CalendarSourceState.COUNTS, 1)
    due = reading.claim(session, replace(at, now=counting.next_at), OWNER)
    assert due is not None
    reading.unchanged(session, at, due, OWNER)
    assert (counting.failure, counting.failures) == ("", 0)


def test_what_could_never_be_read_has_failed(
    session: Session, desk: Desk, profile: Profile
) -> None:
    row = sources.add_file(session, desk, profile, "photo.jpg", b"\xff\xd8")
    due = reading.claim(session, desk, OWNER)
    assert due is not None
    reading.fail(session, desk, due, OWNER, Failure.NOT_A_CALENDAR)
    assert (row.state, row.body, row.next_at) == (CalendarSourceState.FAILED, None, None)


def test_a_reading_with_gaps_does_not_replace_one_without(
    session: Session, desk: Desk, reads: Reads, counting: CalendarSource
) -> None:
    reads(complete=False, at=later(desk, hours=1))
    assert (counting.failure, counted(session)) == ("incomplete", 1)


def test_who_has_accepted_gaps_keeps_getting_what_can_be_read(
    session: Session, desk: Desk, profile: Profile, reads: Reads, subscribed: CalendarSource
) -> None:
    reads(EVENING, complete=False)
    sources.let_count(session, desk, profile, subscribed.id)
    reads(EVENING, LUNCH, complete=False, at=later(desk, hours=1))
    assert (subscribed.failure, counted(session)) == ("", 2)


def test_a_calendar_is_read_by_one_worker_at_a_time(
    session: Session, desk: Desk, counting: CalendarSource
) -> None:
    at = later(desk, hours=1)
    first = reading.claim(session, at, "first")
    assert first is not None
    assert reading.claim(session, at, "second") is None
    after = later(at, minutes=3)  # the first one has died
    second = reading.claim(session, after, "second")
    assert second is not None
    reading.fail(session, after, first, "first", Failure.TROUBLE)
    assert counting.failure == ""
    reading.unchanged(session, after, second, "second")
    assert counting.lease_owner is None


def test_nobody_asks_for_calendars_of_people_who_are_no_longer_active(
    session: Session, desk: Desk, profile: Profile, subscribed: CalendarSource
) -> None:
    profile.person.active = False
    session.flush()
    assert reading.claim(session, desk, OWNER) is None
    profile.person.active = True
    session.flush()
    due = reading.claim(session, desk, OWNER)
    assert due is not None
    assert due.id == subscribed.id


def test_a_removed_calendar_stays_removed(
    session: Session, desk: Desk, profile: Profile, subscribed: CalendarSource
) -> None:
    due = reading.claim(session, desk, OWNER)
    assert due is not None
    sources.remove(session, desk, profile, subscribed.id)
    reading.unchanged(session, desk, due, OWNER)
    reading.fail(session, desk, due, OWNER, Failure.TROUBLE)
    assert session.scalar(select(func.count(CalendarSource.id))) == 0


def test_an_unchanged_calendar_is_read_again_before_the_days_run_out(
    session: Session, desk: Desk, counting: CalendarSource
) -> None:
    soon = reading.claim(session, later(desk, days=20), OWNER)
    assert soon is not None
    assert soon.etag == '"1"'
    reading.unchanged(session, later(desk, days=20), soon, OWNER)
    late = reading.claim(session, later(desk, days=40), OWNER)
    assert late is not None
    assert (late.etag, late.last_modified) == ("", "")
    assert late.last - late.first == timedelta(days=399)
