"""The parts of a mail in the order and shape that calendar programs understand."""

from __future__ import annotations

from base64 import encodebytes
from binascii import b2a_qp
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """A whole iCalendar object; `method` is that inside `content`."""

    method: Literal["REQUEST", "CANCEL"]
    content: bytes


def content(boundary: str, text: str, html: str, calendar: CalendarPart | None) -> bytes:
    """The mail from its Content-Type on, with CRLF.

    multipart/alternative, inside multipart/mixed if a calendar comes with it. `boundary` only has
    to differ from mail to mail: `=_` before it stands in neither quoted-printable nor base64, so
    that no part can contain it.
    """
    words = [_words("plain", text), _words("html", html)]
    if calendar is None:
        return _multipart("alternative", f"=_0_{boundary}", words)
    invitation, file = _calendar_twice(calendar)
    alternative = _multipart("alternative", f"=_1_{boundary}", [*words, invitation])
    return _multipart("mixed", f"=_0_{boundary}", [alternative, file])


def _words(subtype: str, text: str) -> bytes:
    payload = b2a_qp(f"{text}\n".encode())
    return _part(f'text/{subtype}; charset="utf-8"', "quoted-printable", payload)


def _calendar_twice(calendar: CalendarPart) -> tuple[bytes, bytes]:
    """As an alternative for programs that can answer, and as a file for all others."""
    payload = encodebytes(calendar.content)
    kind = f'text/calendar; charset="utf-8"; method="{calendar.method}";\r\n component="VEVENT"'
    file = 'attachment; filename="invite.ics"'
    return (
        _part(kind, "base64", payload),
        _part('application/ics; name="invite.ics"', "base64", payload, file),
    )


def _part(content_type: str, encoding: str, payload: bytes, disposition: str = "") -> bytes:
    head = [f"Content-Type: {content_type}", f"Content-Transfer-Encoding: {encoding}"]
    if disposition:
        head.append(f"Content-Disposition: {disposition}")
    return b"\r\n".join([*(line.encode() for line in head), b"", *payload.splitlines(), b""])


def _multipart(subtype: str, boundary: str, parts: list[bytes]) -> bytes:
    head = f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"\r\n\r\n'.encode()
    opening = f"--{boundary}\r\n".encode()
    # The line end before a delimiter belongs to the delimiter (RFC 2046, 5.1.1).
    between = b"\r\n" + opening
    return head + opening + between.join(parts) + f"\r\n--{boundary}--\r\n".encode()
