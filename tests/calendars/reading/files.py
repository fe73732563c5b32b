"""Small calendars for the tests, and a short way to say what was read."""

from __future__ import annotations

from datetime import date
from typing import Any

from matchmaker.calendars.reading.reader import Question, Reading, read

ASKED = Question(
    first=date(2027, 1, 1), last=date(2027, 6, 30), own_hosts=frozenset({"carrier.example"})
)
LESSON = ("DTSTART:20270105T170000Z", "DTEND:20270105T183000Z")


def calendar(*parts: str, head: tuple[str, ...] = ()) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", *head, *parts, "END:VCALENDAR"]
    return ("\r\n".join(lines) + "\r\n").encode()


def event(*lines: str, uid: str = "one@example.org") -> str:
    own = [] if any(line.startswith("UID") for line in lines) else [f"UID:{uid}"]
    return "\r\n".join(["BEGIN:VEVENT", *own, *lines, "END:VEVENT"])


def reading(*parts: str, head: tuple[str, ...] = ()) -> Reading:
    return read(calendar(*parts, head=head), ASKED)


def times(found: Reading) -> list[str]:
    """`01-05 18:00–01-05 19:30 busy`, on the wall clock of Berlin."""
    return [
        f"{row['from'][5:16].replace('T', ' ')}–{row['to'][5:16].replace('T', ' ')} {row['kind']}"
        for row in found.to_json()["busy"]
    ]


def reasons(found: Reading) -> dict[str, int]:
    counted: dict[str, int] = found.to_json()["report"]["reasons"]
    return counted


def report(found: Reading) -> dict[str, Any]:
    whole: dict[str, Any] = found.to_json()["report"]
    return whole
