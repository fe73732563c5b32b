"""Strangers' calendars, read in a limited process of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from matchmaker.jobs.reading_process import CALENDAR, STREAM

PATIENCE_SECONDS = 8.0
"""Wall clock, the start of the process included. The process ends itself after 7 seconds."""

GAVE_UP: dict[str, Any] = {
    "busy": [],
    "report": {
        "taken": 0,
        "skipped": 0,
        "occurrences": 0,
        "complete": False,
        "reasons": {},
        "warnings": ["gave_up"],
        "entries": [],
    },
}
"""The reading of a calendar on which the process ran out of time or memory: nothing is known."""


class UnreadableCalendarError(ValueError):
    """The file is no calendar, or there is no such file; the text says so in one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which days (both inclusive) are asked for, and whose entries are our own."""

    first: date
    last: date
    timezone: str
    own_hosts: Iterable[str] = ()


def read_file(path: str, question: Question) -> dict[str, Any]:
    """The reading of the file (`-`: standard input) as `calendar read` prints it.

    Raises UnreadableCalendarError.
    """
    return _read(path, question, None)


def read_bytes(data: bytes, question: Question) -> dict[str, Any]:
    """The same of a file's content."""
    return _read(STREAM, question, data)


def _read(path: str, question: Question, data: bytes | None) -> dict[str, Any]:
    command = [
        *(sys.executable, "-P", "-m", "matchmaker.jobs.reading_process", path),
        *(question.first.isoformat(), question.last.isoformat(), question.timezone),
        *question.own_hosts,
    ]
    with subprocess.Popen(  # noqa: S603  # our own program, without a shell
        command,
        stdin=None if data is None and path == STREAM else subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # may quote what stands in the file
        start_new_session=True,
    ) as process:
        try:
            said, _ = process.communicate(data, PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            _end(process)
            said, _ = process.communicate()
        except BaseException:
            _end(process)
            raise
    return _understood(said.decode("utf-8", "replace").splitlines())


def _end(process: subprocess.Popen[bytes]) -> None:
    """The process and whatever it has started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)


def _understood(lines: list[str]) -> dict[str, Any]:
    kind, _, reason = lines[0].partition("\t") if lines else ("", "", "")
    if kind == CALENDAR:
        try:
            found: dict[str, Any] = json.loads(lines[1])
        except (IndexError, ValueError):
            return GAVE_UP
        return found
    raise UnreadableCalendarError(reason or "the file could not be read in time")
