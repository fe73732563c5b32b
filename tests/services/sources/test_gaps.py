"""Readings that are not complete: they may add times, and never free anybody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import BusyInterval, CalendarSource, Profile
from matchmaker.models.states import CalendarSourceState
from matchmaker.services.desk import Desk
from matchmaker.services.sources import reading, sources
from matchmaker.services.sources.counted import found_times

from .conftest import EVENING, LUNCH, OWNER, Reads, ReadsFile, entry

BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY, WEDNESDAY = entry("20270112"), entry("20270113")
Accept = Callable[[], CalendarSource]


def later(desk: Desk, **units: float) -> Desk:
    return replace(desk, now=desk.now + timedelta(**units))


def counted(session: Session) -> list[tuple[str, str, str]]:
    """Day, hours and kind of what counts, on the wall clock."""
    return [
        (f"{start:%d.%m.}", f"{start:%H}–{end:%H}", kind.value)
        for start, end, kind in (
            (row.starts_at.astimezone(BERLIN), row.ends_at.astimezone(BERLIN), row.kind)
            for row in session.scalars(select(BusyInterval).order_by(BusyInterval.starts_at))
        )
    ]


@pytest.fixture
def accept(session: Session, desk: Desk, profile: Profile, subscribed: CalendarSource) -> Accept:
    """Let the person take over what was found."""
    return lambda: sources.let_count(session, desk, profile, subscribed.id)


def test_half_a_reading_after_half_a_reading_frees_nobody(
    session: Session, desk: Desk, reads: Reads, accept: Accept
) -> None:
    reads(EVENING, LUNCH, complete=False)
    row = accept()
    reads(LUNCH, complete=False, at=later(desk, hours=2))
    assert counted(session) == [("12.01.", "17–21", "busy"), ("13.01.", "12–13", "avoid")]
    assert (row.failure, row.state) == ("incomplete", CalendarSourceState.COUNTS)


def test_what_is_new_in_half_a_reading_counts(
    session: Session, desk: Desk, reads_file: ReadsFile, accept: Accept
) -> None:
    reads_file(TUESDAY)
    row = accept()
    read_at, known_until = row.read_at, row.known_until
    for hours in (1, 2):  # the second half a reading is heeded as the first one
        reads_file(WEDNESDAY, at=later(desk, hours=hours), cut_off=True)
        assert counted(session) == [("12.01.", "17–21", "busy"), ("13.01.", "17–21", "busy")]
        assert (row.failure, row.failures) == ("incomplete", hours)
        # The person looks at what counts, and learns why it may be too much or too little.
        assert len(found_times(row.found)) == 2
        assert row.report is not None
        assert row.report["warnings"] == ["cut_off"]
        assert (row.read_at, row.known_until) == (read_at, known_until)
    reads_file(WEDNESDAY, at=later(desk, hours=3))
    assert counted(session) == [("13.01.", "17–21", "busy")]
    assert row.failure == ""


def test_half_a_reading_never_makes_a_time_shorter_or_milder(
    session: Session, desk: Desk, reads_file: ReadsFile, accept: Accept
) -> None:
    reads_file(TUESDAY, WEDNESDAY)
    accept()
    milder = entry("20270113", "17", "21", "STATUS:TENTATIVE")
    reads_file(entry("20270112", "19", "22"), milder, at=later(desk, hours=1), cut_off=True)
    assert counted(session) == [("12.01.", "17–22", "busy"), ("13.01.", "17–21", "busy")]


def test_gaps_that_were_there_before_are_told_once(
    session: Session, desk: Desk, reads_file: ReadsFile, accept: Accept
) -> None:
    """Who has taken over a calendar with gaps is not warned of the same gaps every hour."""
    odd = "DTSTART:20270112T170000Z\nDTEND:20270112T160000Z"
    reads_file(TUESDAY, odd)
    row = accept()
    reads_file(TUESDAY, WEDNESDAY, odd, at=later(desk, hours=1))
    assert (row.failure, len(counted(session))) == ("", 2)
    # What is over by now is not missing.
    reads_file(WEDNESDAY, odd, at=replace(desk, now=datetime(2027, 1, 13, 1, tzinfo=BERLIN)))
    assert (row.failure, len(counted(session))) == ("", 2)


def test_gaps_that_nobody_has_accepted_stay_a_failure(
    session: Session, desk: Desk, reads_file: ReadsFile, accept: Accept
) -> None:
    reads_file(TUESDAY)
    row = accept()
    reads_file(TUESDAY, at=later(desk, hours=1), cut_off=True)
    due = reading.claim(session, later(desk, hours=2), OWNER)
    assert due is not None
    reading.fail(session, later(desk, hours=2), due, OWNER, reading.Failure.UNREACHABLE)
    reads_file(TUESDAY, at=later(desk, hours=3), cut_off=True)
    assert (row.failure, row.failures) == ("incomplete", 3)


def test_half_a_reading_is_read_again_though_the_server_has_nothing_new(
    session: Session, desk: Desk, reads: Reads, accept: Accept
) -> None:
    reads(EVENING)
    accept()
    reads(LUNCH, complete=False, at=later(desk, hours=1))
    due = reading.claim(session, later(desk, hours=2), OWNER)
    assert due is not None
    assert (due.etag, due.last_modified) == ("", "")


def test_the_person_may_drop_what_was_kept(
    session: Session,
    desk: Desk,
    profile: Profile,
    reads_file: ReadsFile,
    accept: Accept,
) -> None:
    """Taken back, read again, looked at and taken over: with that they accept the gaps."""
    reads_file(TUESDAY)
    row = accept()
    reads_file(WEDNESDAY, at=later(desk, hours=1), cut_off=True)
    sources.stop_counting(session, desk, profile, row.id)
    sources.read_again(session, later(desk, hours=1), profile, row.id)
    reads_file(WEDNESDAY, at=later(desk, hours=1), cut_off=True)
    accept()
    assert counted(session) == [("13.01.", "17–21", "busy")]
    reads_file(WEDNESDAY, at=later(desk, hours=2), cut_off=True)
    assert row.failure == ""


def test_who_takes_half_a_reading_over_accepts_its_gaps(
    session: Session, desk: Desk, profile: Profile, reads_file: ReadsFile, accept: Accept
) -> None:
    reads_file(TUESDAY)
    row = accept()
    reads_file(TUESDAY, at=later(desk, hours=1), cut_off=True)
    sources.stop_counting(session, desk, profile, row.id)
    accept()  # as it stands, gaps and all
    reads_file(TUESDAY, at=later(desk, hours=2), cut_off=True)
    assert row.failure == ""
