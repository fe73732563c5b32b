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
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from enum import StrEnum

from matchmaker.mail.address import AddressError, wire_address
from matchmaker.text import clean_line, clean_typed, decoded

LARGEST = 1024 * 1024
"""Octets of a mail that is read as a whole."""
MOST_PARTS = 50
LONGEST_HEADER = 8000
LONGEST_TEXT = 4000

_NESTING = re.compile(rb"multipart/|message/", re.IGNORECASE)
_HEADER = re.compile(
    rb"(?:\A|[\r\n])content-(?:type|disposition)[ \t]*:[^\r\n]*(?:(?:\r\n|\r|\n)[ \t][^\r\n]*)*",
    re.IGNORECASE,
)
_HEAD = re.compile(rb"\r\n\r\n|\n\n|\r\r")
_COMMENT = re.compile(r"\([^()]*\)")
_DMARC = re.compile(r"(?:^|[;\s])dmarc\s*=\s*([a-z]+)", re.IGNORECASE)
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
        message = message_from_bytes(raw)
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
        return _envelope(message_from_bytes(top), authserv)
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
    """Deep nesting and endless parameters take the parser time that grows with their square."""
    if sum(1 for _ in _NESTING.finditer(raw)) > 2 * MOST_PARTS:
        raise UnreadableMail(Unreadable.TOO_MANY_PARTS)
    if any(len(found[0]) > LONGEST_HEADER for found in _HEADER.finditer(raw)):
        raise UnreadableMail(Unreadable.BROKEN)


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
    addresses = _addresses(message)
    name, address = addresses[0] if len(addresses) == 1 else ("", "")
    return Envelope(
        message_id=_header(message, "Message-ID")[:255],
        sender=_wire(address),
        name=clean_line(clean_typed(name))[:200],
        subject=clean_line(clean_typed(_header(message, "Subject")))[:400],
        date=_date(_header(message, "Date")),
        dmarc=_dmarc(header_values(message, "Authentication-Results"), authserv),
        automatic=_is_automatic(message),
    )


def header_values(message: Message, name: str) -> list[str]:
    """All headers of this name, in one line each, as text whatever letters were sent."""
    return [
        " ".join(decoded(value.encode("utf-8", "surrogateescape")).split())[:LONGEST_HEADER]
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


def _addresses(message: Message) -> list[tuple[str, str]]:
    """Everybody in From. More than one header of that name is more than one sender."""
    try:
        found = getaddresses(header_values(message, "From"))
    except RecursionError:
        return []
    return [(_without_code_words(name), address) for name, address in found if address]


def _wire(address: str) -> str:
    try:
        return wire_address(clean_line(address))
    except AddressError:
        return ""


def same_address(one: str, other: str) -> bool:
    """Whether two addresses lead to one mailbox: upper and lower case and the two ways to write a
    domain with letters outside ASCII make no difference."""
    first, second = (_wire(address).casefold() for address in (one, other))
    return first != "" and first == second


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
        return date.replace(tzinfo=date.tzinfo or UTC).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _dmarc(values: Sequence[str], authserv: str) -> str:
    """What the own server found; a failure outweighs everything else.

    Others may have written such headers before: only those with the own server's name count, or
    with the name in the topmost one.
    """
    read = [_identified(value) for value in values]
    trusted = authserv.casefold() or (read[0][0] if read else "")
    results = [
        found[1].lower()
        for name, said in read
        if name == trusted
        for found in _DMARC.finditer(said)
    ]
    return "fail" if "fail" in results else next(iter(results), "")


def _identified(value: str) -> tuple[str, str]:
    """The name of the server and what it found. Microsoft's servers leave their name out."""
    plain = _COMMENT.sub(" ", value).strip()
    name, _, rest = plain.partition(";")
    if "=" in name:
        return "", plain
    return (name.split() or [""])[0].casefold(), rest


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
