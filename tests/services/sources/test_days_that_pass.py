"""The same calendar on another day is no news, and what is over stays for its half year."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.models import AuditEntry, BusyInterval, CalendarSource, Profile
from matchmaker.services.desk import Desk
from matchmaker.services.sources import sources

from .conftest import EVENING, LUNCH, Reads, ReadsFile, entry

BERLIN = ZoneInfo("Europe/Berlin")
WORK = entry("20260101", "09", "10", "RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR")
FAIR = "DTSTART;VALUE=DATE:20270110\nDTEND;VALUE=DATE:20270115"
Accept = Callable[[], CalendarSource]


def on(desk: Desk, day: int, hour: int = 1) -> Desk:
    """In January 2027."""
    return replace(desk, now=datetime(2027, 1, day, hour, tzinfo=BERLIN))


def news(session: Session) -> int:
    refreshed = AuditEntry.action == "calendar_source.refreshed"
    return session.scalar(select(func.count(AuditEntry.id)).where(refreshed)) or 0


def ids(session: Session) -> set[int]:
    return set(session.scalars(select(BusyInterval.id)))


def spans(session: Session) -> list[str]:
    rows = session.scalars(select(BusyInterval).order_by(BusyInterval.starts_at))
    pairs = ((row.starts_at.astimezone(BERLIN), row.ends_at.astimezone(BERLIN)) for row in rows)
    return [f"{start:%d. %H}–{end:%d. %H}" for start, end in pairs]


@pytest.fixture
def accept(session: Session, desk: Desk, profile: Profile, subscribed: CalendarSource) -> Accept:
    """Let the person take over what was found."""
    return lambda: sources.let_count(session, desk, profile, subscribed.id)


def test_a_series_is_no_news_on_the_next_day(
    session: Session, desk: Desk, reads_file: ReadsFile, accept: Accept
) -> None:
    reads_file(WORK, at=on(desk, 12))
    accept()
    before = ids(session)
    reads_file(WORK, at=on(desk, 13))
    # Yesterday stays, and the day that is known since today has come in.
    assert news(session) == 0
    assert before < ids(session)
    assert len(ids(session)) == len(before) + 1


def test_what_is_over_stays(session: Session, desk: Desk, reads: Reads, accept: Accept) -> None:
    reads(EVENING, LUNCH)
    accept()
    before = ids(session)
    reads(LUNCH, at=on(desk, 13))
    assert (news(session), ids(session)) == (0, before)


def test_a_change_ahead_is_news_and_touches_nothing_else(
    session: Session, desk: Desk, reads_file: ReadsFile, accept: Accept
) -> None:
    reads_file(entry("20270111"), entry("20270113"), entry("20270114"), at=on(desk, 10))
    accept()
    before = ids(session)
    reads_file(entry("20270113", "18", "21"), entry("20270114"), at=on(desk, 12))
    assert news(session) == 1
    assert spans(session) == ["11. 17–11. 21", "13. 18–13. 21", "14. 17–14. 21"]
    assert len(before & ids(session)) == 2


def test_what_goes_on_right_now_is_no_news_and_keeps_its_beginning(
    session: Session, desk: Desk, reads_file: ReadsFile, accept: Accept
) -> None:
    reads_file(FAIR, at=on(desk, 9))
    accept()
    before = ids(session)
    reads_file(FAIR, at=on(desk, 12, 14))
    assert (news(session), ids(session)) == (0, before)
    reads_file(at=on(desk, 12, 16))  # called off
    assert (news(session), spans(session)) == (1, ["10. 00–12. 16"])


def test_what_begins_or_ends_on_the_day_after_the_last_one_is_no_news(
    session: Session, desk: Desk, reads_file: ReadsFile, accept: Accept
) -> None:
    endless = "DTSTART;VALUE=DATE:20270201\nDTEND;VALUE=DATE:20290101"
    reads_file(endless, at=on(desk, 12))
    accept()
    reads_file(endless, at=on(desk, 13))
    assert (news(session), len(ids(session))) == (0, 1)


def test_days_without_a_reading_are_no_news(
    session: Session, desk: Desk, reads_file: ReadsFile, accept: Accept
) -> None:
    reads_file(WORK, FAIR, at=on(desk, 8))
    accept()
    for day in (9, 12, 20):
        reads_file(WORK, FAIR, at=on(desk, day, 9))
    assert news(session) == 0
