"""The limited process for strangers' calendars: what it answers when a file is too much for it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from matchmaker.jobs import reading
from matchmaker.jobs.reading import GAVE_UP, Question, UnreadableCalendarError

ASKED = Question(first=date(2027, 1, 1), last=date(2027, 3, 31), timezone="Europe/Berlin")
LESSON = b"DTSTART:20270105T170000Z\nDTEND:20270105T180000Z\n"
ENTRY = b"BEGIN:VEVENT\nUID:one\n" + LESSON + b"END:VEVENT\n"
CALENDAR = b"BEGIN:VCALENDAR\n" + ENTRY + b"END:VCALENDAR\n"


def test_a_file_and_its_bytes_are_read_alike(tmp_path: Path) -> None:
    path = tmp_path / "calendar.ics"
    path.write_bytes(CALENDAR)
    found = reading.read_file(str(path), ASKED)
    assert found == reading.read_bytes(CALENDAR, ASKED)
    assert found["busy"] == [
        {"from": "2027-01-05T18:00+01:00", "to": "2027-01-05T19:00+01:00", "kind": "busy"}
    ]


def test_our_own_entries_are_known_by_their_host() -> None:
    content = CALENDAR.replace(b"UID:one", b"UID:inv-01JGFJJZ000000000000000000@ours.example")
    question = Question(
        first=ASKED.first, last=ASKED.last, timezone=ASKED.timezone, own_hosts=["ours.example"]
    )
    assert reading.read_bytes(content, question)["report"]["reasons"] == {"own": 1}


@pytest.mark.parametrize("content", [b"", b"hello", b"\x00" * 3_000_000])
def test_other_content_is_refused_in_one_line(content: bytes) -> None:
    with pytest.raises(UnreadableCalendarError) as caught:
        reading.read_bytes(content, ASKED)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("path", ["/nowhere/x.ics", "/tmp", "/dev/zero"])  # noqa: S108
def test_what_is_no_file(path: str) -> None:
    with pytest.raises(UnreadableCalendarError):
        reading.read_file(path, ASKED)


def test_a_pipe_that_nobody_writes_to_ends_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    monkeypatch.setattr(reading, "PATIENCE_SECONDS", 1.0)
    started = time.monotonic()
    with pytest.raises(UnreadableCalendarError, match="in time"):
        reading.read_file(str(path), ASKED)
    assert time.monotonic() - started < 5


def test_a_calendar_whose_reading_is_ended_is_a_calendar_of_which_nothing_is_known() -> None:
    assert reading._understood(["calendar"]) == GAVE_UP
    assert reading._understood(["calendar", '{"busy": [']) == GAVE_UP
    assert GAVE_UP["report"]["complete"] is False


def test_the_process_has_little_memory_and_writes_no_files(tmp_path: Path) -> None:
    code = f"""
import resource
from matchmaker.jobs import reading_process
reading_process.main([{str(tmp_path / "none")!r}, "2027-01-01", "2027-01-02", "UTC"])
print(resource.getrlimit(resource.RLIMIT_CPU)[0], resource.getrlimit(resource.RLIMIT_FSIZE)[0])
try:
    bytes(600 * 1024**2)
except MemoryError:
    print("too much")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[1:] == ["5 0", "too much"]
