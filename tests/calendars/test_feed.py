"""Feeds: what they list, in which order, and that nothing breaks them."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from icalendar.parser import Contentline

from matchmaker.calendars._components import folded
from matchmaker.calendars.event import CalendarEvent, PartStat, Status
from matchmaker.calendars.feed import Feed, FeedInfo, etag, feed_bytes
from tests.calendars.lint import faults, logical_lines
from tests.calendars.samples import cancelled, event, hostile, wall
from tests.calendars.test_invite import VTIMEZONE

TODAY = date(2027, 1, 10)
INFO = FeedInfo(
    name="Gespräche, Amina Koch",
    description="Alle Termine",
    url="https://arbeitsmarkt.example/kalender/abc/termine.ics",
)


def uids(feed: Feed) -> list[str]:
    return [str(entry["UID"]) for entry in Calendar.from_ical(feed.content).walk("VEVENT")]


def on(day: date, uid: str = "a@x", **changes: object) -> CalendarEvent:
    start = wall(day.year, day.month, day.day, 18)
    return event(uid=uid, start=start, end=start + timedelta(hours=2), **changes)


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\\\\^ä\U0001f331"))
)
def test_lines_are_folded_as_the_library_folds_them(line: str) -> None:
    assert folded(line.encode()) == Contentline(line).to_ical()


def test_empty_feed_is_a_whole_calendar() -> None:
    feed = feed_bytes(INFO, [], TODAY)
    assert (logical_lines(feed.content), feed.skipped) == (
        [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//matchmaker//matchmaker//EN",
            "CALSCALE:GREGORIAN",
            r"NAME:Gespräche\, Amina Koch",
            r"X-WR-CALNAME:Gespräche\, Amina Koch",
            "DESCRIPTION:Alle Termine",
            "X-WR-CALDESC:Alle Termine",
            "COLOR:teal",
            "X-APPLE-CALENDAR-COLOR:#0f5c66",
            "X-WR-TIMEZONE:Europe/Berlin",
            "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
            "X-PUBLISHED-TTL:PT1H",
            "SOURCE;VALUE=URI:https://arbeitsmarkt.example/kalender/abc/termine.ics",
            *VTIMEZONE,
            "END:VCALENDAR",
        ],
        (),
    )


def test_entry_names_no_people_and_keeps_the_invitations_identity() -> None:
    sample = event(sequence=3, partstat=PartStat.ACCEPTED)
    lines = logical_lines(feed_bytes(INFO, [sample], TODAY).content)
    start = lines.index("BEGIN:VEVENT")
    assert lines[start:-1] == [
        "BEGIN:VEVENT",
        "UID:inv-01JGA0000000000000000000@arbeitsmarkt.example",
        "SEQUENCE:3",
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
        "END:VEVENT",
    ]


def test_feed_reaches_ninety_days_back() -> None:
    events = [on(TODAY - timedelta(days=days), f"{days}@x") for days in (0, 89, 90, 91, -700)]
    assert uids(feed_bytes(INFO, events, TODAY)) == ["90@x", "89@x", "0@x", "-700@x"]


def test_feed_is_ordered_by_instant_then_uid() -> None:
    lisbon = event(uid="c@x", start=wall(2027, 1, 19, 17, 30), timezone="Europe/Lisbon")
    events = [lisbon, event(uid="b@x"), event(uid="a@x"), on(date(2027, 1, 18), "z@x")]
    assert uids(feed_bytes(INFO, events, TODAY)) == ["z@x", "a@x", "b@x", "c@x"]


def test_cancelled_entry_stays_until_the_day_after() -> None:
    sample = cancelled()
    listed = [
        uids(feed_bytes(INFO, [sample], day)) != []
        for day in (date(2027, 1, 20), date(2027, 1, 21))
    ]
    assert listed == [True, False]
    lines = logical_lines(feed_bytes(INFO, [sample], TODAY).content)
    assert [line for line in lines if line.startswith(("SUMMARY", "STATUS", "TRANSP"))] == [
        r"SUMMARY:Abgesagt: Arbeitsmarktgespräch: Anerkennung\, Zeugnisse\; Übersetzung",
        "STATUS:CANCELLED",
        "TRANSP:TRANSPARENT",
    ]


def test_one_bad_entry_is_left_out_and_named() -> None:
    bad = [
        event(uid="no zone", timezone="Mars/Base"),
        event(uid="ends@x", end=wall(2027, 1, 1, 1)),
        event(uid="line\r\nbreak"),
        event(uid="stamp@x", stamp=wall(2027, 1, 1, 1)),
        event(uid="type@x", summary=None),
    ]
    feed = feed_bytes(INFO, [*bad, event(uid="good@x")], TODAY)
    assert (uids(feed), feed.skipped) == (
        ["good@x"],
        ("ends@x", "line\r\nbreak", "no zone", "stamp@x", "type@x"),
    )


@given(hostile, hostile)
def test_hostile_names_keep_the_feed_readable(name: str, summary: str) -> None:
    info = FeedInfo(name=name, description=name, url=INFO.url, cancelled_prefix="Abgesagt: ")
    events = [event(uid="a@x", summary=summary), cancelled(uid="b@x", location=summary)]
    feed = feed_bytes(info, events, TODAY)
    assert (faults(feed.content), feed.skipped, uids(feed)) == ([], (), ["a@x", "b@x"])


def test_same_facts_give_the_same_bytes_and_tag() -> None:
    events = [event(uid=f"{number}@x") for number in range(20)]
    one, other = feed_bytes(INFO, events, TODAY), feed_bytes(INFO, events[::-1], TODAY)
    digest = hashlib.sha256(one.content).hexdigest()
    assert (one, one.etag, etag(other.content)) == (other, f'"{digest}"', f'"{digest}"')


def test_feed_in_another_zone_is_written_in_utc() -> None:
    info = FeedInfo(name="x", url=INFO.url, timezone="Europe/Lisbon")
    feed = feed_bytes(info, [event(timezone="Europe/Lisbon", status=Status.CONFIRMED)], TODAY)
    lines = logical_lines(feed.content)
    assert [line for line in lines if "VTIMEZONE" in line or line.startswith("DTSTART")] == [
        "DTSTART:20270119T180000Z"
    ]
