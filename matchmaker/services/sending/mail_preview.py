"""A stored mail as a coordinator may see it: the words and the calendar facts, never the keys.

Links to answers, sign-ins, requests and feeds act as the person they were sent to; whoever reads
over their shoulder gets them masked.
"""

from __future__ import annotations

import email
import re
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage

from icalendar import Calendar, Event

MASK = "…"
_LINKS = re.compile(
    r"(/(?:antwort|anmelden|anfrage/entwurf|anfrage|kalender)/)[A-Za-z0-9_-]{20,}"
    r"(?:[^\s<>\"')\]]*)"
)
_CODE = re.compile(r"(?<!\d)\d{3}[ \u00a0]?\d{3}(?!\d)")
SECRET_KINDS = frozenset({"login"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarFacts:
    """What the calendar part says; times are wall-clock."""

    method: str
    uid: str
    sequence: int
    start: datetime | None
    end: datetime | None
    summary: str
    location: str
    status: str
    attendee: str
    organizer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailPreview:
    sender: str
    recipient: str
    language: str
    text: str
    attachments: tuple[str, ...]
    calendar: CalendarFacts | None


def preview(body: bytes, kind: str) -> MailPreview:
    """Read stored bytes; what cannot be read is left empty rather than hiding the page."""
    message = email.message_from_bytes(body, policy=policy.SMTP)
    assert isinstance(message, EmailMessage)  # noqa: S101  # the policy makes it so
    plain = message.get_body(("plain",))
    return MailPreview(
        sender=str(message["From"] or ""),
        recipient=str(message["To"] or ""),
        language=str(message["Content-Language"] or ""),
        text=masked(str(plain.get_content()) if plain else "", kind),
        attachments=tuple(part.get_filename() or "" for part in message.iter_attachments()),
        calendar=_calendar(message),
    )


def masked(text: str, kind: str) -> str:
    """The words without anything that would let a reader act as somebody else."""
    hidden = _LINKS.sub(rf"\1{MASK}", text)
    return _CODE.sub(f"{MASK}", hidden) if kind in SECRET_KINDS else hidden


def _calendar(message: EmailMessage) -> CalendarFacts | None:
    for part in message.walk():
        if part.get_content_type() == "text/calendar":
            try:
                whole = Calendar.from_ical(part.get_content())
            except ValueError:
                return None
            events = whole.events if isinstance(whole, Calendar) else []
            return _facts(str(whole.get("METHOD", "")), events[0]) if events else None
    return None


def _facts(method: str, event: Event) -> CalendarFacts:
    def bare(name: str) -> str:
        return str(event.get(name, "")).removeprefix("mailto:")

    return CalendarFacts(
        method=method,
        uid=str(event.get("UID", "")),
        sequence=int(event.get("SEQUENCE", 0)),
        start=_wall(event.DTSTART),
        end=_wall(event.DTEND),
        summary=str(event.get("SUMMARY", "")),
        location=str(event.get("LOCATION", "")),
        status=str(event.get("STATUS", "")),
        attendee=bare("ATTENDEE"),
        organizer=bare("ORGANIZER"),
    )


def _wall(moment: object) -> datetime | None:
    return moment.replace(tzinfo=None) if isinstance(moment, datetime) else None
