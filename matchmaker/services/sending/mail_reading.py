"""A stored mail in full, as its reader gets it; for the demo, where every mailbox is open."""

from __future__ import annotations

from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from matchmaker.services.sending.mail_preview import CalendarFacts, preview

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
class ReadMail:
    """`html` is as it was written and must be shown in a sandbox only; `raw_calendar` as sent."""

    headers: tuple[tuple[str, str], ...]
    text: str
    html: str
    language: str
    attachments: tuple[str, ...]
    calendar: CalendarFacts | None
    raw_calendar: str


def read(body: bytes) -> ReadMail:
    """The mail behind the bytes of an outbox row."""
    message = BytesParser(EmailMessage, policy=policy.default).parsebytes(body)
    seen = preview(body, "")
    return ReadMail(
        headers=tuple((name, str(message[name])) for name in SHOWN_HEADERS if message[name]),
        text=_content(message, "plain"),
        html=_content(message, "html"),
        language=seen.language,
        attachments=seen.attachments,
        calendar=seen.calendar,
        raw_calendar=_raw_calendar(message),
    )


def _content(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""


def _raw_calendar(message: EmailMessage) -> str:
    for part in message.walk():
        if part.get_content_type() == "text/calendar":
            raw = part.get_payload(decode=True)
            return raw.decode("utf-8") if isinstance(raw, bytes) else ""
    return ""
