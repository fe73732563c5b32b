"""Asks libical about calendars: do they obey RFC 5546, and when do their events start?

Runs in Debian's own Python, which has the bindings: one path an argument, JSON on the way out.
"""

import json
import sys
from pathlib import Path

import gi

gi.require_version("ICalGLib", "3.0")
from gi.repository import ICalGLib  # noqa: E402  # the version has to be named first


def findings(content: bytes) -> dict[str, object]:
    component = ICalGLib.Component.new_from_string(content.decode())
    obeys = bool(ICalGLib.restriction_check(component))
    # libical marks the place with an X-LIC-ERROR property
    text = component.as_ical_string().replace("\r\n ", "")
    return {
        "obeys": obeys,
        "faults": [line for line in text.splitlines() if line.startswith("X-LIC-ERROR")],
        "starts": starts(component),
    }


def starts(component: ICalGLib.Component) -> list[int]:
    found = []
    kind = ICalGLib.ComponentKind.VEVENT_COMPONENT
    event = component.get_first_component(kind)
    while event is not None:
        start = event.get_dtstart()
        found.append(start.as_timet_with_zone(start.get_timezone()))
        event = component.get_next_component(kind)
    return found


if __name__ == "__main__":
    json.dump([findings(Path(path).read_bytes()) for path in sys.argv[1:]], sys.stdout)
