"""One talk as a file to put into a calendar by hand."""

from __future__ import annotations

from matchmaker.calendars._components import enclosed, event_component
from matchmaker.calendars.event import CalendarEvent


def file_bytes(event: CalendarEvent, cancelled_prefix: str = "") -> bytes:
    """The talk without METHOD and people, under the UID that invitation and feed carry.

    A calendar that has got the invitation, too, shows it once. Raises ValueError for facts that
    cannot stand in a calendar.
    """
    return enclosed(event_component(event, cancelled_prefix), event.timezone)
