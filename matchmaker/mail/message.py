"""A mail as fixed bytes: rendered once, stored, and resent exactly as it was."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from matchmaker.mail.address import wire_address
from matchmaker.mail.headers import header, mailbox, text
from matchmaker.mail.parts import CalendarPart, content
from matchmaker.text import clean_line, clean_text

__all__ = ["CalendarPart", "OutgoingMail", "RenderedMail", "compose"]

_MESSAGE_ID = re.compile(r"<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+>")
_LONGEST_MESSAGE_ID = 250  # with its header name it stays far below SMTP's 998 octets a line
_LONGEST_SUBJECT = 250


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
    subject = _shortened(clean_line(mail.subject))
    lines = _header_lines(mail, sender, recipient, subject)
    body = content(_boundary(mail.message_id), clean_text(mail.text), mail.html, mail.calendar)
    whole = "\r\n".join([*lines, ""]).encode() + body
    return RenderedMail(mail.message_id, sender, recipient, subject, whole)


def _header_lines(mail: OutgoingMail, sender: str, recipient: str, subject: str) -> list[str]:
    """Everything above Content-Type, which comes with the content."""
    if mail.date.tzinfo is None:
        raise ValueError(f"expected an aware date, got {mail.date.isoformat()}")
    own_mailbox = mailbox(clean_line(mail.sender_name), sender)
    lines = [
        "MIME-Version: 1.0",
        f"Date: {format_datetime(mail.date.replace(microsecond=0))}",
        header("From", own_mailbox),
        header("Reply-To", own_mailbox),
        header("To", mailbox(clean_line(mail.recipient_name), recipient)),
        header("Subject", text(subject)),
        f"Message-ID: {_checked_id(mail.message_id)}",
    ]
    if mail.in_reply_to is not None:
        first = _checked_id(mail.in_reply_to)
        lines += [f"In-Reply-To: {first}", f"References: {first}"]
    return [
        *lines,
        "Auto-Submitted: auto-generated",
        header("Content-Language", text(clean_line(mail.locale))),
    ]


def _shortened(subject: str) -> str:
    """No program shows more, and the outbox keeps the subject in a column of its own."""
    if len(subject) <= _LONGEST_SUBJECT:
        return subject
    return subject[: _LONGEST_SUBJECT - 1].rstrip() + "…"


def _checked_id(message_id: str) -> str:
    if len(message_id) > _LONGEST_MESSAGE_ID or not _MESSAGE_ID.fullmatch(message_id):
        raise ValueError(f"not a message id: {message_id!r}")
    return message_id


def _boundary(message_id: str) -> str:
    return hashlib.sha256(message_id.encode()).hexdigest()[:32]
