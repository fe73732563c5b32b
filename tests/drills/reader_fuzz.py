"""`python -m tests.drills.reader_fuzz [--minutes 5]`: calendars that nobody has thought of.

With atheris (`pip install atheris`) what is tried next follows from which lines of the reader were
reached; without it small calendars are spoiled by chance. Ends at once with the bytes in a file if
the reader raises anything but NotACalendarError, takes longer than it may, or breaks a promise.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from matchmaker.calendars.reading.decoding import NotACalendarError
from matchmaker.calendars.reading.reader import read
from tests.calendars.reading.files import ASKED, LESSON, calendar, event
from tests.calendars.reading.test_fuzz import check

LONGEST_SECONDS = 5.0
RULES = ("FREQ=DAILY;COUNT=4", "FREQ=MONTHLY;BYDAY=-1SU", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")
ZONE = (
    "BEGIN:VTIMEZONE\r\nTZID:X\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
    "TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n"
    "END:STANDARD\r\nEND:VTIMEZONE"
)
SEEDS = [
    calendar(event(*LESSON)),
    *(calendar(event(*LESSON, f"RRULE:{rule}", "EXDATE:20270112T170000Z")) for rule in RULES),
    calendar(event(*LESSON, "RECURRENCE-ID;RANGE=THISANDFUTURE:20270112T170000Z")),
    calendar(ZONE, event("DTSTART;TZID=X:20270105T180000", "DURATION:PT1H", "RDATE:20270107")),
    calendar("BEGIN:VFREEBUSY\r\nFREEBUSY;FBTYPE=BUSY:20270105T170000Z/PT1H\r\nEND:VFREEBUSY"),
    calendar(event("DTSTART:20270105", "RRULE:FREQ=WEEKLY"), head=("X-WR-TIMEZONE:Europe/Paris",)),
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    end = time.monotonic() + 60 * parser.parse_args().minutes
    try:
        import atheris  # type: ignore[import-not-found]  # noqa: PLC0415  # optional
    except ImportError:
        by_chance(end)
    else:
        guided(atheris, end)


def guided(atheris: object, end: float) -> None:
    atheris.instrument_all()  # type: ignore[attr-defined]
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(SEEDS):
            Path(corpus, str(number)).write_bytes(seed)
        seconds = max(1, int(end - time.monotonic()))
        options = [
            sys.argv[0],
            corpus,
            f"-max_total_time={seconds}",
            "-max_len=4096",
            "-timeout=30",
        ]
        atheris.Setup(options, attempt)  # type: ignore[attr-defined]
        atheris.Fuzz()  # type: ignore[attr-defined]


def by_chance(end: float) -> None:
    chance, tried = random.Random(), 0
    while time.monotonic() < end:
        attempt(spoiled(chance))
        tried += 1
    print(f"{tried} calendars, nothing found")


def spoiled(chance: random.Random) -> bytes:
    content = bytearray(chance.choice(SEEDS))
    for _ in range(chance.randrange(1, 12)):
        at = chance.randrange(len(content))
        other = chance.choice(SEEDS)
        piece = other[chance.randrange(len(other)) :][: chance.randrange(1, 40)]
        match chance.randrange(4):
            case 0:
                content[at] = chance.randrange(256)
            case 1:
                del content[at : at + chance.randrange(1, 30)]
            case 2:
                content[at:at] = piece
            case _:
                content[at : at + len(piece)] = piece
        content = content or bytearray(b"B")
    return bytes(content)


def attempt(content: bytes) -> None:
    """Read once. Whatever is wrong is raised, and its bytes are kept."""
    started = time.process_time()
    try:
        check(read(content, ASKED))
    except NotACalendarError:
        return
    except BaseException:
        kept = Path(tempfile.gettempdir(), f"calendar-{time.time_ns()}.ics")
        kept.write_bytes(content)
        print(f"kept in {kept}")
        raise
    assert time.process_time() - started < LONGEST_SECONDS


if __name__ == "__main__":
    main()
