"""What calendar programs mail when somebody answers an invitation, program by program.

Written from what is publicly known of their shapes; every line that differs between them stands
here because a reader can trip over it.
"""

from __future__ import annotations

from base64 import encodebytes
from collections.abc import Callable
from dataclasses import replace
from email.utils import format_datetime
from quopri import encodestring

from tests.incoming.calendars import (
    OWN_SERVER,
    SERVICE,
    Said,
    apple_calendar,
    crlf,
    exchange_calendar,
    google_calendar,
    outlook_calendar,
    thunderbird_calendar,
)

Writer = Callable[[Said], bytes]


def base64(content: bytes) -> str:
    return encodebytes(content).decode()


def quoted(content: bytes) -> str:
    return encodestring(content).decode()


def head(said: Said, *more: str, subject: str = "") -> str:
    sender = said.sender or said.attendee
    lines = [
        f"Return-Path: <{sender}>",
        f"Authentication-Results: {OWN_SERVER}; dkim=pass header.d=x.example;\n"
        f" spf=pass smtp.mailfrom={sender};\n dmarc={said.dmarc} header.from=x.example",
        f"From: =?utf-8?q?Ay=C5=9Fe_Y=C4=B1lmaz?= <{sender}>",
        f"To: Arbeitsmarkt <{SERVICE}>",
        f"Subject: {subject or said.word + ': Arbeitsmarktgespraech'}",
        f"Date: {format_datetime(said.stamp)}",
        f"Message-ID: {said.message_id}",
        "MIME-Version: 1.0",
        *more,
    ]
    return "\n".join(lines) + "\n"


def exchange(said: Said) -> bytes:
    mime = 'Content-Type: multipart/alternative;\n\tboundary="_000_AM0PR04"'
    return crlf(
        head(said, "Thread-Topic: Arbeitsmarkt", "X-MS-Has-Attach:", mime)
        + f"""
--_000_AM0PR04
Content-Type: text/plain; charset="iso-8859-1"
Content-Transfer-Encoding: quoted-printable

Gr=FC=DFe

--_000_AM0PR04
Content-Type: text/html; charset="iso-8859-1"
Content-Transfer-Encoding: quoted-printable

<html><body>Gr=FC=DFe</body></html>

--_000_AM0PR04
Content-Type: text/calendar; charset="utf-8"; method={said.method}
Content-Transfer-Encoding: base64

{base64(exchange_calendar(said))}
--_000_AM0PR04--
"""
    )


def outlook(said: Said) -> bytes:
    """Outlook over plain SMTP: the calendar is the whole mail, address in capitals."""
    content = outlook_calendar(said)
    mime = (
        f'Content-Type: text/calendar; method={said.method}; charset="utf-8"',
        "Content-Transfer-Encoding: quoted-printable",
    )
    return crlf(head(said, *mime) + "\n" + quoted(content))


def google(said: Said) -> bytes:
    """From the person, Sender the calendar; the calendar twice."""
    content = google_calendar(said)
    mime = 'Content-Type: multipart/mixed; boundary="000000000000a1"'
    sender = "Sender: Google Calendar <calendar-notification@google.com>"
    return crlf(
        head(said, sender, f"Reply-To: {said.attendee}", mime)
        + f"""
--000000000000a1
Content-Type: multipart/alternative; boundary="000000000000a2"

--000000000000a2
Content-Type: text/plain; charset="UTF-8"; format=flowed; delsp=yes
Content-Transfer-Encoding: base64

{base64("Ayşe Yılmaz hat die Einladung angenommen.".encode())}
--000000000000a2
Content-Type: text/html; charset="UTF-8"
Content-Transfer-Encoding: quoted-printable

<p>angenommen</p>
--000000000000a2
Content-Type: text/calendar; charset="UTF-8"; method={said.method}
Content-Transfer-Encoding: 8bit

{content.decode().replace(chr(13), "")}
--000000000000a2--

--000000000000a1
Content-Type: application/ics; name="invite.ics"
Content-Disposition: attachment; filename="invite.ics"
Content-Transfer-Encoding: base64

{base64(content)}
--000000000000a1--
"""
    )


def apple(said: Said) -> bytes:
    """A file below the words, with Apple's own parameters and a quoted EMAIL."""
    content = apple_calendar(said)
    mime = 'Content-Type: multipart/mixed;\n boundary="Apple-Mail=_1"'
    return crlf(
        head(said, "X-Mailer: Apple Mail (2.3826)", mime)
        + f"""
--Apple-Mail=_1
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable


--Apple-Mail=_1
Content-Disposition: attachment; filename="iCal-20261229-091530.ics"
Content-Type: text/calendar; charset=utf-8; method={said.method};
 name="iCal-20261229-091530.ics"
Content-Transfer-Encoding: base64

{base64(content)}
--Apple-Mail=_1--
"""
    )


def icloud(said: Said) -> bytes:
    """The attendee is a principal of Apple's; the address stands beside it."""
    content = google_calendar(said).replace(
        f":mailto:{said.attendee}".encode(),
        f";EMAIL={said.attendee}:/aMTA0ODI3NjE5MTA0ODI3NrN/principal/".encode(),
    )
    mime = (
        f'Content-Type: text/calendar; charset="UTF-8"; method={said.method}; name=invite.ics',
        "Content-Transfer-Encoding: base64",
    )
    return crlf(head(said, *mime) + "\n" + base64(content))


def thunderbird(said: Said) -> bytes:
    content = thunderbird_calendar(said)
    mime = 'Content-Type: multipart/mixed; boundary="------------Boundary_01"'
    return crlf(
        head(said, "Content-class: urn:content-classes:calendarmessage", mime)
        + f"""
--------------Boundary_01
Content-Type: multipart/alternative; boundary="------------Boundary_02"

--------------Boundary_02
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: 8bit

Ayşe Yılmaz hat die Einladung angenommen.
--------------Boundary_02
Content-Type: text/calendar; method={said.method}; charset=UTF-8
Content-Transfer-Encoding: 8bit

{content.decode().replace(chr(13), "")}
--------------Boundary_02--

--------------Boundary_01
Content-Type: application/ics; name="invite.ics"
Content-Disposition: attachment; filename="invite.ics"
Content-Transfer-Encoding: base64

{base64(content)}
--------------Boundary_01--
"""
    )


def proton(said: Said) -> bytes:
    content = google_calendar(replace(said, comment=""))
    mime = 'Content-Type: multipart/mixed;boundary="---------------------f00"'
    comment = said.comment and f"COMMENT:{said.comment}\r\n"
    content = content.replace(b"STATUS:CONFIRMED\r\n", comment.encode())
    return crlf(
        head(said, mime)
        + f"""
-----------------------f00
Content-Type: text/plain; charset=utf-8

{said.attendee} accepted your invitation.
-----------------------f00
Content-Type: text/calendar; filename="invite.ics"; charset="utf-8";
 method="{said.method}"; name="invite.ics"
Content-Disposition: attachment; filename="invite.ics"
Content-Transfer-Encoding: base64

{base64(content)}
-----------------------f00--
"""
    )


def as_file(said: Said) -> bytes:
    """Forwarded through a server that knows no calendars: a nameless kind of file."""
    mime = 'Content-Type: multipart/mixed; boundary="b"'
    return crlf(
        head(said, mime)
        + f"""
--b
Content-Type: text/plain

--b
Content-Type: application/octet-stream; name="=?utf-8?q?Antwort=2Eics?="
Content-Transfer-Encoding: base64

{base64(google_calendar(said))}
--b--
"""
    )


PROGRAMS: dict[str, Writer] = {
    "exchange": exchange,
    "outlook": outlook,
    "google": google,
    "apple": apple,
    "icloud": icloud,
    "thunderbird": thunderbird,
    "proton": proton,
    "file": as_file,
}
