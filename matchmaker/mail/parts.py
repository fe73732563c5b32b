"""The parts of a mail in the order and shape that calendar programs understand."""

from __future__ import annotations

from base64 import encodebytes
from binascii import b2a_qp
from dataclasses import dataclass
from email.message import Message
from typing import Literal


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """A whole iCalendar object; `method` is that inside `content`."""

    method: Literal["REQUEST", "CANCEL"]
    content: bytes


def tree(boundary: str, text: str, html: str, calendar: CalendarPart | None) -> Message:
    """multipart/alternative, inside multipart/mixed if a calendar comes with it.

    `boundary` only has to differ from mail to mail: `=_` before it stands in neither
    quoted-printable nor base64, so that no part can contain it.
    """
    words = [_words("plain", text), _words("html", html)]
    if calendar is None:
        return _multipart("alternative", f"=_0_{boundary}", words)
    invitation, file = _calendar_twice(calendar)
    alternative = _multipart("alternative", f"=_1_{boundary}", [*words, invitation])
    return _multipart("mixed", f"=_0_{boundary}", [alternative, file])


def _words(subtype: str, text: str) -> Message:
    payload = b2a_qp(f"{text}\n".encode()).decode("ascii")
    return _part(f'text/{subtype}; charset="utf-8"', "quoted-printable", payload)


def _calendar_twice(calendar: CalendarPart) -> tuple[Message, Message]:
    """As an alternative for programs that can answer, and as a file for all others."""
    payload = encodebytes(calendar.content).decode("ascii")
    kind = f'text/calendar; charset="utf-8"; method="{calendar.method}";\n component="VEVENT"'
    file = _part('application/ics; name="invite.ics"', "base64", payload)
    file["Content-Disposition"] = 'attachment; filename="invite.ics"'
    return _part(kind, "base64", payload), file


def _part(content_type: str, encoding: str, payload: str) -> Message:
    part = Message()
    part["Content-Type"] = content_type
    part["Content-Transfer-Encoding"] = encoding
    part.set_payload(payload)
    return part


def _multipart(subtype: str, boundary: str, parts: list[Message]) -> Message:
    whole = Message()
    whole["Content-Type"] = f'multipart/{subtype};\n boundary="{boundary}"'
    for part in parts:
        whole.attach(part)
    return whole
