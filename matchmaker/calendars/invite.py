"""Meeting requests and their cancellation (iTIP, RFC 5546), for exactly one invited person."""

from __future__ import annotations

from icalendar import Event

from matchmaker.calendars._components import enclosed, event_component, mailbox
from matchmaker.calendars.event import CalendarEvent, Status


def request_bytes(event: CalendarEvent) -> bytes:
    """METHOD:REQUEST, for the first invitation and for every later revision of it.

    Raises ValueError for a cancelled event, for facts that cannot stand in a calendar, and when
    the organiser would invite its own address (Outlook and Gmail then show no answer buttons).
    """
    if event.status is not Status.CONFIRMED:
        raise ValueError(f"{event.uid} is cancelled; a cancelled UID is never invited again")
    component = _with_people(event)
    component.add("x-microsoft-cdo-busystatus", "BUSY")
    component.add("x-microsoft-disallow-counter", "TRUE")
    return enclosed(component, event.timezone, "REQUEST")


def cancel_bytes(event: CalendarEvent) -> bytes:
    """METHOD:CANCEL; `event.sequence` is already one higher than that of the last request.

    Raises ValueError when the event is not cancelled or its facts cannot stand in a calendar.
    """
    if event.status is not Status.CANCELLED:
        raise ValueError(f"{event.uid} is not cancelled")
    return enclosed(_with_people(event), event.timezone, "CANCEL")


def _with_people(event: CalendarEvent) -> Event:
    if event.attendee_email.casefold() == event.organizer_email.casefold():
        raise ValueError(f"{event.uid}: the organiser cannot invite its own address")
    component = event_component(event)
    component.add("organizer", mailbox(event.organizer_email, event.organizer_name))
    component.add(
        "attendee",
        mailbox(
            event.attendee_email,
            event.attendee_name,
            CUTYPE="INDIVIDUAL",
            ROLE="REQ-PARTICIPANT",
            PARTSTAT=event.partstat.value,
            RSVP="TRUE",
        ),
    )
    return component
