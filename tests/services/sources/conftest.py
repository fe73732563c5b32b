"""A speaker with calendars, and readings as the limited process gives them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from matchmaker.calendars.reading.reader import Question
from matchmaker.calendars.reading.reader import read as read_file
from matchmaker.models import CalendarSource, Profile
from matchmaker.services.desk import Desk
from matchmaker.services.sources import reading, sources
from tests import factories

OWNER = "worker"
EVENING = {"from": "2027-01-12T17:00+01:00", "to": "2027-01-12T21:00+01:00", "kind": "busy"}
LUNCH = {"from": "2027-01-13T12:00+01:00", "to": "2027-01-13T13:00+01:00", "kind": "avoid"}
Reads = Callable[..., None]
ReadsFile = Callable[..., None]


@pytest.fixture
def profile(session: Session) -> Profile:
    person = factories.speaker(session, weekly=((1, 16, 21),))
    assert person.profile is not None
    return person.profile


def a_reading(*busy: dict[str, str], complete: bool = True) -> dict[str, Any]:
    report = {"taken": len(busy), "skipped": 0, "occurrences": len(busy), "complete": complete}
    return {"busy": [*busy], "report": {**report, "reasons": {}, "warnings": [], "entries": []}}


@pytest.fixture
def reads(session: Session, desk: Desk) -> Reads:
    """Let a worker read the calendar that is due and find these times."""

    def read(*busy: dict[str, str], complete: bool = True, at: Desk = desk) -> None:
        due = reading.claim(session, at, OWNER)
        assert due is not None
        found = reading.Read(
            content=b"bytes", reading=a_reading(*busy, complete=complete), etag='"1"'
        )
        reading.store(session, at, due, OWNER, found)

    return read


@pytest.fixture
def reads_file(session: Session, desk: Desk) -> ReadsFile:
    """Let a worker read the calendar that is due: these entries, with the reader that it uses."""

    def read(*entries: str, at: Desk = desk, cut_off: bool = False) -> None:
        due = reading.claim(session, at, OWNER)
        assert due is not None
        content = a_file(*entries, cut_off=cut_off)
        found = read_file(content, Question(first=due.first, last=due.last)).to_json()
        reading.store(session, at, due, OWNER, reading.Read(content=content, reading=found))

    return read


def a_file(*entries: str, cut_off: bool = False) -> bytes:
    events = [f"BEGIN:VEVENT\nUID:{n}\n{lines}\nEND:VEVENT" for n, lines in enumerate(entries)]
    end = [] if cut_off else ["END:VCALENDAR"]
    return "\n".join(["BEGIN:VCALENDAR", *events, *end, ""]).replace("\n", "\r\n").encode()


def entry(day: str, start: str = "17", end: str = "21", *more: str) -> str:
    """Lines of an event on a day, from one full hour in Berlin to another."""
    zone = "TZID=Europe/Berlin"
    return "\n".join([f"DTSTART;{zone}:{day}T{start}0000", f"DTEND;{zone}:{day}T{end}0000", *more])


@pytest.fixture
def subscribed(session: Session, desk: Desk, profile: Profile) -> CalendarSource:
    return sources.add_address(session, desk, profile, "webcal://kalender.example/secret.ics")
