"""Requests and cancellations: exact bytes, hostile texts, instants."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from icalendar import Calendar, Event

from matchmaker.calendars.event import CalendarEvent, PartStat
from matchmaker.calendars.invite import cancel_bytes, request_bytes
from matchmaker.text import clean_line, clean_text
from tests.calendars.lint import faults, logical_lines
from tests.calendars.samples import cancelled, event, hostile, wall

VTIMEZONE = [
    "BEGIN:VTIMEZONE",
    "TZID:Europe/Berlin",
    "BEGIN:DAYLIGHT",
    "TZNAME:CEST",
    "TZOFFSETFROM:+0100",
    "TZOFFSETTO:+0200",
    "DTSTART:19700329T020000",
    "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
    "END:DAYLIGHT",
    "BEGIN:STANDARD",
    "TZNAME:CET",
    "TZOFFSETFROM:+0200",
    "TZOFFSETTO:+0100",
    "DTSTART:19701025T030000",
    "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
    "END:STANDARD",
    "END:VTIMEZONE",
]


PROPERTIES = [
    "UID",
    "SEQUENCE",
    "DTSTAMP",
    "CREATED",
    "LAST-MODIFIED",
    "DTSTART",
    "DTEND",
    "SUMMARY",
    "STATUS",
    "TRANSP",
    "CLASS",
    "ORGANIZER",
    "ATTENDEE",
    "X-MICROSOFT-CDO-BUSYSTATUS",
    "X-MICROSOFT-DISALLOW-COUNTER",
]


def parsed(content: bytes) -> Event:
    (found,) = Calendar.from_ical(content).walk("VEVENT")
    assert isinstance(found, Event)
    return found


def test_request_is_written_line_by_line() -> None:
    assert logical_lines(request_bytes(event())) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//matchmaker//matchmaker//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:REQUEST",
        *VTIMEZONE,
        "BEGIN:VEVENT",
        "UID:inv-01JGA0000000000000000000@arbeitsmarkt.example",
        "SEQUENCE:0",
        "DTSTAMP:20261228T080000Z",
        "CREATED:20261228T080000Z",
        "LAST-MODIFIED:20261228T080000Z",
        "DTSTART;TZID=Europe/Berlin:20270119T180000",
        "DTEND;TZID=Europe/Berlin:20270119T200000",
        r"SUMMARY:Arbeitsmarktgespräch: Anerkennung\, Zeugnisse\; Übersetzung",
        r"DESCRIPTION:Thema: Anerkennung\nSprache: Dari",
        r"LOCATION:Karl-Marx-Straße 100\, 12043 Berlin",
        "URL:https://arbeitsmarkt.example/termin/7",
        "STATUS:CONFIRMED",
        "TRANSP:OPAQUE",
        "CLASS:PUBLIC",
        'ORGANIZER;CN="Verein für Arbeit e. V.":mailto:planung@arbeitsmarkt.example',
        'ATTENDEE;CN="Amina Koch";CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;'
        "PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:amina.koch@jobcenter.example",
        "X-MICROSOFT-CDO-BUSYSTATUS:BUSY",
        "X-MICROSOFT-DISALLOW-COUNTER:TRUE",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


def test_cancel_keeps_time_title_and_people_and_frees_the_time() -> None:
    asked, called_off = (
        logical_lines(content) for content in (request_bytes(event()), cancel_bytes(cancelled()))
    )
    assert [line for line in called_off if line not in asked] == [
        "METHOD:CANCEL",
        "SEQUENCE:1",
        "STATUS:CANCELLED",
        "TRANSP:TRANSPARENT",
        'ATTENDEE;CN="Amina Koch";CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;'
        "PARTSTAT=ACCEPTED;RSVP=TRUE:mailto:amina.koch@jobcenter.example",
    ]


def test_minor_update_carries_the_recorded_answer() -> None:
    content = request_bytes(event(partstat=PartStat.TENTATIVE))
    assert parsed(content)["ATTENDEE"].params["PARTSTAT"] == "TENTATIVE"


@given(hostile, hostile, hostile, hostile, hostile)
def test_hostile_texts_stay_inside_their_property(
    summary: str, description: str, location: str, name: str, url: str
) -> None:
    sample = event(
        summary=summary,
        description=description,
        location=location,
        attendee_name=name,
        organizer_name=name,
        url=url,
    )
    content = request_bytes(sample)
    assert faults(content) == []
    read = parsed(content)
    assert read["SUMMARY"] == (clean_line(summary) or "–")
    assert read.get("DESCRIPTION", "") == clean_text(description)
    assert read.get("LOCATION", "") == clean_line(location)
    assert [key for key in read if key not in {"DESCRIPTION", "LOCATION", "URL"}] == PROPERTIES


@given(hostile)
def test_attendee_name_survives_but_for_quotes_and_backslashes(name: str) -> None:
    params = parsed(request_bytes(event(attendee_name=name)))["ATTENDEE"].params
    shown = clean_line(name).replace('"', "'").replace("\\", "/")
    assert params["CN"] == (shown or "amina.koch@jobcenter.example")


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (wall(2027, 1, 19, 18), datetime(2027, 1, 19, 17, tzinfo=UTC)),
        (wall(2027, 7, 6, 18), datetime(2027, 7, 6, 16, tzinfo=UTC)),
        (wall(2027, 3, 28, 1, 59), datetime(2027, 3, 28, 0, 59, tzinfo=UTC)),
        (wall(2027, 3, 28, 3), datetime(2027, 3, 28, 1, tzinfo=UTC)),
        (wall(2027, 3, 28, 15), datetime(2027, 3, 28, 13, tzinfo=UTC)),
        (wall(2027, 10, 31, 1, 59), datetime(2027, 10, 30, 23, 59, tzinfo=UTC)),
        (wall(2027, 10, 31, 2, 30), datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
        (wall(2027, 10, 31, 15), datetime(2027, 10, 31, 14, tzinfo=UTC)),
    ],
)
@pytest.mark.parametrize("lookup", [True, False], ids=["tz-database", "our-VTIMEZONE"])
def test_request_means_the_right_instant(start: datetime, expected: datetime, lookup: bool) -> None:
    sample = event(start=start, end=start.replace(hour=start.hour + 2))
    calendar = Calendar.from_ical(request_bytes(sample))
    (zone,) = calendar.walk("VTIMEZONE")
    read = start.replace(tzinfo=zone.to_tz(lookup_tzid=lookup)).astimezone(UTC)
    assert (sample.start_utc, read) == (expected, expected)


def test_other_zone_is_written_in_utc() -> None:
    lines = logical_lines(request_bytes(event(timezone="Europe/Lisbon")))
    assert [line for line in lines if line.startswith(("DTSTART", "DTEND", "TZID"))] == [
        "DTSTART:20270119T180000Z",
        "DTEND:20270119T200000Z",
    ]


def test_two_renders_are_identical() -> None:
    assert request_bytes(event()) == request_bytes(event())
    assert cancel_bytes(cancelled()) == cancel_bytes(cancelled())


@pytest.mark.parametrize(
    ("sample", "message"),
    [
        (event(uid="a b"), "not a usable UID: 'a b'"),
        (event(uid=""), "not a usable UID: ''"),
        (event(sequence=-1), "negative SEQUENCE: -1"),
        (
            event(end=wall(2027, 1, 19, 18)),
            "the event ends before it starts: 2027-01-19 18:00:00 to 2027-01-19 18:00:00",
        ),
        (event(attendee_email="a@b\r\nX:1"), r"not a mail address: 'a@b\r\nX:1'"),
        (event(organizer_email=""), "not a mail address: ''"),
        (
            event(attendee_email="PLANUNG@arbeitsmarkt.example"),
            "inv-01JGA0000000000000000000@arbeitsmarkt.example: "
            "the organiser cannot invite its own address",
        ),
        (
            event(stamp=wall(2027, 1, 1, 0)),
            "expected an aware time, got 2027-01-01T00:00:00",
        ),
        (
            event(start=datetime(2027, 1, 19, 18, tzinfo=UTC)),
            "expected a wall-clock time without a zone, got 2027-01-19T18:00:00+00:00",
        ),
        (
            cancelled(),
            "inv-01JGA0000000000000000000@arbeitsmarkt.example is cancelled; "
            "a cancelled UID is never invited again",
        ),
    ],
)
def test_request_refuses_facts_that_no_calendar_can_hold(
    sample: CalendarEvent, message: str
) -> None:
    with pytest.raises(ValueError) as refusal:  # noqa: PT011  # the text is compared below
        request_bytes(sample)
    assert str(refusal.value) == message


def test_cancel_refuses_a_confirmed_event() -> None:
    with pytest.raises(ValueError, match="is not cancelled"):
        cancel_bytes(event())
