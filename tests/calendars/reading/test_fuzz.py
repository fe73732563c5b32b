"""Whatever stands in a file: the reader ends, raises one kind of error, and keeps its promises."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from matchmaker.calendars.reading.decoding import NotACalendarError
from matchmaker.calendars.reading.merging import Interval, Kind, merged
from matchmaker.calendars.reading.reader import Reading, read

from .files import ASKED, calendar

# The end of a computation may fall into a callback of Python's garbage collection, which tells of
# it and goes on; it comes again a moment later.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

NAMES = st.sampled_from(
    [
        "DTSTART",
        "DTEND",
        "DURATION",
        "RRULE",
        "RDATE",
        "EXDATE",
        "RECURRENCE-ID",
        "EXRULE",
        "UID",
        "SEQUENCE",
        "STATUS",
        "TRANSP",
        "FREEBUSY",
        "BEGIN",
        "END",
        "X-WR-TIMEZONE",
        "X",
    ]
)
PARAMETERS = st.sampled_from(
    [
        "",
        ";VALUE=DATE",
        ";TZID=Europe/Berlin",
        ";TZID=Mars",
        ";VALUE=PERIOD",
        ';X="a:b;c"',
        ';"',
        ";RANGE=THISANDFUTURE",
        ";FBTYPE=FREE",
        ";TZID=Customized",
        ";=",
    ]
)
VALUES = st.one_of(
    st.sampled_from(
        [
            "20270105",
            "20270105T170000",
            "20270105T170000Z",
            "20270328T023000",
            "00010101",
            "99991231T235959Z",
            "20270105T170000Z/PT1H",
            "20270105T170000Z/20270106T000000Z",
            "PT1H",
            "P1D",
            "-PT5M",
            "P9999999W",
            "one",
            "two",
            "1",
            "CANCELLED",
            "TENTATIVE",
            "VEVENT",
            "VFREEBUSY",
            "VTIMEZONE",
            "VALARM",
            "VCALENDAR",
            "STANDARD",
            "FREQ=WEEKLY;BYDAY=MO",
            "FREQ=MONTHLY;BYDAY=-1SU;COUNT=3",
            "FREQ=DAILY;COUNT=2",
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
            "FREQ=SECONDLY",
            "FREQ=HOURLY;COUNT=9",
            "FREQ=WEEKLY;UNTIL=20270201",
            "FREQ=DAILY;UNTIL=20270201T000000;INTERVAL=3",
        ]
    ),
    st.text(max_size=20),
)
LINES = st.tuples(NAMES, PARAMETERS, VALUES).map(lambda parts: f"{parts[0]}{parts[1]}:{parts[2]}")
EVENTS = st.lists(LINES, max_size=8).map(lambda lines: ["BEGIN:VEVENT", *lines, "END:VEVENT"])
QUIET = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=150)


def check(found: Reading) -> None:
    """What holds of every reading."""
    lowest = datetime(2026, 12, 31, 23, tzinfo=UTC)
    highest = datetime(2027, 6, 30, 22, tzinfo=UTC)
    last = lowest
    for row in found.busy:
        assert last <= row.start < row.end <= highest
        last = row.end
    report = found.to_json()["report"]
    assert report["taken"] <= report["occurrences"] <= 5_000
    assert (report["occurrences"] > 0) == bool(found.busy)
    assert sum(note["outcome"] == "skipped" for note in report["entries"]) == report["skipped"]


@QUIET
@given(st.lists(EVENTS, max_size=5))
def test_calendars_of_odd_lines(events: list[list[str]]) -> None:
    check(read(calendar(*(line for event in events for line in event)), ASKED))


@QUIET
@given(st.binary(max_size=400))
@example(b"BEGIN:VCALENDAR\xff\xfe")
@example(b"\xff\xfeB")
def test_bytes(data: bytes) -> None:
    for content in (data, b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + data):
        try:
            check(read(content, ASKED))
        except NotACalendarError:
            continue


@QUIET
@given(st.data())
def test_spoiled_calendars(data: st.DataObject) -> None:
    lines = data.draw(st.lists(EVENTS, min_size=1, max_size=4))
    content = bytearray(calendar(*(line for event in lines for line in event)))
    for _ in range(data.draw(st.integers(0, 6))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] = data.draw(st.integers(0, 255))
    try:
        check(read(bytes(content), ASKED))
    except NotACalendarError:
        return


MINUTES = st.integers(0, 60)


@QUIET
@given(st.lists(st.tuples(MINUTES, MINUTES, st.sampled_from(Kind)), max_size=12))
def test_merging_says_the_same_of_every_minute(rows: list[tuple[int, int, Kind]]) -> None:
    given_rows = [row for row in rows if row[0] < row[1]]
    found = merged(Interval(_at(start), _at(end), kind) for start, end, kind in given_rows)
    for minute in range(61):
        kinds = {kind for start, end, kind in given_rows if start <= minute < end}
        expected = Kind.BUSY if Kind.BUSY in kinds else Kind.AVOID if kinds else None
        assert next(_covering(found, minute), None) == expected


def _covering(found: list[Interval], minute: int) -> Iterator[Kind]:
    return (row.kind for row in found if row.start <= _at(minute) < row.end)


def _at(minute: int) -> datetime:
    return datetime(2027, 1, 5, 10 + minute // 60, minute % 60, tzinfo=UTC)
