"""One talk as a file to save."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from icalendar import Calendar

from matchmaker.calendars.download import file_bytes
from matchmaker.calendars.event import CalendarEvent, Status
from matchmaker.calendars.invite import request_bytes
from tests.calendars.lint import faults
from tests.calendars.samples import NASTY

STAMP = datetime(2027, 1, 1, 12, tzinfo=UTC)
EVENT = CalendarEvent(
    uid="inv-1@arbeitsmarkt.example",
    sequence=2,
    stamp=STAMP,
    created=STAMP,
    last_modified=STAMP,
    start=datetime(2027, 1, 19, 18),  # noqa: DTZ001  # wall clock
    end=datetime(2027, 1, 19, 20),  # noqa: DTZ001  # wall clock
    summary="Gespräch",
    organizer_email="planung@arbeitsmarkt.example",
    attendee_email="r02@amt.example",
)


def test_file_is_no_invitation_but_carries_its_uid_and_sequence() -> None:
    content = file_bytes(EVENT)
    (saved,) = Calendar.from_ical(content).walk("VEVENT")
    (invited,) = Calendar.from_ical(request_bytes(EVENT)).walk("VEVENT")
    names = ("UID", "SEQUENCE", "DTSTART", "DTEND", "LAST-MODIFIED", "SUMMARY")
    assert [saved[name] for name in names] == [invited[name] for name in names]
    for unwanted in (b"METHOD", b"ATTENDEE", b"ORGANIZER"):
        assert unwanted not in content


def test_file_of_a_cancelled_talk_says_so() -> None:
    content = file_bytes(replace(EVENT, status=Status.CANCELLED), "Abgesagt: ")
    (saved,) = Calendar.from_ical(content).walk("VEVENT")
    assert (saved["SUMMARY"], saved["STATUS"]) == ("Abgesagt: Gespräch", "CANCELLED")


def test_file_is_the_same_each_time() -> None:
    assert file_bytes(EVENT) == file_bytes(EVENT)


@pytest.mark.parametrize("text", NASTY)
def test_file_is_as_all_programs_read_it(text: str) -> None:
    event = replace(EVENT, summary=text, description=text, location=text, url=f"https://x/{text}")
    assert faults(file_bytes(event)) == []
