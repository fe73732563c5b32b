"""What is long over does not stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.models import BusyInterval, CalendarSource, Profile
from matchmaker.services.desk import Desk
from matchmaker.services.sources import reading, sources
from matchmaker.services.sources.reading import Failure
from matchmaker.services.sources.upkeep import expire

from .conftest import EVENING, OWNER, Reads


def left(session: Session, desk: Desk, days: int) -> tuple[int, int]:
    """How many calendars and times are left after so many days."""
    expire(session, replace(desk, now=desk.now + timedelta(days=days)))
    calendars = session.scalar(select(func.count(CalendarSource.id)))
    return calendars or 0, session.scalar(select(func.count(BusyInterval.id))) or 0


def test_times_go_half_a_year_after_they_are_over(
    session: Session, desk: Desk, profile: Profile, reads: Reads, subscribed: CalendarSource
) -> None:
    reads(EVENING)
    sources.let_count(session, desk, profile, subscribed.id)
    session.flush()
    assert left(session, desk, 190) == (1, 1)
    assert left(session, desk, 210) == (1, 0)


def test_files_go_half_a_year_after_their_last_day(
    session: Session, desk: Desk, profile: Profile, reads: Reads
) -> None:
    row = sources.add_file(session, desk, profile, "a.ics", b"x")
    reads(EVENING)
    sources.let_count(session, desk, profile, row.id)
    session.flush()
    assert left(session, desk, 400) == (1, 0)
    assert left(session, desk, 399 + 184) == (0, 0)


def test_files_that_could_not_be_read_go_after_a_month(
    session: Session, desk: Desk, profile: Profile
) -> None:
    sources.add_file(session, desk, profile, "a.ics", b"x")
    due = reading.claim(session, desk, OWNER)
    assert due is not None
    reading.fail(session, desk, due, OWNER, Failure.NOT_A_CALENDAR)
    session.flush()
    assert left(session, desk, 29) == (1, 0)
    assert left(session, desk, 31) == (0, 0)


def test_files_that_nobody_reads_any_more_go_after_a_month(
    session: Session, desk: Desk, profile: Profile
) -> None:
    """Handed in by somebody who was no longer active a moment later: its bytes do not stay."""
    sources.add_file(session, desk, profile, "a.ics", b"x")
    profile.person.active = False
    session.flush()
    assert reading.claim(session, desk, OWNER) is None
    assert left(session, desk, 29) == (1, 0)
    assert left(session, desk, 31) == (0, 0)
