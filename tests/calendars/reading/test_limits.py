"""Files that are too much for a reader: it stops in time and says so."""

from __future__ import annotations

import time
from datetime import date, timedelta

import pytest

from matchmaker.calendars.reading.limits import MAX_BYTES, MAX_OCCURRENCES
from matchmaker.calendars.reading.reader import Question, read

from .files import ASKED, LESSON, calendar, event, reading, reasons, report, times

# The end of a computation may fall into a callback of Python's garbage collection, which tells of
# it and goes on; it comes again a moment later.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

NEVER = "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"


def many(number: int, *lines: str) -> bytes:
    return calendar(*(event(*lines, uid=str(at)) for at in range(number)))


@pytest.mark.parametrize(
    "lines",
    [
        (*LESSON, NEVER),
        ("DTSTART:19000101T100000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY"),
        ("DTSTART:19000101T100000Z", "DURATION:P9999999D", "RRULE:FREQ=DAILY"),
        (*LESSON, "RRULE:FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30"),
    ],
)
def test_computing_ends_in_time(lines: tuple[str, ...]) -> None:
    started = time.process_time()
    found = read(many(1000, *lines), ASKED)
    assert time.process_time() - started < 5
    assert report(found)["complete"] is False
    assert set(reasons(found)) & {"too_slow", "too_many_occurrences"}


def test_a_slow_series_does_not_hide_the_others() -> None:
    slow = event(*LESSON, "RRULE:FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30", uid="slow")
    found = reading(slow, event("DTSTART:20270107T170000Z", "DURATION:PT1H"))
    assert [row[:5] for row in times(found)] == ["01-05", "01-07"]  # its own date is known
    assert (reasons(found), report(found)["complete"]) == ({"too_slow": 1}, False)


def test_at_most_so_many_occurrences() -> None:
    found = read(many(30, *LESSON, "RRULE:FREQ=DAILY"), ASKED)
    assert report(found)["occurrences"] == MAX_OCCURRENCES
    assert (report(found)["complete"], set(reasons(found))) == (False, {"too_many_occurrences"})


def test_at_most_so_many_entries() -> None:
    found = read(many(5_002, "DTSTART;VALUE=DATE:20270105"), ASKED)
    assert (report(found)["taken"], report(found)["skipped"]) == (5_000, 2)
    assert report(found)["warnings"] == ["too_many_entries"]


def test_at_most_so_many_dates_of_an_entry() -> None:
    first = date(2027, 1, 5)
    days = [f"{first + timedelta(days=at):%Y%m%d}" for at in range(150)]
    dates = [f"RDATE;VALUE=DATE:{','.join(days)}", f"RDATE;VALUE=DATE:{','.join(days)}"]
    found = reading(event("DTSTART;VALUE=DATE:20270105", *dates))
    assert (reasons(found), report(found)["complete"]) == ({"too_many_dates": 1}, False)


def test_at_most_so_many_bytes() -> None:
    found = read(many(3_000, *LESSON, "SUMMARY:" + "x" * 400), ASKED)
    assert "too_large" in report(found)["warnings"]
    assert 0 < report(found)["taken"] < 3_000
    exact = calendar(event(*LESSON))
    padded = exact.replace(b"END:VCALENDAR", b"X-PAD:" + b"x" * (MAX_BYTES - len(exact) - 8))
    assert report(read(padded + b"\r\nEND:VCALENDAR\r\n", ASKED))["complete"] is False


def test_at_most_so_many_days() -> None:
    question = Question(first=date(2027, 1, 1), last=date(2029, 1, 1))
    found = read(calendar(event("DTSTART;VALUE=DATE:20270101", "RRULE:FREQ=DAILY")), question)
    assert report(found)["warnings"] == ["fewer_days"]
    assert found.to_json()["busy"][0]["to"] == "2028-02-05T00:00+01:00"


@pytest.mark.parametrize(
    "data",
    [
        calendar(event(*LESSON, "SUMMARY:" + "x" * 900_000)),
        calendar(event(*LESSON, "SUMMARY:" + "\r\n x" * 250_000)),
        b"BEGIN:VCALENDAR\r\n" + b"BEGIN:X\r\n" * 90_000 + calendar(event(*LESSON)),
        calendar(event(*LESSON, 'X;A="' + '";"' * 200_000)),
    ],
)
def test_what_is_not_needed_may_be_as_long_as_it_likes(data: bytes) -> None:
    assert len(times(read(data, ASKED))) == 1


@pytest.mark.parametrize("name", ["DTSTART", "RRULE", "UID", "RDATE"])
def test_what_is_needed_may_not(name: str) -> None:
    found = reading(event(*LESSON, f"{name}:" + "2" * 900_000, "UID:x"))
    assert report(found)["taken"] + report(found)["skipped"] == 1


def test_a_zone_whose_switches_never_end_is_unknown() -> None:
    zone = [
        *("BEGIN:VTIMEZONE", "TZID:bomb", "BEGIN:STANDARD", "DTSTART:16010101T000000"),
        *("TZOFFSETFROM:+0100", "TZOFFSETTO:+0200", "RRULE:FREQ=SECONDLY"),
        *("END:STANDARD", "END:VTIMEZONE"),
    ]
    found = reading(*zone, event("DTSTART;TZID=bomb:20270105T180000", "DURATION:PT1H"))
    assert (times(found), reasons(found)) == (["01-05 18:00–01-05 19:00 busy"], {"unknown_zone": 1})
