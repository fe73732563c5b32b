"""libical (Evolution, KDE) reads our calendars and finds nothing against RFC 5546."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from matchmaker.calendars.download import file_bytes
from matchmaker.calendars.event import CalendarEvent, PartStat
from matchmaker.calendars.feed import feed_bytes
from matchmaker.calendars.invite import cancel_bytes, request_bytes
from tests.calendars.samples import NASTY, cancelled, event, wall
from tests.calendars.test_feed import INFO, TODAY

pytestmark = pytest.mark.clients

PYTHON = Path("/usr/bin/python3")
BINDINGS = 'import gi; gi.require_version("ICalGLib", "3.0"); from gi.repository import ICalGLib'


@pytest.fixture(scope="module", autouse=True)
def bindings() -> None:
    if PYTHON.exists():
        asked = subprocess.run([PYTHON, "-c", BINDINGS], check=False, capture_output=True)
        if asked.returncode == 0:
            return
    message = "needs libical's bindings (Debian: gir1.2-ical-3.0 and python3-gi)"
    if os.environ.get("MATCHMAKER_TEST_REQUIRE_ALL") == "1":
        pytest.fail(message)
    pytest.skip(message)


def ask_libical(folder: Path, contents: list[bytes]) -> list[dict[str, Any]]:
    paths = [folder / f"{number}.ics" for number in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    program = Path(__file__).with_name("libical_check.py")
    asked = subprocess.run([PYTHON, program, *paths], check=True, capture_output=True)
    found: list[dict[str, Any]] = json.loads(asked.stdout)
    return found


def test_libical_accepts_whatever_we_write(tmp_path: Path) -> None:
    nasty = [event(summary=text, attendee_name=text, location=text) for text in NASTY]
    contents = [
        request_bytes(event()),
        request_bytes(event(sequence=2, partstat=PartStat.ACCEPTED)),
        request_bytes(event(timezone="Europe/Lisbon")),
        cancel_bytes(cancelled()),
        feed_bytes(INFO, [event(), cancelled(uid="b@x")], TODAY).content,
        feed_bytes(INFO, [], TODAY).content,
        file_bytes(event()),
        file_bytes(cancelled(), "Abgesagt: "),
        *(request_bytes(sample) for sample in nasty),
    ]
    found = ask_libical(tmp_path, contents)
    assert [(answer["obeys"], answer["faults"]) for answer in found] == [(True, [])] * len(contents)


def test_libical_would_complain(tmp_path: Path) -> None:
    broken = request_bytes(event()).replace(b"ORGANIZER;", b"X-NOBODY;")
    assert [answer["obeys"] for answer in ask_libical(tmp_path, [broken])] == [False]


def test_libical_reads_the_right_instants(tmp_path: Path) -> None:
    starts = [
        wall(2027, 1, 19, 18),
        wall(2027, 7, 6, 18),
        wall(2027, 3, 28, 1, 59),
        wall(2027, 3, 28, 3),
        wall(2027, 10, 31, 1, 30),
        wall(2027, 10, 31, 15),
    ]
    samples: list[CalendarEvent] = [
        event(start=start, end=start.replace(hour=start.hour + 2)) for start in starts
    ]
    found = ask_libical(tmp_path, [request_bytes(sample) for sample in samples])
    assert [answer["starts"] for answer in found] == [
        [int(sample.start_utc.timestamp())] for sample in samples
    ]
