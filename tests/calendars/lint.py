"""What libical does not check: the bytes themselves."""

from __future__ import annotations

import re

_ONCE = {"UID", "SEQUENCE", "DTSTAMP", "CREATED", "LAST-MODIFIED", "DTSTART", "DTEND", "SUMMARY"}
_NEVER = {"VALARM", "ATTACH", "RRULE", "DURATION", "METHOD", "X-ALT-DESC", "EXDATE", "RDATE"}
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def faults(content: bytes) -> list[str]:
    """Every way in which the bytes are not a calendar as all clients read it."""
    found = [*_line_faults(content)]
    lines = logical_lines(content)
    found += [f"control character: {line!r}" for line in lines if _CONTROL.search(line)]
    found += _nesting_faults(lines)
    for body in re.findall(r"BEGIN:VEVENT\n(.*?)END:VEVENT", "\n".join(lines), re.S):
        found += _event_faults(body.splitlines(), lines)
    return found


def logical_lines(content: bytes) -> list[str]:
    return content.replace(b"\r\n ", b"").decode().removesuffix("\r\n").split("\r\n")


def _line_faults(content: bytes) -> list[str]:
    found = []
    if not content.endswith(b"END:VCALENDAR\r\n"):
        found.append("does not end with END:VCALENDAR and CRLF")
    if re.search(rb"\r(?!\n)|(?<!\r)\n", content):
        found.append("a line end other than CRLF")
    for line in content.split(b"\r\n"):
        if len(line) > 75:
            found.append(f"{len(line)} octets: {line!r}")
        try:
            line.decode()
        except UnicodeDecodeError:
            found.append(f"folded inside a character: {line!r}")
    return found


def _nesting_faults(lines: list[str]) -> list[str]:
    found, open_parts = [], []
    for line in lines:
        name, _, value = line.partition(":")
        if not re.match(r"[A-Z][A-Z0-9-]*(;|$)", name):
            found.append(f"not a property: {line!r}")
        if name == "BEGIN":
            open_parts.append(value)
        elif name == "END" and (not open_parts or open_parts.pop() != value):
            found.append(f"{line} without its BEGIN")
        elif open_parts == ["VCALENDAR"] and name == "UID":
            found.append("a UID for the whole calendar")
    return found + [f"{part} without its END" for part in open_parts]


def _event_faults(body: list[str], lines: list[str]) -> list[str]:
    names = [re.split("[;:]", line, maxsplit=1)[0] for line in body]
    found = [f"{name} occurs {names.count(name)} times" for name in _ONCE if names.count(name) != 1]
    found += [f"{name} in a VEVENT" for name in _NEVER if name in names]
    zones = {match for line in body for match in re.findall(r"^DT[A-Z]+;TZID=([^:]+):", line)}
    return found + [f"no VTIMEZONE {zone}" for zone in zones if f"TZID:{zone}" not in lines]
