"""From content lines to entries. Knows only the few properties that say when somebody is busy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from matchmaker.calendars.reading.decoding import Line
from matchmaker.calendars.reading.limits import MAX_VALUE, MAX_ZONE_PARTS, MAX_ZONES

KEPT = frozenset(
    {
        *("UID", "SEQUENCE", "RECURRENCE-ID", "DTSTART", "DTEND", "DURATION"),
        *("RRULE", "RDATE", "EXDATE", "EXRULE", "STATUS", "TRANSP"),
        *("X-MICROSOFT-CDO-BUSYSTATUS", "FREEBUSY"),
        *("TZID", "TZOFFSETFROM", "TZOFFSETTO", "X-LIC-LOCATION"),
    }
)
ENTRIES = frozenset({"VEVENT", "VFREEBUSY", "VTODO", "VJOURNAL"})
ZONE_PARTS = frozenset({"STANDARD", "DAYLIGHT"})


@dataclass(frozen=True, slots=True)
class Property:
    """`NAME;PARAMETER=value:value`, names in upper case. `too_long` if the value was left out."""

    name: str
    parameters: dict[str, str]
    value: str
    too_long: bool = False


@dataclass(slots=True)
class Component:
    """An entry, a time zone or a part of one, with the properties that count."""

    name: str
    line: int
    properties: list[Property] = field(default_factory=list)
    parts: list[Component] = field(default_factory=list)

    def first(self, name: str) -> Property | None:
        return next(self.all(name), None)

    def all(self, name: str) -> Iterator[Property]:
        return (row for row in self.properties if row.name == name)

    def value(self, name: str) -> str:
        """The first value without blanks around it, in upper case; empty if there is none."""
        row = self.first(name)
        return row.value.strip().upper() if row else ""


@dataclass(slots=True)
class Scanned:
    """`zone_name` is X-WR-TIMEZONE. `cut_off`: the file ends in the middle of something."""

    entries: list[Component] = field(default_factory=list)
    zones: list[Component] = field(default_factory=list)
    zone_name: str = ""
    cut_off: bool = False


def scan(lines: Iterable[Line]) -> Scanned:
    """All entries of the file, however its sections are nested or left open."""
    found = Scanned()
    stack: list[Component] = []
    for line in lines:
        head, _, rest = line.text.partition(":")
        keyword = head.strip().upper()
        if keyword == "BEGIN":
            _begin(found, stack, Component(rest.strip().upper(), line.number))
        elif keyword == "END":
            _end(stack, rest.strip().upper())
        elif stack:
            _property(found, stack[-1], line.text)
    found.cut_off = bool(stack)
    return found


def _begin(found: Scanned, stack: list[Component], new: Component) -> None:
    if new.name in ENTRIES:
        while stack and stack[-1].name != "VCALENDAR":  # the one before was never closed
            stack.pop()
        found.entries.append(new)
    elif new.name == "VTIMEZONE" and len(found.zones) < MAX_ZONES:
        found.zones.append(new)
    elif new.name in ZONE_PARTS and stack and _takes_parts(stack[-1]):
        stack[-1].parts.append(new)
    stack.append(new)


def _takes_parts(owner: Component) -> bool:
    return owner.name == "VTIMEZONE" and len(owner.parts) < MAX_ZONE_PARTS


def _end(stack: list[Component], name: str) -> None:
    """Closes the innermost section of that name and all in it; others are none of our business."""
    if any(open_one.name == name for open_one in stack[-8:]):
        while stack.pop().name != name:
            pass
    elif name == "VCALENDAR":
        stack.clear()


def _property(found: Scanned, owner: Component, text: str) -> None:
    name = text[: min((text + ":").find(":"), (text + ";").find(";"))].strip().upper()
    if owner.name == "VCALENDAR" and name == "X-WR-TIMEZONE" and not found.zone_name:
        found.zone_name = _split(text).value.strip()[:100]
    elif name in KEPT and owner.name in ENTRIES | ZONE_PARTS | {"VTIMEZONE"}:
        owner.properties.append(_split(text))


def _split(text: str) -> Property:
    """A line of the form `NAME;P=v;Q="v:w":value`. What has no colon has an empty value."""
    if len(text) > MAX_VALUE:
        name = text[:40].replace(":", ";").partition(";")[0]
        return Property(name.strip().upper(), {}, "", too_long=True)
    colon = _colon(text)
    head, value = text[:colon], text[colon + 1 :]
    name, *pieces = _pieces(head)
    parameters: dict[str, str] = {}
    for piece in pieces:
        key, _, content = piece.partition("=")
        parameters.setdefault(key.strip().upper(), content.strip().strip('"'))
    return Property(name.strip().upper(), parameters, value)


def _colon(text: str) -> int:
    """Where the value begins: the first colon outside quotes, or the first of all, or the end."""
    quoted = False
    for at, letter in enumerate(text):
        if letter == '"':
            quoted = not quoted
        elif letter == ":" and not quoted:
            return at
    first = text.find(":")
    return first if first >= 0 else len(text)


def _pieces(head: str) -> list[str]:
    if '"' not in head:
        return head.split(";")
    pieces, quoted, start = [], False, 0
    for at, letter in enumerate(head):
        if letter == '"':
            quoted = not quoted
        elif letter == ";" and not quoted:
            pieces.append(head[start:at])
            start = at + 1
    return [*pieces, head[start:]]
