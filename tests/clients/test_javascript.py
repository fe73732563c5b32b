"""ical.js (Thunderbird's parser) and node-ical read what we meant, wherever the reader lives."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from matchmaker.calendars.download import file_bytes
from matchmaker.calendars.event import CalendarEvent, PartStat
from matchmaker.calendars.feed import FeedInfo, feed_bytes
from matchmaker.calendars.invite import cancel_bytes, request_bytes
from matchmaker.text import clean_line
from tests.calendars.samples import NASTY, cancelled, event, wall
from tests.clients.programs import HERE, node

READERS = ["ical.js", "node-ical"]
PLACES = ["Europe/Berlin", "Pacific/Auckland", "America/Los_Angeles"]
STARTS = {
    "winter": wall(2027, 1, 19, 18),
    "summer": wall(2027, 7, 6, 18),
    "the last minute of winter": wall(2027, 3, 28, 1, 59),
    "the first minute of summer": wall(2027, 3, 28, 3),
    "the evening of that day": wall(2027, 3, 28, 18),
    "the last hour before the repeated one": wall(2027, 10, 31, 1, 30),
    "the first minute after them": wall(2027, 10, 31, 3),
    "the evening after them": wall(2027, 10, 31, 18),
}
"""Not the repeated hour itself: it means its first pass (RFC 5545), which ical.js does not know."""
INFO = FeedInfo(name="Termine", url="https://arbeitsmarkt.example/kalender/abc/termine.ics")
Read = dict[str, list[list[dict[str, Any]]]]


def read(folder: Path, contents: list[bytes], place: str = PLACES[0]) -> Read:
    """What both programs, on a computer at `place`, make of each content's events."""
    paths = [folder / f"{number}.ics" for number in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    command = [node(), str(HERE / "read_calendars.mjs"), *map(str, paths)]
    environment = {**os.environ, "TZ": place}
    asked = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert asked.returncode == 0, asked.stderr.decode()
    found: Read = json.loads(asked.stdout)
    return found


def at(start: datetime) -> CalendarEvent:
    return event(uid=f"{start:%m%dT%H%M}@x", start=start, end=start + timedelta(minutes=90))


def instants(sample: CalendarEvent) -> tuple[float, float, bool]:
    return sample.start_utc.timestamp(), sample.end_utc.timestamp(), False


@pytest.mark.parametrize("place", PLACES)
def test_instants_are_right_all_year_and_everywhere(tmp_path: Path, place: str) -> None:
    starts = [at(start) for start in STARTS.values()]
    samples = [*starts, *(replace(one, timezone="Europe/Lisbon") for one in starts[:2])]
    contents = [write(one) for one in samples for write in (request_bytes, file_bytes)]
    meant = [[instants(one)] for one in samples for _ in range(2)]
    feed = feed_bytes(INFO, starts, date(2027, 1, 10)).content
    meant.append(sorted(instants(one) for one in starts))
    found = read(tmp_path, [*contents, feed], place)
    for reader in READERS:
        times = [
            sorted((one["start"], one["end"], one["floating"]) for one in events)
            for events in found[reader]
        ]
        assert times == meant, reader


def test_request_update_and_cancellation_say_who_what_and_how_often(tmp_path: Path) -> None:
    moved = event(sequence=1, start=wall(2027, 1, 20, 18), end=wall(2027, 1, 20, 20))
    reworded = replace(moved, summary="Anerkennung", partstat=PartStat.ACCEPTED)
    gone = replace(cancelled(), sequence=2)
    contents = [*map(request_bytes, (event(), moved, reworded)), cancel_bytes(gone)]
    found = read(tmp_path, contents)
    for reader in READERS:
        (first,), (second,), (third,), (last,) = found[reader]
        for answer, sample in zip(
            (first, second, third, last), (event(), moved, reworded, gone), strict=True
        ):
            assert answer["uid"] == event().uid
            assert answer["summary"] == sample.summary
            assert answer["location"] == sample.location
            assert answer["organizer"] == "mailto:planung@arbeitsmarkt.example"
            (attendee,) = answer["attendees"]
            assert attendee["address"] == "mailto:amina.koch@jobcenter.example"
            assert (attendee["name"], attendee["rsvp"]) == ("Amina Koch", "TRUE")
            assert attendee["partstat"] == sample.partstat.value
        seen = [
            (one["method"], one["sequence"], one["status"]) for one in (first, second, third, last)
        ]
        assert seen == [
            ("REQUEST", 0, "CONFIRMED"),
            ("REQUEST", 1, "CONFIRMED"),
            ("REQUEST", 1, "CONFIRMED"),
            ("CANCEL", 2, "CANCELLED"),
        ]


def test_feed_and_download_carry_the_invitation_s_uid_but_no_people(tmp_path: Path) -> None:
    events = [event(sequence=3), cancelled(uid="b@x")]
    feed = feed_bytes(INFO, events, date(2027, 1, 10)).content
    empty = feed_bytes(INFO, [], date(2027, 1, 10)).content
    found = read(tmp_path, [feed, file_bytes(event(sequence=3)), empty])
    for reader in READERS:
        listed, (saved,), nothing = found[reader]
        assert {(one["uid"], one["sequence"], one["status"]) for one in listed} == {
            (event().uid, 3, "CONFIRMED"),
            ("b@x", 1, "CANCELLED"),
        }
        assert (saved["uid"], saved["sequence"]) == (event().uid, 3)
        assert nothing == []
        for one in [*listed, saved]:
            assert (one["method"], one["organizer"], one["attendees"]) == (None, None, [])


def test_texts_of_strangers_stay_texts(tmp_path: Path) -> None:
    samples = [event(summary=text, attendee_name=text, location=text) for text in NASTY]
    found = read(tmp_path, [request_bytes(sample) for sample in samples])
    shown = [clean_line(text) for text in NASTY]
    # node-ical takes a backslash and an n that somebody typed for the end of a line
    plain = {"ical.js": shown, "node-ical": [text for text in shown if "\\" not in text]}
    for reader in READERS:
        events = [one for (one,) in found[reader]]
        assert [len(one["attendees"]) for one in events] == [1] * len(NASTY), reader
        for text, one in zip(shown, events, strict=True):
            if text in plain[reader]:
                assert (one["summary"], one["location"] or "") == (text or "–", text), reader
