"""What a person does with calendars of their own, and what the planning then knows."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.models import AuditEntry, BusyInterval, CalendarSource, Profile
from matchmaker.models.states import BusySource, CalendarSourceState
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Conflict, Invalid, NotFound, NotPossible
from matchmaker.services.problems.people import Period, load_busy
from matchmaker.services.sources import sources
from matchmaker.services.times.expansion import free_time
from tests import factories

from .conftest import EVENING, LUNCH, Reads

JANUARY = Period(
    first=date(2027, 1, 1),
    last=date(2027, 1, 31),
    school=frozenset(),
    zone=ZoneInfo("Europe/Berlin"),
)


def free_hours(session: Session, profile: Profile) -> list[str]:
    """When the planning may invite the person on the second Tuesday of January."""
    found = free_time(
        profile,
        load_busy(session, JANUARY).get(profile.person_id, ()),
        first=date(2027, 1, 12),
        last=date(2027, 1, 12),
        school=JANUARY.school,
        zone=JANUARY.zone,
    )
    return [f"{start:%H:%M}–{end:%H:%M}" for start, end in found.available]


def test_times_count_only_after_the_person_has_seen_them(
    session: Session, desk: Desk, profile: Profile, reads: Reads
) -> None:
    row = sources.add_file(session, desk, profile, "C:\\Users\\me\\kalender.ics", b"BEGIN:")
    assert (row.name, row.state) == ("kalender.ics", CalendarSourceState.WAITING)
    reads(EVENING, LUNCH)
    assert (row.state, row.body, row.next_at) == (CalendarSourceState.READ, None, None)
    assert free_hours(session, profile) == ["16:00–21:00"]
    sources.let_count(session, desk, profile, row.id, seen=sources.fingerprint(row))
    assert free_hours(session, profile) == ["16:00–17:00"]
    assert set(session.scalars(select(BusyInterval.source))) == {BusySource.UPLOAD}


def test_a_talk_of_ours_in_the_calendar_does_not_stand_in_its_own_way(
    session: Session, desk: Desk, profile: Profile, reads: Reads, subscribed: CalendarSource
) -> None:
    person = profile.person
    factories.assignment(session, person, datetime(2027, 1, 12, 17, tzinfo=UTC))  # 18 to 20
    session.flush()
    reads(EVENING)  # 17 to 21, under whatever name and UID
    sources.let_count(session, desk, profile, subscribed.id)
    assert free_hours(session, profile) == ["16:00–17:00", "18:00–20:00"]


def test_taking_over_can_be_taken_back(
    session: Session, desk: Desk, profile: Profile, reads: Reads, subscribed: CalendarSource
) -> None:
    reads(EVENING)
    sources.let_count(session, desk, profile, subscribed.id)
    sources.stop_counting(session, desk, profile, subscribed.id)
    assert free_hours(session, profile) == ["16:00–21:00"]
    sources.let_count(session, desk, profile, subscribed.id, seen=sources.fingerprint(subscribed))
    assert free_hours(session, profile) == ["16:00–17:00"]


def test_removing_takes_everything_along(
    session: Session, desk: Desk, profile: Profile, reads: Reads, subscribed: CalendarSource
) -> None:
    reads(EVENING)
    sources.let_count(session, desk, profile, subscribed.id)
    assert sources.remove(session, desk, profile, subscribed.id) == "kalender.example"
    assert free_hours(session, profile) == ["16:00–21:00"]
    assert session.scalar(select(func.count(CalendarSource.id))) == 0


def test_what_has_changed_since_is_looked_at_again(
    session: Session, desk: Desk, profile: Profile, reads: Reads, subscribed: CalendarSource
) -> None:
    reads(EVENING)
    seen = sources.fingerprint(subscribed)
    sources.read_again(session, desk, profile, subscribed.id)
    session.flush()
    reads(LUNCH)
    with pytest.raises(Conflict):
        sources.let_count(session, desk, profile, subscribed.id, seen=seen)


def test_only_what_was_read_can_count(
    session: Session, desk: Desk, profile: Profile, subscribed: CalendarSource
) -> None:
    with pytest.raises(NotPossible):
        sources.let_count(session, desk, profile, subscribed.id)


def test_calendars_of_others_do_not_exist(
    session: Session, desk: Desk, subscribed: CalendarSource
) -> None:
    other = factories.speaker(session).profile
    assert other is not None
    assert sources.sources_of(session, other) == []
    for act in (
        lambda: sources.source_of(session, other, subscribed.id),
        lambda: sources.let_count(session, desk, other, subscribed.id),
        lambda: sources.stop_counting(session, desk, other, subscribed.id),
        lambda: sources.read_again(session, desk, other, subscribed.id),
        lambda: sources.remove(session, desk, other, subscribed.id),
    ):
        with pytest.raises(NotFound):
            act()


@pytest.mark.parametrize("url", ["", "kalender", "http://a.example/", "https://u:p@a.example/"])
def test_addresses_that_are_not_asked(
    session: Session, desk: Desk, profile: Profile, url: str
) -> None:
    with pytest.raises(Invalid) as caught:
        sources.add_address(session, desk, profile, url)
    assert set(caught.value.fields) == {"url"}


def test_limits(session: Session, desk: Desk, profile: Profile, subscribed: CalendarSource) -> None:
    for body in (b"", b"x" * (sources.LARGEST + 1)):
        with pytest.raises(Invalid):
            sources.add_file(session, desk, profile, "a.ics", body)
    with pytest.raises(Invalid, match="already"):
        sources.add_address(session, desk, profile, "https://kalender.example/secret.ics")
    for _ in range(sources.MOST - 1):
        sources.add_file(session, desk, profile, "a.ics", b"x")
    with pytest.raises(NotPossible):
        sources.add_file(session, desk, profile, "a.ics", b"x")


def test_unreadable_files_make_room(session: Session, desk: Desk, profile: Profile) -> None:
    for number in range(sources.MOST):
        sources.add_file(session, desk, profile, f"{number}.ics", b"x")
    first = sources.sources_of(session, profile)[0]
    first.state = CalendarSourceState.FAILED
    session.flush()
    sources.add_file(session, desk, profile, "new.ics", b"x")
    assert [row.name for row in sources.sources_of(session, profile)] == [
        *(f"{number}.ics" for number in range(1, sources.MOST)),
        "new.ics",
    ]
    with pytest.raises(NotPossible):
        sources.add_file(session, desk, profile, "more.ics", b"x")


def test_the_log_knows_no_address_and_no_name(
    session: Session, desk: Desk, profile: Profile, reads: Reads, subscribed: CalendarSource
) -> None:
    reads(EVENING)
    sources.let_count(session, desk, profile, subscribed.id)
    sources.remove(session, desk, profile, subscribed.id)
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action.like("calendar%"))).all()
    assert [row.action.partition(".")[2] for row in entries] == ["added", "counted", "removed"]
    # Plans that were made before are old: they were made from this person's other times.
    assert {(row.subject_kind, row.subject_id) for row in entries} == {
        ("person", profile.person_id)
    }
    written = json.dumps([[row.before, row.after, row.reason] for row in entries])
    assert "secret" not in written
    assert "kalender.example" not in written
    assert sources.shown_address(subscribed) == "https://kalender.example/…"
