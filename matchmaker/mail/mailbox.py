"""A folder of our mailbox over IMAP: what is new there, its octets, and the mark "read".

imap-tools does connections, logins, folder names and searches. Mails are fetched here, because it
would parse each of them at once, and hostile ones have to be looked at first.
"""

from __future__ import annotations

import imaplib
import re
import ssl
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from imap_tools import (
    AND,
    BaseMailBox,
    MailBox,
    MailboxLoginError,
    MailBoxStartTls,
    MailBoxUnencrypted,
    MailMessageFlags,
    U,
)
from imap_tools.errors import ImapToolsError

from matchmaker.mail.incoming import LARGEST
from matchmaker.mail.mailbox_settings import ImapSettings

_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_BODY = re.compile(rb'BODY\[(?:HEADER)?\](?:<\d+>)? (?:NIL|"((?:[^"\\\\]|\\\\.)*)")', re.IGNORECASE)
_ESCAPED = re.compile(rb"\\(.)")
_BUSY = re.compile(r"\[(?:UNAVAILABLE|INUSE|LIMIT|OVERQUOTA|THROTTLED)\b", re.IGNORECASE)
"""Response codes (RFC 5530, and Gmail's) that concern the server or us, not a single mail."""
_HEAD_SIZE = 64 * 1024
MOST_AT_ONCE = 500
_FAILURES = (ImapToolsError, imaplib.IMAP4.error, OSError, ValueError, LookupError)


class MailboxError(Exception):
    """The mailbox cannot be read; the text says why and never shows the password."""


class LoginRefused(MailboxError):
    """The server does not let us in."""


class MailWithheld(MailboxError):
    """The server fails at this one mail; the connection is good, and others may be fetched."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A mail as it lies there. `raw` holds the head alone if it is not `whole`.

    `received_at` is when the server got it (aware), None if it does not say.
    """

    uid: int
    raw: bytes
    whole: bool
    received_at: datetime | None


class Mailbox:
    """An open folder. Every method raises MailboxError when the server does not play along."""

    def __init__(self, box: BaseMailBox, folder: str) -> None:
        self._box = box
        with _told():
            self.uidvalidity = box.folder.status(folder, ["UIDVALIDITY"])["UIDVALIDITY"]

    def after(self, uid: int) -> list[int]:
        """The numbers above `uid`, in order."""
        with _told():
            found = self._box.uids(AND(uid=U(str(uid + 1), "*")), None)
        # `*` is the highest number, even if that is below the first.
        return sorted(number for number in map(int, found) if number > uid)

    def unread(self) -> set[int]:
        """All that have not been marked as read."""
        with _told():
            return set(map(int, self._box.uids(AND(seen=False), None)))

    def read_ones(self, uids: Iterable[int]) -> set[int]:
        """Which of these are there and have been marked as read."""
        found: set[int] = set()
        for some in chunks(sorted(uids)):
            with _told():
                wanted = AND(uid=[str(uid) for uid in some], seen=True)
                found.update(map(int, self._box.uids(wanted, None)))
        return found

    def fetch(self, uid: int) -> Fetched | None:
        """A mail, or its head if it is too large; None if it has gone. Leaves it unread.

        Raises MailWithheld if the server fails at this mail alone.
        """
        size = self._size(uid)
        if size is None:
            return None
        whole = size <= LARGEST
        part = f"BODY.PEEK[]<0.{LARGEST + 1}>" if whole else f"BODY.PEEK[HEADER]<0.{_HEAD_SIZE}>"
        answer = self._ask(uid, f"(INTERNALDATE {part})")
        raw = next((octets for row in answer if (octets := _octets(row)) is not None), None)
        if raw is None:
            _require_gone(uid, answer)
            return None
        return Fetched(uid, raw, whole, _received(b" ".join(map(_said, answer))))

    def mark_read(self, uids: Sequence[int]) -> None:
        for some in chunks(sorted(uids)):
            with _told():
                self._box.flag([str(uid) for uid in some], MailMessageFlags.SEEN, True)

    def _size(self, uid: int) -> int | None:
        answer = self._ask(uid, "(RFC822.SIZE)")
        for row in answer:
            found = _SIZE.search(_said(row))
            if found is not None:
                return int(found[1])
        _require_gone(uid, answer)
        return None

    def _ask(self, uid: int, parts: str) -> list[Any]:
        with _told():
            try:
                state, answer = self._box.client.uid("FETCH", str(uid), parts)
            except imaplib.IMAP4.abort:  # the connection is broken
                raise
            except imaplib.IMAP4.error as error:  # BAD
                state, answer = "BAD", [error]
        if state != "OK":
            text = f"the server does not hand out mail {uid}: {answer!r:.200}"
            raise MailboxError(text) if _BUSY.search(text) else MailWithheld(text)
        return answer


def _said(row: Any) -> bytes:
    """What the library has of an answer beside the octets of a literal."""
    said = row[0] if isinstance(row, tuple) else row
    return said if isinstance(said, bytes) else b""


def _octets(row: Any) -> bytes | None:
    """The mail, however it is written in an answer."""
    if isinstance(row, tuple):
        return bytes(row[1])
    found = _BODY.search(_said(row))
    return None if found is None else _ESCAPED.sub(rb"\1", found[1] or b"")


def _require_gone(uid: int, answer: Sequence[Any]) -> None:
    """No answer about a mail says that it has gone; one that lacks what was asked for does not."""
    if any(re.search(rb"\bUID %d\b" % uid, _said(row)) for row in answer):
        raise MailWithheld(f"the server leaves out what was asked of mail {uid}: {answer!r:.200}")


@contextmanager
def open_mailbox(settings: ImapSettings) -> Iterator[Mailbox]:
    """The folder, open for the block. Raises MailboxError, LoginRefused if that is why."""
    box = _connected(settings)
    try:
        _log_in(box, settings)
        if box.client.sock is not None:
            box.client.sock.settimeout(settings.command_timeout)
        yield Mailbox(box, settings.folder)
    finally:
        with suppress(*_FAILURES):  # what has been done is done, whatever the farewell
            box.logout()


def _connected(settings: ImapSettings) -> BaseMailBox:
    where, context = (settings.host, settings.port), ssl.create_default_context()
    with _told():
        if settings.security == "tls":
            return MailBox(*where, timeout=settings.connect_timeout, ssl_context=context)
        if settings.security == "starttls":
            return MailBoxStartTls(*where, timeout=settings.connect_timeout, ssl_context=context)
        return MailBoxUnencrypted(*where, timeout=settings.connect_timeout)


def _log_in(box: BaseMailBox, settings: ImapSettings) -> None:
    plain = settings.username.isascii() and settings.password.isascii()
    log_in = box.login if plain else box.login_utf8
    try:
        with _told():
            log_in(settings.username, settings.password, None)
            box.folder.set(settings.folder)
    except MailboxError as error:
        # A broken connection is a subclass, and no refusal.
        if type(error.__cause__) in {MailboxLoginError, imaplib.IMAP4.error}:
            raise LoginRefused(str(error)) from error
        raise


@contextmanager
def _told() -> Iterator[None]:
    """Whatever the libraries raise, as one error; a broken connection is one like any other."""
    try:
        yield
    except MailboxError:
        raise
    except _FAILURES as error:
        text = " ".join(str(error).split())[:300]
        raise MailboxError(text or type(error).__name__) from error


def _received(head: bytes) -> datetime | None:
    found = imaplib.Internaldate2tuple(head)
    return None if found is None else datetime.fromtimestamp(time.mktime(found), UTC)


def chunks(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for first in range(0, len(numbers), MOST_AT_ONCE):
        yield numbers[first : first + MOST_AT_ONCE]
