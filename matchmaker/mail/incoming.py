"""A mail that came in: who sent it, what its own server says of that, and which parts it has.

Whatever it looks like, reading it ends soon: the standard library's parser takes for ever over
some mails, so what would make it do that is looked for first.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import (
    FirstHeaderLineIsContinuationDefect,
    InvalidHeaderDefect,
    MisplacedEnvelopeHeaderDefect,
    MissingHeaderBodySeparatorDefect,
)
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from enum import StrEnum

from matchmaker.mail.address import AddressError, exact_address
from matchmaker.mail.authentication import dmarc
from matchmaker.text import clean_line, clean_typed, decoded

LARGEST = 1024 * 1024
"""Octets of a mail that is read as a whole."""
MOST_PARTS = 50
MOST_NESTED = 12
"""Parts that hold others. An answer has two; a returned mail has four or five."""
MOST_LINES = 50_000
MOST_EMPTY = 2_000
"""Empty lines of a mail that holds a delivery report."""
LONGEST_HEADER = 8000
LONGEST_TEXT = 4000

_NESTING = re.compile(rb"multipart/|message/", re.IGNORECASE)
_HEADER = re.compile(
    rb"(?:\A|[\r\n])content-(?:type|disposition)[ \t]*:[^\r\n]*(?:(?:\r\n|\r|\n)[ \t][^\r\n]*)*",
    re.IGNORECASE,
)
_REPORT = re.compile(rb"message/(?:global-)?delivery-status", re.IGNORECASE)
_EMPTY = re.compile(rb"(?:(?<=\n)|(?<=\r))(?:\r\n?|\n)")
_HEAD_END = re.compile(rb"(?:\A|(?<=\n))\r*\n")
_RETURNS = re.compile(rb"\r+(\n?)")
_SPACED_FROM = re.compile(rb"^from[ \t]+:", re.IGNORECASE | re.MULTILINE)
_FOLD = re.compile(rb"\r?\n(?=[ \t])")
_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")
_ODD_HEAD = (
    FirstHeaderLineIsContinuationDefect,
    InvalidHeaderDefect,
    MisplacedEnvelopeHeaderDefect,
    MissingHeaderBodySeparatorDefect,
)
_HEAD = re.compile(rb"\r\n\r\n|\n\n|\r\r")
_TAG = re.compile(r"<(?:style|script)\b[^<]*</(?:style|script)>|<[^<>]*>", re.IGNORECASE)
_CALENDARS = frozenset({"text/calendar", "application/ics"})
_FILES = frozenset({"application/octet-stream", "text/plain", "application/x-ics"})
_TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})


class Unreadable(StrEnum):
    """Why a mail was not read."""

    TOO_LARGE = "too_large"
    TOO_MANY_PARTS = "too_many_parts"
    BROKEN = "broken"


class UnreadableMail(ValueError):
    """A mail that is not read; `why` says why."""

    def __init__(self, why: Unreadable) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a mail's head says. `sender` is the one address in From, as it goes over the wire, or
    empty if there is none or more than one; nothing of it has been proven.

    `dmarc` is what the own server says of the sender in lower case, empty if it says nothing.
    `automatic`: a program has sent it, as a vacation notice does. `date` is aware.
    """

    message_id: str
    sender: str
    name: str
    subject: str
    date: datetime | None
    dmarc: str
    automatic: bool


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """A part that may be an answer, with what its Content-Type says of it."""

    content: bytes
    charset: str
    method: str


@dataclass(frozen=True, slots=True)
class IncomingMail:
    """A mail with the calendars in it, the likeliest first. `sealed`: holds Outlook's own format,
    which only Outlook reads.
    """

    envelope: Envelope
    calendars: tuple[CalendarFile, ...]
    text: str
    sealed: bool
    message: Message


def read_mail(raw: bytes, *, authserv: str = "") -> IncomingMail:
    """Read a whole mail. `authserv` names the own server in Authentication-Results; without it the
    topmost such header counts. Raises UnreadableMail, and nothing else.
    """
    if len(raw) > LARGEST:
        raise UnreadableMail(Unreadable.TOO_LARGE)
    _require_harmless(raw)
    try:
        message = _parsed(raw)
        parts = _parts(message)
        return IncomingMail(
            envelope=_envelope(message, authserv),
            calendars=tuple(_calendars(parts)),
            text=_words(parts),
            sealed=any(part.get_content_type() in _TNEF for part in parts),
            message=message,
        )
    except UnreadableMail:
        raise
    except Exception as error:  # the library knows many ways to fail on a hostile mail
        raise UnreadableMail(Unreadable.BROKEN) from error


def read_envelope(head: bytes, *, authserv: str = "") -> Envelope:
    """The same for the head alone, of a mail that is not read. Raises UnreadableMail."""
    top = _HEAD.split(head[:LARGEST], 1)[0] + b"\r\n\r\n"
    _require_harmless(top)
    try:
        return _envelope(_parsed(top), authserv)
    except Exception as error:  # as above
        raise UnreadableMail(Unreadable.BROKEN) from error


def digest(raw: bytes) -> str:
    """SHA-256 (hex) of what stays the same however a mail travels, so that copies that came by
    different ways are known: the content below the head, and of the head what its sender wrote."""
    end = _HEAD.search(raw)
    head, body = (raw[: end.start()], raw[end.end() :]) if end else (raw, b"")
    kept = [
        line.strip()
        for line in re.split(rb"\r\n|\r|\n", head)
        if line.partition(b":")[0].strip().lower() in {b"message-id", b"date", b"from"}
    ]
    return hashlib.sha256(b"\n".join([*sorted(kept), b"", body])).hexdigest()


def _require_harmless(raw: bytes) -> None:
    """Deep nesting, endless lines and endless parameters take the parser time that grows with
    their product: it asks every level about every line. Looks at the octets alone."""
    headers = [found[0] for found in _HEADER.finditer(raw)]
    nested = sum(1 for header in headers if b"multipart/" in header.lower())
    mentioned = sum(1 for _ in _NESTING.finditer(raw))
    if nested > MOST_NESTED or mentioned > 2 * MOST_PARTS:
        raise UnreadableMail(Unreadable.TOO_MANY_PARTS)
    lines = raw.count(b"\n") + raw.count(b"\r") - raw.count(b"\r\n")
    if lines > MOST_LINES or any(len(header) > LONGEST_HEADER for header in headers):
        raise UnreadableMail(Unreadable.BROKEN)
    # Every empty line in a delivery report begins a message of its own.
    if _REPORT.search(raw) and sum(1 for _ in _EMPTY.finditer(raw)) > MOST_EMPTY:
        raise UnreadableMail(Unreadable.BROKEN)


def _parsed(raw: bytes) -> Message:
    """The mail. For the library, a CR alone begins a new header; for mail servers it does not."""
    end = _HEAD_END.search(raw)
    head, rest = (raw[: end.start()], raw[end.start() :]) if end else (raw, b"")
    plain = _RETURNS.sub(lambda found: b"\r\n" if found[1] else b" ", head)
    message = message_from_bytes(plain + rest)
    if plain != head or _SPACED_FROM.search(head):
        message.defects.append(InvalidHeaderDefect("a CR without its LF, or a blank behind From"))
    return message


def _parts(message: Message) -> list[Message]:
    """The parts that hold something, without those of mails inside this one."""
    found: list[Message] = []
    waiting = [message]
    while waiting:
        part = waiting.pop()
        inner = part.get_payload()
        if isinstance(inner, list) and part.get_content_maintype() == "multipart":
            waiting.extend(reversed(inner))  # type: ignore[arg-type]  # the parts of a multipart
            if len(waiting) + len(found) > MOST_PARTS:
                raise UnreadableMail(Unreadable.TOO_MANY_PARTS)
        else:
            found.append(part)
    return found


def _envelope(message: Message, authserv: str) -> Envelope:
    name, address = _sender(message)
    return Envelope(
        message_id=_header(message, "Message-ID")[:255],
        sender=address,
        name=clean_line(clean_typed(name))[:200],
        subject=clean_line(clean_typed(_header(message, "Subject")))[:400],
        date=_date(_header(message, "Date")),
        dmarc=dmarc(_whole_values(message, "Authentication-Results"), authserv),
        automatic=_is_automatic(message),
    )


def header_values(message: Message, name: str) -> list[str]:
    """All headers of this name, in one line each, as text whatever letters were sent.

    Long ones are cut: what a decision hangs on must be read with `_whole_values`.
    """
    return [value[:LONGEST_HEADER] for value in _whole_values(message, name)]


def _whole_values(message: Message, name: str) -> list[str]:
    return [" ".join(decoded(value).split()) for value in _typed_values(message, name)]


def _typed_values(message: Message, name: str) -> list[bytes]:
    """The same as octets, with all blanks and line ends."""
    return [
        value.encode("utf-8", "surrogateescape")
        for own, value in message.raw_items()
        if own.casefold() == name.casefold()
    ]


def _header(message: Message, name: str) -> str:
    """The first header of this name as a person reads it."""
    return _without_code_words(next(iter(header_values(message, name)), ""))


def _without_code_words(value: str) -> str:
    try:
        return clean_line("".join(_piece(*found) for found in decode_header(value)))
    except (ValueError, LookupError):
        return clean_line(value)


def _piece(piece: bytes | str, charset: str | None) -> str:
    if isinstance(piece, str):
        return piece
    # How the library hands on what stands between the code words.
    return decoded(piece, charset) if charset else piece.decode("raw-unicode-escape")


def _sender(message: Message) -> tuple[str, str]:
    """The name and the address of the one who is in From, both empty if it is not just one.

    Other readers of the mail, above all the server that judges it, must see the same address: one
    that is not written in one piece, or in a head that they may read otherwise, is none.
    """
    values = _typed_values(message, "From")
    if len(values) != 1 or _is_ambiguous(message):
        return "", ""
    octets = _FOLD.sub(b" ", values[0]).strip(b" \t")
    value = decoded(octets)
    if len(octets) > LONGEST_HEADER or _CONTROL.search(value):
        return "", ""
    try:
        found = [(name, address) for name, address in getaddresses([value]) if address]
    except RecursionError:
        return "", ""
    if len(found) != 1 or not _stands_alone(found[0][1].encode(), octets):
        return "", ""
    return _without_code_words(found[0][0]), _exact(found[0][1])


def _is_ambiguous(message: Message) -> bool:
    """Whether the head holds lines that some readers skip and others take for its end."""
    return any(isinstance(defect, _ODD_HEAD) for defect in message.defects)


def _stands_alone(address: bytes, value: bytes) -> bool:
    """Whether the address is written in one piece, alone or between angle brackets, in UTF-8."""
    bracketed = b"<" + address + b">"
    alone = value.partition(b" (")[0] == address
    return alone or value.endswith(bracketed) or bracketed + b" (" in value


def _exact(address: str) -> str:
    try:
        return exact_address(address)
    except AddressError:
        return ""


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
        return date.replace(tzinfo=date.tzinfo or UTC).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _is_automatic(message: Message) -> bool:
    """RFC 3834, and what programs wrote before and beside it."""
    submitted = _header(message, "Auto-Submitted").partition(";")[0].strip().casefold()
    precedence = _header(message, "Precedence").casefold()
    return (
        submitted not in {"", "no"}
        or precedence in {"auto_reply", "bulk", "junk", "list"}
        or message.get("X-Autoreply") is not None
        or message.get("X-Autorespond") is not None
        or message.get("List-Id") is not None
        or _header(message, "Return-Path").replace(" ", "") == "<>"
    )


def _calendars(parts: Sequence[Message]) -> Iterator[CalendarFile]:
    """By how surely a part is one: by its type first, then files named so."""
    typed = [part for part in parts if part.get_content_type() in _CALENDARS]
    typed.sort(key=lambda part: part.get_content_type() != "text/calendar")
    named = [
        part
        for part in parts
        if part.get_content_type() in _FILES and _file_name(part).casefold().endswith(".ics")
    ]
    for part in [*typed, *named]:
        yield CalendarFile(payload(part), _parameter(part, "charset"), _parameter(part, "method"))


def _file_name(part: Message) -> str:
    return _without_code_words(str(part.get_filename() or "")[:LONGEST_HEADER])


def _parameter(part: Message, name: str) -> str:
    value = part.get_param(name, "")
    return clean_line(value if isinstance(value, str) else "")[:60]


def payload(part: Message) -> bytes:
    """The octets of a part, whatever they were packed in."""
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _words(parts: Sequence[Message]) -> str:
    """The first words for a person, plain if there are any."""
    for kind in ("text/plain", "text/html"):
        for part in parts:
            if part.get_content_type() == kind and not part.get_filename():
                text = decoded(payload(part)[: 8 * LONGEST_TEXT], _parameter(part, "charset"))
                text = text if kind == "text/plain" else _TAG.sub(" ", text)
                if text.strip():
                    return clean_typed(text)[:LONGEST_TEXT]
    return ""
