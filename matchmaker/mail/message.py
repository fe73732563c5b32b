"""A mail as fixed bytes: rendered once, stored, and resent exactly as it was."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage

from matchmaker.mail.address import wire_address
from matchmaker.mail.parts import CalendarPart, tree
from matchmaker.text import clean_line, clean_text

__all__ = ["CalendarPart", "OutgoingMail", "RenderedMail", "compose"]

_MESSAGE_ID = re.compile(r"<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+>")
_LONGEST_MESSAGE_ID = 250  # with its header name it stays far below SMTP's 998 octets a line
_LONGEST_SUBJECT = 250
_AS_THEY_ARE = policy.compat32.clone(linesep="\r\n", max_line_length=None)


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
    headers = EmailMessage(policy.SMTP if ascii_only else policy.SMTPUTF8)
    _set_headers(headers, mail, sender, recipient)
    content = tree(_boundary(mail.message_id), clean_text(mail.text), mail.html, mail.calendar)
    # Headers and content are written apart: one EmailMessage around both parses the headers of
    # every part again and again, which took 10 ms a mail.
    body = headers.as_bytes().removesuffix(b"\r\n") + content.as_bytes(policy=_AS_THEY_ARE)
    return RenderedMail(mail.message_id, sender, recipient, str(headers["Subject"]), body)


def _set_headers(headers: EmailMessage, mail: OutgoingMail, sender: str, recipient: str) -> None:
    if mail.date.tzinfo is None:
        raise ValueError(f"expected an aware date, got {mail.date.isoformat()}")
    headers["MIME-Version"] = "1.0"
    own_mailbox = _mailbox(mail.sender_name, sender)
    headers["Date"] = mail.date.replace(microsecond=0)
    headers["From"] = own_mailbox
    headers["Reply-To"] = own_mailbox
    headers["To"] = _mailbox(mail.recipient_name, recipient)
    headers["Subject"] = _shortened(clean_line(mail.subject))
    headers["Message-ID"] = _checked_id(mail.message_id)
    if mail.in_reply_to is not None:
        headers["In-Reply-To"] = _checked_id(mail.in_reply_to)
        headers["References"] = _checked_id(mail.in_reply_to)
    headers["Auto-Submitted"] = "auto-generated"
    headers["Content-Language"] = clean_line(mail.locale)


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


def _boundary(message_id: str) -> str:
    return hashlib.sha256(message_id.encode()).hexdigest()[:32]
