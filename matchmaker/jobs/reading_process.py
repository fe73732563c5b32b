"""The process in which a stranger's calendar is read: little memory, little time, no files.

`python -m matchmaker.jobs.reading_process FILE FIRST LAST TIMEZONE [OWN_HOST …]` – FILE `-` is
standard input. The first line it prints says whether the file is a calendar at all, so that this
is known even if the reading has to be ended; the second one is the reading as JSON.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from datetime import date

from matchmaker.jobs.limited import limit_computing, limit_memory

MEMORY_BYTES = 512 * 1024**2
CPU_SECONDS = 5
WALL_SECONDS = 7
CALENDAR, NO_CALENDAR, NO_FILE = "calendar", "no calendar", "no file"
STREAM = "-"


def main(arguments: list[str]) -> None:
    limit_memory(MEMORY_BYTES)
    limit_computing(CPU_SECONDS)
    signal.alarm(WALL_SECONDS)  # ends the process, also if whoever has started it is gone
    path, first, last, timezone, *own_hosts = arguments
    # Only now: what a library needs counts, too.
    from matchmaker.calendars.reading.decoding import NotACalendarError  # noqa: PLC0415
    from matchmaker.calendars.reading.limits import MAX_BYTES  # noqa: PLC0415
    from matchmaker.calendars.reading.reader import Question, Work, opened  # noqa: PLC0415

    try:
        data = _content(path, MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        _say(NO_FILE, getattr(error, "strerror", None) or str(error))
        return
    question = Question(
        first=date.fromisoformat(first),
        last=date.fromisoformat(last),
        timezone=timezone,
        own_hosts=frozenset(own_hosts),
    )
    try:
        work: Work = opened(data, question)
    except NotACalendarError as error:
        _say(NO_CALENDAR, str(error))
        return
    _say(CALENDAR)
    _say(json.dumps(work.done().to_json()))


def _content(path: str, most: int) -> bytes:
    """At most `most` bytes: a device may never end."""
    descriptor = 0 if path == STREAM else os.open(path, os.O_RDONLY)
    pieces: list[bytes] = []
    left = most
    while left and (piece := os.read(descriptor, min(left, 65536))):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


def _say(*words: str) -> None:
    print(*words, sep="\t", flush=True)  # noqa: T201  # the answer to whoever has started it


if __name__ == "__main__":
    main(sys.argv[1:])
