"""One mail through an open SMTP dialogue, with a word to the caller just before the final dot."""

from __future__ import annotations

import contextlib
import re
import smtplib
import ssl
from collections.abc import Callable

from matchmaker.mail.outcome import (
    AuthenticationRefused,
    Delivered,
    Outcome,
    PermanentFailure,
    SenderRefused,
    TemporaryFailure,
    Unknown,
)
from matchmaker.text import clean_line

LOGIN_WANTED = {530, 534, 535, 538}  # RFC 4954, section 6
ABOUT_THIS_MAIL = {552, 555}
"""Refusals of MAIL that are not about the sender: too large, unknown options (RFC 5321)."""
_BARE_LINE_END = re.compile(rb"\r(?!\n)|(?<!\r)\n")
_LONGEST_REASON = 300


def deliver(
    server: smtplib.SMTP,
    sender: str,
    recipient: str,
    raw: bytes,
    before_dot: Callable[[], None],
    *,
    final_timeout: float,
) -> Outcome:
    """Send `raw` (CRLF line ends) as it is. Raises only what `before_dot` raises.

    The server is closed (`server.sock is None`) when it can take no further mail.
    """
    if unsendable := _unsendable(server, sender, recipient, raw):
        return unsendable
    try:
        refused = _envelope(server, sender, recipient, raw)
        if refused is None:
            server.send(_dot_stuffed(raw))
    except OSError as error:
        server.close()
        return TemporaryFailure(f"connection lost before the mail was complete: {_words(error)}")
    if refused is not None:
        _reset(server)
        return refused
    early = _unexpected_words(server)
    if early is not None:
        server.close()
        return _refusal_before_dot(early)
    before_dot()
    return _final_dot(server, final_timeout)


def _unexpected_words(server: smtplib.SMTP) -> bytes | None:
    """What the server said without being asked: `b""` if it hung up, None if it waits quietly."""
    sock = server.sock
    if sock is None:
        return b""
    patience = sock.gettimeout()
    sock.settimeout(0)
    try:
        buffered: bytes = server.file.peek() if server.file else b""
        return buffered or sock.recv(4096)
    except (BlockingIOError, ssl.SSLWantReadError):
        return None
    except OSError:
        return b""
    finally:
        sock.settimeout(patience)


def reply_text(code: int, words: bytes | str) -> str:
    """A server's reply as one short clean line, for people and for the log."""
    spoken = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return clean_line(f"{code} {spoken}" if code > 0 else spoken)[:_LONGEST_REASON]


def _unsendable(
    server: smtplib.SMTP, sender: str, recipient: str, raw: bytes
) -> PermanentFailure | None:
    """What makes a try pointless with this server, told without bothering it."""
    if any(clean_line(address) != address or not address for address in (sender, recipient)):
        return PermanentFailure("the address is empty or contains control characters")
    if not (sender + recipient).isascii() and not server.has_extn("smtputf8"):
        return PermanentFailure("the mail server takes only ASCII addresses (no SMTPUTF8)")
    if not raw.isascii() and not server.has_extn("8bitmime"):
        return PermanentFailure("the mail server takes only 7-bit mail (no 8BITMIME)")
    if _BARE_LINE_END.search(raw):
        return PermanentFailure("the mail contains a line end other than CRLF")
    limit = server.esmtp_features.get("size", "")
    if limit.isdigit() and 0 < int(limit) < len(raw):
        return PermanentFailure(f"the mail has {len(raw)} bytes; the mail server takes {limit}")
    return None


def _envelope(server: smtplib.SMTP, sender: str, recipient: str, raw: bytes) -> Outcome | None:
    """MAIL, RCPT and DATA; the refusal, or None when the server waits for the mail."""
    server.command_encoding = "ascii"  # smtplib would keep UTF-8 from the mail before
    options = []
    if server.has_extn("size"):
        options.append(f"SIZE={len(raw)}")
    if not raw.isascii():
        options.append("BODY=8BITMIME")
    if not (sender + recipient).isascii():
        options.append("SMTPUTF8")
    code, words = server.mail(sender, options)
    if 500 <= code < 600 and code not in LOGIN_WANTED | ABOUT_THIS_MAIL:
        return SenderRefused(reply_text(code, words))
    if code == 250:
        code, words = server.rcpt(recipient)
        if code in {250, 251}:
            code, words = server.docmd("data")
            if code == 354:
                return None
    if code in LOGIN_WANTED:
        # Some servers ask for it only when they hear the recipient; it holds for every mail.
        return AuthenticationRefused(reply_text(code, words))
    return _refusal(code, words)


def _dot_stuffed(raw: bytes) -> bytes:
    """RFC 5321, 4.5.2: a line that starts with a dot gets a second one; the last line ends."""
    end = b"" if raw.endswith(b"\r\n") else b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", raw) + end


def _final_dot(server: smtplib.SMTP, final_timeout: float) -> Outcome:
    sock = server.sock
    assert sock is not None  # noqa: S101  # asked just before
    patience = sock.gettimeout()
    sock.settimeout(final_timeout)
    try:
        server.send(b".\r\n")
        code, words = server.getreply()
    except OSError as error:
        server.close()
        return Unknown(f"no answer after the final dot: {_words(error)}")
    if not 200 <= code < 600 or 300 <= code < 400:
        server.close()
        return Unknown(f"not an answer to a mail: {reply_text(code, words)}")
    sock.settimeout(patience)
    if code < 300:
        return Delivered(reply_text(code, words))
    if code == 421:
        server.close()
    return _refusal(code, words)


def _refusal(code: int, words: bytes) -> TemporaryFailure | PermanentFailure:
    """Only a clear 5xx is for ever."""
    if 500 <= code < 600:
        return PermanentFailure(reply_text(code, words))
    return TemporaryFailure(reply_text(code, words))


def _refusal_before_dot(words: bytes) -> TemporaryFailure | PermanentFailure:
    if words[:3].isdigit():
        return _refusal(int(words[:3]), words[4:])
    return TemporaryFailure("the mail server hung up before the final dot")


def _reset(server: smtplib.SMTP) -> None:
    """Make the dialogue ready for the next mail, or end it."""
    with contextlib.suppress(OSError):
        code, _ = server.rset()
        if code == 250:
            return
    server.close()


def _words(error: OSError) -> str:
    return clean_line(str(error))[:_LONGEST_REASON] or type(error).__name__
