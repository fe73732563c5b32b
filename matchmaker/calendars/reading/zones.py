"""From a TZID to a time zone: of the tz database, of Windows, or described in the file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo
from functools import cache
from typing import cast
from zoneinfo import ZoneInfo, available_timezones

from icalendar import Timezone
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from matchmaker.calendars.reading.patience import OutOfPatienceError, within
from matchmaker.calendars.reading.scanning import Component
from matchmaker.calendars.reading.times import BadTimeError, written

_OFFSET = re.compile(r"[+-](?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?", re.ASCII)
_RULE = re.compile(
    r"(?:FREQ=YEARLY|INTERVAL=1|WKST=[A-Z]{2}|BYMONTH=\d\d?|BYDAY=[+-]?\d?[A-Z]{2}"
    r"|BYMONTHDAY=-?\d\d?(?:,-?\d\d?){0,6}|UNTIL=\d{8}(?:T\d{6}Z?)?)",
    re.ASCII,
)
_PROBES = (datetime(2027, 1, 15), datetime(2027, 7, 15))  # noqa: DTZ001  # wall-clock times
MOST_DATES = 200
SECONDS = 0.2


class Zones:
    """The zones that a calendar may mean, by name."""

    def __init__(self, described: Iterable[Component]) -> None:
        self._described: dict[str, Component] = {}
        for component in described:
            row = component.first("TZID")
            if row is not None:
                self._described.setdefault(row.value.strip(), component)
        self._known: dict[str, tzinfo | None] = {}

    def named(self, name: str) -> tzinfo | None:
        """The zone of that name; None if nobody knows it."""
        if name not in self._known:
            self._known[name] = self._found(name)
        return self._known[name]

    def _found(self, name: str) -> tzinfo | None:
        zone = _by_name(name)
        component = self._described.get(name)
        if zone is not None or component is None:
            return zone
        row = component.first("X-LIC-LOCATION")
        return (_by_name(row.value) if row else None) or _from_description(component)


def _by_name(name: str) -> tzinfo | None:
    """`Europe/Berlin`, `/mozilla.org/20050126_1/Europe/Berlin`, `W. Europe Standard Time`."""
    pieces = [piece for piece in name.strip().split("/") if piece][-3:]
    known = _names()
    for start in range(len(pieces)):
        found = known.get("/".join(pieces[start:]).casefold())
        if found is not None:
            return ZoneInfo(found)
    return None


@cache
def _names() -> dict[str, str]:
    """In small letters, as programs do not agree on them. Outlook's names stand for tz names."""
    names = {name.casefold(): name for name in available_timezones()}
    windows = {key.casefold(): name for key, name in WINDOWS_TO_OLSON.items()}
    return {key: name for key, name in windows.items() if name.casefold() in names} | names


def _from_description(component: Component) -> tzinfo | None:
    """A zone from its switches; None if they are of no usual form."""
    parts = [_part(part) for part in component.parts]
    if not parts or None in parts:
        return None
    text = "\r\n".join(["BEGIN:VTIMEZONE", "TZID:described", *map(str, parts), "END:VTIMEZONE", ""])
    try:
        with within(SECONDS):
            zone: tzinfo = cast(Timezone, Timezone.from_ical(text)).to_tz(lookup_tzid=False)
            offsets = [zone.utcoffset(probe) for probe in _PROBES]
    except (OutOfPatienceError, Exception):  # libraries raise many kinds; then nobody knows it
        return None
    return zone if all(offset and abs(offset) < timedelta(days=1) for offset in offsets) else None


def _part(part: Component) -> str | None:
    """STANDARD or DAYLIGHT with what counts; None if something is unusual."""
    offsets = [part.value(name) for name in ("TZOFFSETFROM", "TZOFFSETTO")]
    if not all(_OFFSET.fullmatch(offset) for offset in offsets):
        return None
    try:
        lines = [f"DTSTART:{_local(part.value('DTSTART'))}"]
        dates = [value for row in part.all("RDATE") for value in row.value.split(",")]
        lines += [f"RDATE:{_local(value)}" for value in dates[:MOST_DATES]]
    except BadTimeError:
        return None
    for rule in part.all("RRULE"):
        pieces = rule.value.strip().upper().strip(";").split(";")
        if "FREQ=YEARLY" not in pieces or not all(_RULE.fullmatch(piece) for piece in pieces):
            return None
        lines.append(f"RRULE:{';'.join(pieces)}")
    body = [*lines, f"TZOFFSETFROM:{offsets[0]}", f"TZOFFSETTO:{offsets[1]}"]
    return "\r\n".join([f"BEGIN:{part.name}", *body, f"END:{part.name}"])


def _local(text: str) -> str:
    found = written(text)
    return f"{found.value:%Y%m%dT%H%M%S}"
