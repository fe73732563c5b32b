"""Reading our own stored mails back: the words as text and HTML, and the calendar part as facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from icalendar import Calendar, Event

SHOWN_HEADERS = (
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "Auto-Submitted",
    "Content-Language",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarFacts:
    """What a calendar program reads from the mail; `raw` is the part as it is."""

    method: str
    uid: str
    sequence: int
    status: str
    summary: str
    starts: datetime | date
    ends: datetime | date
    location: str
    organizer: str
    attendee: str
    answer: str
    description: str
    raw: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMail:
    """A mail in parts; `html` is as it was written and must be shown in a sandbox only."""

    headers: tuple[tuple[str, str], ...]
    text: str
    html: str
    language: str
    attachments: tuple[str, ...]
    calendar: CalendarFacts | None


def read(body: bytes) -> ReadMail:
    """The mail behind the bytes of an outbox row."""
    message = BytesParser(EmailMessage, policy=policy.default).parsebytes(body)
    return ReadMail(
        headers=tuple((name, str(message[name])) for name in SHOWN_HEADERS if message[name]),
        text=_content(message, "plain"),
        html=_content(message, "html"),
        language=str(message["Content-Language"] or ""),
        attachments=tuple(part.get_filename() or "" for part in message.iter_attachments()),
        calendar=_calendar(message),
    )


def _content(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""


def _calendar(message: EmailMessage) -> CalendarFacts | None:
    for part in message.walk():
        if part.get_content_type() == "text/calendar":
            raw = part.get_payload(decode=True)
            return _facts(raw) if isinstance(raw, bytes) else None
    return None


def _facts(raw: bytes) -> CalendarFacts | None:
    calendar = Calendar.from_ical(raw)
    events = [item for item in calendar.walk("VEVENT") if isinstance(item, Event)]
    if not events:
        return None
    event = events[0]
    attendee = event.get("ATTENDEE")
    return CalendarFacts(
        method=str(calendar.get("METHOD", "")),
        uid=str(event.get("UID", "")),
        sequence=int(event.get("SEQUENCE", 0)),
        status=str(event.get("STATUS", "")),
        summary=str(event.get("SUMMARY", "")),
        starts=event.decoded("DTSTART"),
        ends=event.decoded("DTEND"),
        location=str(event.get("LOCATION", "")),
        organizer=_address(event.get("ORGANIZER")),
        attendee=_address(attendee),
        answer=str(attendee.params.get("PARTSTAT", "")) if attendee is not None else "",
        description=str(event.get("DESCRIPTION", "")),
        raw=raw.decode("utf-8"),
    )


def _address(value: object) -> str:
    return str(value or "").removeprefix("mailto:")
