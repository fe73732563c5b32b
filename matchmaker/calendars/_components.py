"""The iCalendar components that invitations and feeds share.

Components are built with `Calendar()` and `.add()`, never `.new()`, which invents a random UID, and
written in the order in which properties were added: equal facts give equal bytes.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import cache
from urllib.parse import quote

from icalendar import (
    Calendar,
    Component,
    Event,
    Parameters,
    Timezone,
    TimezoneDaylight,
    TimezoneStandard,
    vCalAddress,
    vRecur,
    vText,
)

from matchmaker.calendars.event import BERLIN, CalendarEvent, Status
from matchmaker.text import clean_line, clean_text

CLOSING = b"END:VCALENDAR\r\n"
LONGEST_LINE = 74
"""Octets of a line before its end; a continued one has a blank more (RFC 5545 allows 75)."""
PRODID = "-//matchmaker//matchmaker//EN"
_ADDRESS = re.compile(
    r'[^\s@<>()\[\]\\,;:"\x00-\x1f\x7f-\x9f]+@[^\s@<>()\[\]\\,;:"\x00-\x1f\x7f-\x9f]+'
)
_UID = re.compile(r"[\x21-\x7e]{1,200}")


class _Text(vText):
    r"""TEXT that keeps a typed `\N` (as in `C:\News`); icalendar 7.3 makes it a line break."""

    def to_ical(self) -> bytes:
        escaped = str(self).replace("\\", "\\\\").replace(";", r"\;").replace(",", r"\,")
        return escaped.replace("\n", r"\n").encode()


class _AlwaysQuoted(Parameters):
    always_quoted: tuple[str, ...] = (*Parameters.always_quoted, "CN")  # type: ignore[assignment]  # the library infers a tuple of nine


def text(value: str) -> vText:
    return _Text(clean_text(value))


def line(value: str) -> vText:
    return _Text(clean_line(value))


def uri(address: str) -> str:
    """A web address in ASCII; characters that a URI cannot hold are percent-encoded."""
    return quote(clean_line(address), safe=":/?#[]@!$&'()*+,;=%-._~")


def calendar(method: str = "") -> Calendar:
    component = Calendar()
    component.add("version", "2.0")
    component.add("prodid", PRODID)
    component.add("calscale", "GREGORIAN")
    if method:
        component.add("method", method)
    return component


def berlin_timezone() -> Timezone:
    """Europe/Berlin by its yearly rules.

    `add_missing_timezones()` would list single dates, which Outlook misreads, and which are an
    hour off around the switch.
    """
    zone = Timezone()
    zone.add("tzid", BERLIN)
    summer, winter = timedelta(hours=2), timedelta(hours=1)
    for part, name, start, month, before, after in (
        (TimezoneDaylight(), "CEST", datetime(1970, 3, 29, 2), 3, winter, summer),  # noqa: DTZ001  # wall clock by definition
        (TimezoneStandard(), "CET", datetime(1970, 10, 25, 3), 10, summer, winter),  # noqa: DTZ001  # wall clock by definition
    ):
        part.add("tzname", name)
        part.add("tzoffsetfrom", before)
        part.add("tzoffsetto", after)
        part.add("dtstart", start)
        part.add("rrule", vRecur(freq="YEARLY", bymonth=month, byday="-1SU"))
        zone.add_component(part)
    return zone


@cache
def berlin_bytes() -> bytes:
    return written(berlin_timezone())


def written(component: Component) -> bytes:
    """The component's bytes, with its properties in the order in which they were added."""
    lines = component.content_lines(sorted=False)
    return b"".join(folded(line.encode()) + b"\r\n" for line in lines if line)


def folded(line: bytes) -> bytes:
    """A content line broken as icalendar does it, which looks at every single character."""
    pieces = []
    while len(line) > LONGEST_LINE:
        end = LONGEST_LINE
        while 0x80 <= line[end] < 0xC0:  # in the middle of a character
            end -= 1
        if line[end - 1] in b"\\^":  # some programs read an escape only when it is in one piece
            end -= 1
        pieces.append(line[:end])
        line = line[end:]
    return b"\r\n ".join([*pieces, line])


def enclosed(event: Event, timezone: str, method: str = "") -> bytes:
    """A whole iCalendar object around one event, with its time zone where that is Berlin."""
    return _opening(method, with_zone=timezone == BERLIN) + written(event) + CLOSING


@cache
def _opening(method: str, *, with_zone: bool) -> bytes:
    opening = written(calendar(method)).removesuffix(CLOSING)
    return opening + (berlin_bytes() if with_zone else b"")


def event_component(event: CalendarEvent, summary_prefix: str = "") -> Event:
    """The part of a VEVENT that invitation, cancellation and feed have in common.

    Raises ValueError for an unusable UID, a negative sequence or an end before the start.
    """
    if not _UID.fullmatch(event.uid):
        raise ValueError(f"not a usable UID: {event.uid!r}")
    if event.sequence < 0:
        raise ValueError(f"negative SEQUENCE: {event.sequence}")
    if event.end_utc <= event.start_utc:
        raise ValueError(f"the event ends before it starts: {event.start} to {event.end}")
    component = Event()
    component.add("uid", event.uid)
    component.add("sequence", event.sequence)
    component.add("dtstamp", _utc(event.stamp))
    component.add("created", _utc(event.created))
    component.add("last-modified", _utc(event.last_modified))
    _add_times(component, event)
    component.add("summary", line(summary_prefix + event.summary) or "–")
    for name, value in (
        ("description", text(event.description)),
        ("location", line(event.location)),
    ):
        if value:
            component.add(name, value)
    if event.url:
        component.add("url", uri(event.url))
    cancelled = event.status is Status.CANCELLED
    component.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    component.add("transp", "TRANSPARENT" if cancelled else "OPAQUE")
    component.add("class", "PUBLIC")
    return component


def mailbox(email: str, name: str, **parameters: str) -> vCalAddress:
    """A `mailto:` address with CN; raises ValueError unless `email` is a plain address."""
    if not _ADDRESS.fullmatch(email):
        raise ValueError(f"not a mail address: {email!r}")
    address = vCalAddress(f"mailto:{email}")
    # A double quote cannot stand in a parameter, few clients know RFC 6868's way to write one, and
    # some take a backslash for an escape.
    shown = clean_line(name).replace('"', "'").replace("\\", "/") or email
    address.params = _AlwaysQuoted({"CN": shown, **parameters})
    return address


def _add_times(component: Event, event: CalendarEvent) -> None:
    for name, local, utc in (
        ("dtstart", event.start, event.start_utc),
        ("dtend", event.end, event.end_utc),
    ):
        if event.timezone == BERLIN:
            component.add(name, local, parameters={"TZID": BERLIN})
        else:
            component.add(name, utc)


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"expected an aware time, got {moment.isoformat()}")
    return moment.astimezone(UTC).replace(microsecond=0)
