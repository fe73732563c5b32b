"""`matchmaker calendar read`: exit status, one line, and what is printed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

DAYS = ["--from", "2027-01-01", "--to", "2027-12-31"]
ENTRY = "BEGIN:VEVENT\nUID:{}\nDTSTART:20270105T170000Z\nDTEND:20270105T180000Z\n{}END:VEVENT\n"


def calendar(*extra: str) -> bytes:
    entries = "".join(ENTRY.format(number, lines) for number, lines in enumerate(extra))
    return f"BEGIN:VCALENDAR\n{entries}END:VCALENDAR\n".encode()


def run(path: str, *options: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "matchmaker", "calendar", "read", path, *options]
    return subprocess.run(command, input=given, capture_output=True, check=False, timeout=60)


def test_a_calendar_as_json_and_as_text(tmp_path: Path) -> None:
    path = tmp_path / "calendar.ics"
    path.write_bytes(calendar("", "STATUS:CANCELLED\n"))
    done = run(str(path), *DAYS, "--json")
    assert (done.returncode, done.stderr) == (0, b"")
    found = json.loads(done.stdout)
    assert found["busy"] == [
        {"from": "2027-01-05T18:00+01:00", "to": "2027-01-05T19:00+01:00", "kind": "busy"}
    ]
    assert (found["report"]["taken"], found["report"]["skipped"]) == (1, 1)
    text = run("-", *DAYS, given=path.read_bytes()).stdout.decode()
    assert text.splitlines()[-2:] == ["1 taken over, 1 skipped", "  cancelled: 1"]


@pytest.mark.parametrize("content", [b"", b"<html></html>", b"\x00\xff" * 900_000])
def test_what_is_no_calendar_ends_with_one_line_and_two(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file\nwith a line end"
    path.write_bytes(content)
    done = run(str(path), *DAYS, "--json")
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, b"", 1)
    assert run(str(tmp_path / "missing"), *DAYS).returncode == 2


@pytest.mark.parametrize(
    "options", [["--from", "2027-01-02", "--to", "2027-01-01"], ["--from", "soon"], []]
)
def test_wrong_options_end_with_one(options: list[str]) -> None:
    assert run("-", *options, given=calendar("")).returncode == 1


@pytest.mark.parametrize(
    "content",
    [
        calendar(*["RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\n"] * 5_000),
        calendar(*["RRULE:FREQ=HOURLY\n"] * 5_000),
        calendar("SUMMARY:" + "x" * 5_000_000 + "\n"),
        b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\n" * 500_000,
    ],
)
def test_any_calendar_is_read_in_time_and_in_little_memory(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "calendar.ics"
    path.write_bytes(content)
    command = [sys.executable, "-m", "matchmaker", "calendar", "read", str(path), *DAYS, "--json"]
    started = time.monotonic()
    with (tmp_path / "found.json").open("wb") as found:
        process = subprocess.Popen(command, stdout=found)
        _, status, used = os.wait4(process.pid, 0)  # of it and of what it has started
    process.returncode = os.waitstatus_to_exitcode(status)
    assert time.monotonic() - started < 10
    assert process.returncode == 0
    assert json.loads((tmp_path / "found.json").read_bytes())["report"]["complete"] is False
    assert used.ru_maxrss < 512 * 1024
