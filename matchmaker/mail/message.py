"""A mail as fixed bytes: rendered once, stored, and resent exactly as it was."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart

from matchmaker.mail.address import wire_address
from matchmaker.text import clean_line, clean_text

_MESSAGE_ID = re.compile(r"<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+>")
_LONGEST_SUBJECT = 250
_LONGEST_MESSAGE_ID = 250  # with its header name it stays far below SMTP's 998 octets a line


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """A whole iCalendar object; `method` is that inside `content` (REQUEST or CANCEL)."""

    method: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMail:
    """A mail to one person. `date` is aware; message ids have their angle brackets.

    `sender_email` is the service's one mailbox: From, Reply-To and envelope sender are the same,
    because calendar programs compare them with ORGANIZER.
    """

    message_id: str
    date: datetime
    locale: str
    sender_name: str
    sender_email: str
    recipient_name: str
    recipient_email: str
    subject: str
    text: str
    html: str
    calendar: CalendarPart | None = None
    in_reply_to: str | None = None


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """What the outbox stores; `sender` and `recipient` are the envelope."""

    message_id: str
    sender: str
    recipient: str
    subject: str
    body: bytes


def compose(mail: OutgoingMail) -> RenderedMail:
    """The bytes of a mail: the same input gives the same bytes.

    Text from people never makes a new header. Raises AddressError for an unusable address and
    ValueError for a malformed message id or a naive date.
    """
    sender, recipient = wire_address(mail.sender_email), wire_address(mail.recipient_email)
    ascii_only = sender.isascii() and recipient.isascii()
    root = EmailMessage(policy.SMTP if ascii_only else policy.SMTPUTF8)
    root.set_content(clean_text(mail.text) + "\n", cte="quoted-printable")
    root.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    if mail.calendar is not None:
        _add_calendar(root, mail.calendar)
    _set_headers(root, mail, sender, recipient)
    _fix_boundaries(root, mail.message_id)
    subject = str(root["Subject"])
    return RenderedMail(mail.message_id, sender, recipient, subject, root.as_bytes())


def _add_calendar(root: EmailMessage, calendar: CalendarPart) -> None:
    """The object twice: as an alternative for programs that answer, as a file for all others."""
    root.add_alternative(
        calendar.content,
        maintype="text",
        subtype="calendar",
        cte="base64",
        params={"charset": "utf-8", "method": calendar.method, "component": "VEVENT"},
    )
    root.add_attachment(
        calendar.content,
        maintype="application",
        subtype="ics",
        filename="invite.ics",
        params={"name": "invite.ics"},
    )


def _set_headers(root: EmailMessage, mail: OutgoingMail, sender: str, recipient: str) -> None:
    """Set after the content, which would delete Content-Language."""
    if mail.date.tzinfo is None:
        raise ValueError(f"expected an aware date, got {mail.date.isoformat()}")
    own_mailbox = _mailbox(mail.sender_name, sender)
    root["Date"] = mail.date.replace(microsecond=0)
    root["From"] = own_mailbox
    root["Reply-To"] = own_mailbox
    root["To"] = _mailbox(mail.recipient_name, recipient)
    root["Subject"] = _shortened(clean_line(mail.subject))
    root["Message-ID"] = _checked_id(mail.message_id)
    if mail.in_reply_to is not None:
        root["In-Reply-To"] = _checked_id(mail.in_reply_to)
        root["References"] = _checked_id(mail.in_reply_to)
    root["Auto-Submitted"] = "auto-generated"
    root["Content-Language"] = clean_line(mail.locale)


def _shortened(subject: str) -> str:
    """No program shows more, and the outbox keeps the subject in a column of its own."""
    if len(subject) <= _LONGEST_SUBJECT:
        return subject
    return subject[: _LONGEST_SUBJECT - 1].rstrip() + "…"


def _mailbox(name: str, address: str) -> Address:
    local, _, domain = address.rpartition("@")
    return Address(clean_line(name), username=local, domain=domain)


def _checked_id(message_id: str) -> str:
    if len(message_id) > _LONGEST_MESSAGE_ID or not _MESSAGE_ID.fullmatch(message_id):
        raise ValueError(f"not a message id: {message_id!r}")
    return message_id


def _fix_boundaries(root: MIMEPart, message_id: str) -> None:
    """`=_` can stand in neither quoted-printable nor base64, so no part can contain a boundary."""
    digest = hashlib.sha256(message_id.encode()).hexdigest()[:32]
    containers = [part for part in root.walk() if part.is_multipart()]
    for number, part in enumerate(containers):
        part.set_boundary(f"=_{number}_{digest}")
