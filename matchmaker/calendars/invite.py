"""Meeting requests and their cancellation (iTIP, RFC 5546), for exactly one invited person."""

from __future__ import annotations

from icalendar import Event

from matchmaker.calendars._components import berlin_timezone, calendar, event_component, mailbox
from matchmaker.calendars.event import BERLIN, CalendarEvent, Status


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
    return _object("REQUEST", event, component)


def cancel_bytes(event: CalendarEvent) -> bytes:
    """METHOD:CANCEL; `event.sequence` is already one higher than that of the last request.

    Raises ValueError when the event is not cancelled or its facts cannot stand in a calendar.
    """
    if event.status is not Status.CANCELLED:
        raise ValueError(f"{event.uid} is not cancelled")
    return _object("CANCEL", event, _with_people(event))


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


def _object(method: str, event: CalendarEvent, component: Event) -> bytes:
    whole = calendar(method)
    if event.timezone == BERLIN:
        whole.add_component(berlin_timezone())
    whole.add_component(component)
    content: bytes = whole.to_ical(sorted=False)
    return content
