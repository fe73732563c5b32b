"""The worker's lane for calendars: from a file or an address to times that a person can look at."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker, undefer

from matchmaker.jobs import reading, refreshing
from matchmaker.jobs.workplace import Workplace
from matchmaker.models import CalendarSource, Profile
from matchmaker.models.states import CalendarSourceState
from matchmaker.remote.fetching import Policy
from matchmaker.services.desk import Desk
from matchmaker.services.sources import sources
from tests import factories
from tests.remote.servers import Server, file, serving

from .conftest import Hands

CALENDAR = (
    b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:one\r\nSUMMARY:secret\r\n"
    b"DTSTART:20270112T160000Z\r\nDTEND:20270112T200000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
FOUND = [{"from": "2027-01-12T17:00+01:00", "to": "2027-01-12T21:00+01:00", "kind": "busy"}]
CONFIRMED = CalendarSourceState.COUNTS


@pytest.fixture
def profile(factory: sessionmaker[Session]) -> Profile:
    with factory.begin() as session:
        person = factories.speaker(session)
        assert person.profile is not None
        return person.profile


def the_source(place: Workplace) -> CalendarSource:
    with place.factory() as session:
        return session.scalars(
            select(CalendarSource).options(
                undefer(CalendarSource.found), undefer(CalendarSource.body)
            )
        ).one()


def handed_in(place: Workplace, desk: Desk, profile: Profile, body: bytes) -> CalendarSource:
    with place.factory.begin() as session:
        sources.add_file(session, desk, session.merge(profile), "a.ics", body)
    assert refreshing.read_calendars(place) == 1
    return the_source(place)


def test_a_file_is_read_and_its_bytes_are_forgotten(
    place: Workplace, desk: Desk, profile: Profile
) -> None:
    row = handed_in(place, desk, profile, CALENDAR)
    assert (row.state, row.found, row.body) == (CalendarSourceState.READ, FOUND, None)
    assert row.report is not None
    assert (row.report["taken"], row.report["complete"]) == (1, True)
    assert refreshing.read_calendars(place) == 0


def test_our_own_invitations_are_skipped(place: Workplace, desk: Desk, profile: Profile) -> None:
    own = f"inv-01JGFJJZ000000000000000000@{place.settings.uid_host}".encode()
    row = handed_in(place, desk, profile, CALENDAR.replace(b"UID:one", b"UID:" + own))
    assert (row.found, (row.report or {})["reasons"]) == ([], {"own": 1})


def test_another_file_is_named_as_such(place: Workplace, desk: Desk, profile: Profile) -> None:
    row = handed_in(place, desk, profile, b"Dienstag: Zahnarzt")
    assert (row.state, row.failure) == (CalendarSourceState.FAILED, "not_a_calendar")


def test_a_file_that_is_too_much_is_named_as_such(
    place: Workplace, desk: Desk, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PATIENCE_SECONDS", 0.0)
    row = handed_in(place, desk, profile, CALENDAR)
    assert row.state is CalendarSourceState.FAILED


def asked(place: Workplace, server: Server) -> CalendarSource:
    """What is known after the worker has asked the server."""
    allowed = {"127.0.0.1", "::1"}
    policy = Policy(http=True, allowed=allowed.__contains__, port=server.port, seconds=5)
    assert refreshing.read_calendars(place, policy) == 1
    return the_source(place)


@pytest.fixture
def subscribed(place: Workplace, desk: Desk, profile: Profile) -> None:
    with place.factory.begin() as session:
        row = sources.add_address(session, desk, session.merge(profile), "https://localhost/a.ics")
        row.url = "http://localhost/a.ics"


@pytest.mark.usefixtures("subscribed")
def test_an_address_is_asked_every_hour_and_only_for_news(place: Workplace, hands: Hands) -> None:
    with serving(file(CALENDAR, ETag='"1"')) as server:
        row = asked(place, server)
        assert (row.state, row.found, row.etag) == (CalendarSourceState.READ, FOUND, '"1"')
        assert refreshing.read_calendars(place) == 0
        hands.late += timedelta(hours=1, minutes=1)
        server.answer = file(b"", 304)
        row = asked(place, server)
        assert (row.found, row.failure, row.read_at) == (FOUND, "", place.clock())
        assert server.requests[-1][1]["If-None-Match"] == '"1"'


@pytest.mark.usefixtures("subscribed")
@pytest.mark.parametrize(
    ("status", "content", "failure"),
    [
        (404, b"", "gone"),
        (410, b"", "gone"),
        (401, b"", "refused"),
        (403, b"", "refused"),
        (500, b"", "trouble"),
        (200, b"<html>please sign in</html>", "not_a_calendar"),
        (200, b"x" * 1_100_000, "too_large"),
        (200, CALENDAR.replace(b"END:VCALENDAR\r\n", b""), "incomplete"),
    ],
)
def test_a_failure_keeps_what_was_read_and_is_told(
    place: Workplace, hands: Hands, status: int, content: bytes, failure: str
) -> None:
    with serving(file(CALENDAR)) as server:
        asked(place, server)
        with place.factory.begin() as session:
            row = session.scalars(select(CalendarSource)).one()
            profile = session.get_one(Profile, row.person_id)
            sources.let_count(session, place.desk(), profile, row.id)
        hands.late += timedelta(hours=1, minutes=1)
        server.answer = file(content, status)
        after = asked(place, server)
    assert (after.failure, after.found, after.state) == (failure, FOUND, CONFIRMED)


@pytest.mark.usefixtures("subscribed")
def test_the_same_bytes_are_not_read_again_while_enough_days_are_known(
    place: Workplace, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(file(CALENDAR)) as server:  # it never says that nothing is new
        asked(place, server)
        monkeypatch.setattr(reading, "PATIENCE_SECONDS", 0.0)  # from now on no reading succeeds
        hands.late += timedelta(hours=1, minutes=1)
        row = asked(place, server)
        assert (row.failure, row.found, row.read_at) == ("", FOUND, place.clock())
        server.answer = file(CALENDAR.replace(b"T20", b"T19"))
        hands.late += timedelta(hours=1, minutes=1)
        assert asked(place, server).failure != ""
        server.answer = file(CALENDAR)
        hands.late += timedelta(hours=1, minutes=1)
        assert asked(place, server).failure == ""
        hands.late += timedelta(days=40)
        assert asked(place, server).failure != ""


@pytest.mark.usefixtures("subscribed")
def test_our_own_network_is_not_asked(place: Workplace) -> None:
    with serving(file(CALENDAR)) as server:
        policy = Policy(http=True, port=server.port)
        assert refreshing.read_calendars(place, policy) == 1
        assert (the_source(place).failure, server.requests) == ("unreachable", [])
