"""One talk as a file to put into a calendar by hand."""

from __future__ import annotations

from matchmaker.calendars._components import berlin_timezone, calendar, event_component
from matchmaker.calendars.event import BERLIN, CalendarEvent


def file_bytes(event: CalendarEvent, cancelled_prefix: str = "") -> bytes:
    """The talk without METHOD and people, under the UID that invitation and feed carry.

    A calendar that has got the invitation, too, shows it once. Raises ValueError for facts that
    cannot stand in a calendar.
    """
    whole = calendar()
    if event.timezone == BERLIN:
        whole.add_component(berlin_timezone())
    whole.add_component(event_component(event, cancelled_prefix))
    content: bytes = whole.to_ical(sorted=False)
    return content
