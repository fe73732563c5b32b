"""Answers of calendar programs to an invitation (iTIP: REPLY, COUNTER, REFRESH; RFC 5546).

A pure reader: it says what stands there, in whatever way Exchange, Google, Apple, Thunderbird and
the others write it, and believes nothing of it. What follows is decided elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import NoReturn
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from matchmaker.calendars._lines import Line, content_lines, unescaped
from matchmaker.text import clean_line, clean_typed, decoded

LARGEST = 1024 * 1024
"""Octets of a calendar object; an answer has two or three thousand."""
MOST_ATTENDEES = 50
LONGEST_COMMENT = 2000
LONGEST_UID = 255
HIGHEST_SEQUENCE = 2**31 - 1

_DATE_TIME = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z?))?")
_SAYS_NOTHING = frozenset({"", "NEEDS-ACTION"})


class Method(StrEnum):
    """What an answer wants: to say yes or no, to propose another time, to get the date again."""

    REPLY = "REPLY"
    COUNTER = "COUNTER"
    REFRESH = "REFRESH"


class Fault(StrEnum):
    """Why something is no answer that can be read."""

    TOO_LARGE = "too_large"
    NO_CALENDAR = "no_calendar"
    OTHER_METHOD = "other_method"
    NO_EVENT = "no_event"
    CONTRADICTORY = "contradictory"


class ReplyError(ValueError):
    """Not an answer to an invitation; `fault` says why."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(f"{fault.value}: {detail}" if detail else fault.value)
        self.fault, self.detail = fault, detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee:
    """Somebody in an answer. Addresses are bare; `partstat` is in upper case, "" if none is said.

    `delegated_to` holds whoever shall come instead, `delegated_from` whom this one stands in for.
    """

    address: str
    partstat: str = ""
    name: str = ""
    comment: str = ""
    delegated_to: tuple[str, ...] = ()
    delegated_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a calendar program answered; the first event counts.

    `sequence`, `stamp` (UTC), `start` and `end` (UTC) are None where they are missing or cannot be
    read. In a COUNTER `start` and `end` are the proposed ones. `single`: about one day of a series.
    """

    method: Method
    uid: str
    attendees: tuple[Attendee, ...]
    sequence: int | None = None
    stamp: datetime | None = None
    start: datetime | None = None
    end: datetime | None = None
    comment: str = ""
    single: bool = False


def read_reply(content: bytes, *, charset: str = "", method: str = "", zone: str = "") -> Reply:
    """Read the bytes of a calendar part.

    `charset` and `method` are those of the MIME part: a byte order mark and the object's own METHOD
    win. `zone` is taken for times without one. Raises ReplyError, and nothing else.
    """
    if len(content) > LARGEST:
        raise ReplyError(Fault.TOO_LARGE, f"{len(content)} octets")
    own_method, event = _first_event(content_lines(decoded(content, charset)))
    said = (own_method or clean_line(method)).upper()
    if said not in set(Method):
        raise ReplyError(Fault.OTHER_METHOD, said[:40] or "none")
    uid = clean_line(_single(event, "UID"))
    if not uid or len(uid) > LONGEST_UID:
        raise ReplyError(Fault.NO_EVENT, "no usable UID")
    attendees = _attendees(event)
    start = _moment(_first(event, "DTSTART"), zone)
    return Reply(
        method=Method(said),
        uid=uid,
        attendees=attendees,
        sequence=_sequence(_single(event, "SEQUENCE")),
        stamp=_moment(_first(event, "DTSTAMP"), ""),
        start=start,
        end=_end(event, start, zone),
        comment=_comment(event, attendees),
        single=_first(event, "RECURRENCE-ID") is not None,
    )


def _first_event(lines: Iterable[Line]) -> tuple[str, list[Line]]:
    """The object's METHOD and the first VEVENT's own lines, without those of its alarms."""
    method, event, inside = "", list[Line](), list[str]()
    seen, done = False, False
    for line in lines:
        if line.name == "BEGIN":
            inside.append(line.value.upper())
            seen = seen or inside == ["VCALENDAR"]
        elif line.name == "END":
            done = done or inside == ["VCALENDAR", "VEVENT"]
            if inside and inside[-1] == line.value.upper():
                inside.pop()
        elif inside == ["VCALENDAR"] and line.name == "METHOD":
            method = _agreeing(method, clean_line(line.value).upper(), "METHOD")
        elif inside == ["VCALENDAR", "VEVENT"] and not done:
            event.append(line)
    if not seen:
        raise ReplyError(Fault.NO_CALENDAR)
    if not event:
        raise ReplyError(Fault.NO_EVENT)
    return method, event


def _agreeing(before: str, now: str, name: str) -> str:
    if before and now != before:
        _contradict(name)
    return now


def _contradict(name: str) -> NoReturn:
    """Two programs would read two things; we do not choose."""
    raise ReplyError(Fault.CONTRADICTORY, f"{name} twice")


def _first(event: list[Line], name: str) -> Line | None:
    return next((line for line in event if line.name == name), None)


def _single(event: list[Line], name: str) -> str:
    """The value of a property that must not stand there twice with different values."""
    value = ""
    for line in event:
        if line.name == name:
            value = _agreeing(value, line.text, name)
    return value


def _sequence(text: str) -> int | None:
    """A number that a database can hold; a higher or negative one is as good as none."""
    if not (text.isascii() and text.isdigit()) or len(text) > 10:
        return None
    number = int(text)
    return number if number <= HIGHEST_SEQUENCE else None


def _attendees(event: list[Line]) -> tuple[Attendee, ...]:
    rows = [line for line in event if line.name == "ATTENDEE"]
    if len(rows) > MOST_ATTENDEES:
        raise ReplyError(Fault.CONTRADICTORY, f"{len(rows)} attendees")
    found: dict[str, Attendee] = {}
    for row in map(_attendee, rows):
        key = row.address.casefold()
        if key in found and found[key].partstat != row.partstat:
            _contradict("ATTENDEE")
        found.setdefault(key, row)
    return tuple(found.values())


def _attendee(line: Line) -> Attendee:
    return Attendee(
        address=_address(line),
        partstat=_partstat(line.parameter("PARTSTAT")),
        name=clean_line(clean_typed(line.parameter("CN")))[:200],
        comment=_typed(unescaped(line.parameter("X-RESPONSE-COMMENT"))),
        delegated_to=_mailtos(line, "DELEGATED-TO"),
        delegated_from=_mailtos(line, "DELEGATED-FROM"),
    )


def _partstat(text: str) -> str:
    said = clean_line(text).upper()[:40]
    return "" if said in _SAYS_NOTHING else said


def _mailtos(line: Line, name: str) -> tuple[str, ...]:
    return tuple(filter(None, (_mailto(value) for value in line.parameters.get(name, ()))))


def _address(line: Line) -> str:
    """The mail address of a calendar user; Apple may name a principal and the address beside it."""
    return _mailto(line.value) or _mailto(line.parameter("EMAIL"))


def _mailto(text: str) -> str:
    bare = text.strip().strip('"').strip("<>").strip()
    if bare[:7].casefold() == "mailto:":
        bare = unquote(bare[7:].partition("?")[0])
    bare = clean_line(bare)
    return bare if "@" in bare and ":" not in bare and " " not in bare and len(bare) <= 254 else ""


def _comment(event: list[Line], attendees: tuple[Attendee, ...]) -> str:
    """What the person wrote beside the answer: COMMENT, or Google's and Exchange's own place."""
    said = [_typed(line.text) for line in event if line.name == "COMMENT"]
    said += [attendee.comment for attendee in attendees]
    return "\n".join(dict.fromkeys(filter(None, said)))[:LONGEST_COMMENT]


def _typed(text: str) -> str:
    return clean_typed(text)[:LONGEST_COMMENT]


def _end(event: list[Line], start: datetime | None, zone: str) -> datetime | None:
    end = _moment(_first(event, "DTEND"), zone)
    if end is not None and start is not None and not start < end <= start + timedelta(days=7):
        return None
    return end


def _moment(line: Line | None, zone: str) -> datetime | None:
    """The instant of a DATE-TIME; None for a whole day and for what cannot be known."""
    found = _DATE_TIME.fullmatch(line.value) if line is not None else None
    if line is None or found is None or found[4] is None:
        return None
    try:
        year, month, day, hour, minute, second = (int(text) for text in found.groups()[:6])
        # RFC 5545 allows the leap second, Python does not. The zone comes below.
        wall = datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001
        where = UTC if found[7] else _zone(line.parameter("TZID") or zone)
        return wall.replace(tzinfo=where).astimezone(UTC) if where is not None else None
    except (ValueError, OverflowError):
        return None


def _zone(name: str) -> tzinfo | None:
    """By IANA name, also behind a vendor's prefix (`/citadel.org/…/Europe/Berlin`), or by that of
    Windows."""
    tail = "/".join(name.strip("/").split("/")[-2:])
    for known in filter(None, (WINDOWS_TO_OLSON.get(name), name, tail)):
        try:
            return ZoneInfo(known)
        except (ValueError, OSError, LookupError):
            continue
    return None
