"""A feed that is read and put together again stays the same, whatever its texts hold."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from matchmaker.calendars.event import BERLIN, CalendarEvent, Status
from matchmaker.calendars.feed import Entry, FeedInfo, entry, put_together, with_source
from matchmaker.calendars.feed_entries import entries_in

STAMP = datetime(2027, 1, 1, 12, tzinfo=UTC)
TODAY = date(2027, 1, 1)

words = st.text(st.characters(codec="utf-8"), max_size=70)
lines = st.sampled_from(
    [
        "BEGIN:VEVENT",
        "END:VEVENT",
        "BEGIN:VCALENDAR",
        "END:VCALENDAR",
        "UID:another@x.example",
        "DTSTART:19990101T000000Z",
        "STATUS:CANCELLED",
        "SOURCE;VALUE=URI:",
    ]
)
texts = st.lists(words | lines | st.just("\r\n"), max_size=5).map("".join)
"""With the words of calendars anywhere in them: in the middle, at the end, where a line folds."""


@st.composite
def events(draw: st.DrawFn, number: int) -> CalendarEvent:
    start = draw(st.datetimes(datetime(2027, 1, 1), datetime(2027, 3, 1)))  # noqa: DTZ001  # wall clock
    start = start.replace(minute=0, second=0, microsecond=0)
    return CalendarEvent(
        uid=f"talk-{number}@arbeitsmarkt.example",
        sequence=0,
        stamp=STAMP,
        created=STAMP,
        last_modified=STAMP,
        start=start,
        end=start + timedelta(hours=2),
        summary=draw(texts),
        location=draw(texts),
        description=draw(texts),
        status=draw(st.sampled_from(Status)),
    )


@st.composite
def feeds(draw: st.DrawFn) -> tuple[FeedInfo, list[Entry]]:
    info = FeedInfo(name=draw(texts), description=draw(texts), url="")
    some = [draw(events(number)) for number in range(draw(st.integers(0, 3)))]
    return info, sorted(entry(info, one) for one in some)


@given(feeds())
def test_entries_are_read_as_they_were_written(feed: tuple[FeedInfo, list[Entry]]) -> None:
    info, entries = feed
    written = put_together(info, entries, TODAY)
    assert list(entries_in(written, BERLIN)) == [one for one in entries if one.until >= TODAY]
    assert len(Calendar.from_ical(written).walk("VEVENT")) == written.count(b"\r\nEND:VEVENT\r\n")


@given(feeds())
def test_address_is_put_in_where_it_belongs(feed: tuple[FeedInfo, list[Entry]]) -> None:
    url = "https://termine.example/1.ics"
    served = with_source(put_together(*feed, TODAY), url)
    assert Calendar.from_ical(served)["SOURCE"] == url


def one_entry(location: str) -> bytes:
    info = FeedInfo(name="Termine", url="")
    event = CalendarEvent(
        uid="talk-1@arbeitsmarkt.example",
        sequence=0,
        stamp=STAMP,
        created=STAMP,
        last_modified=STAMP,
        start=datetime(2027, 1, 19, 18),  # noqa: DTZ001  # wall clock
        end=datetime(2027, 1, 19, 20),  # noqa: DTZ001  # wall clock
        summary="Gespräch",
        location=location,
    )
    return put_together(info, [entry(info, event)], TODAY)


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        one_entry("Laden").replace(b"\r\nEND:VEVENT\r\n", b"\r\n"),
        one_entry("Laden").replace(b"\r\nLOCATION:", b"\r\nBEGIN:VEVENT\r\nLOCATION:"),
        one_entry("Laden").replace(b"\r\nEND:VEVENT\r\n", b"\r\nEND:VEVENT\r\nX:1\r\n"),
        one_entry("Laden").replace(b"END:VCALENDAR\r\n", b""),
        one_entry("Laden").replace(b"\r\nUID:", b"\r\nX-UID:"),
    ],
)
def test_bytes_that_no_feed_has_are_refused(broken: bytes) -> None:
    with pytest.raises(ValueError, match="entr"):
        list(entries_in(broken, BERLIN))
