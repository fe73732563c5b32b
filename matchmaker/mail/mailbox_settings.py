"""How to reach the mailbox that answers come to, read from one address."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from matchmaker.mail.settings import MailUrlError, is_this_machine

Security = Literal["none", "starttls", "tls"]

EXPECTED = "imap://user:password@host[:port][/folder] or imaps://…"
_PORTS = {"imap": 143, "imaps": 993}
_LONGEST_NAME = 255
USUAL_TIMEOUT = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapSettings:
    """A folder of a mailbox. `timeout` is seconds without an answer.

    `authserv` is how the own server calls itself in Authentication-Results; empty, the topmost
    such header counts.
    """

    host: str
    port: int
    security: Security
    username: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    authserv: str = ""
    timeout: float = USUAL_TIMEOUT

    @property
    def name(self) -> str:
        """Tells mailboxes apart, without the password."""
        return f"{self.username}@{self.host}:{self.port}/{self.folder}"[:_LONGEST_NAME]

    @classmethod
    def from_url(cls, url: str) -> ImapSettings:
        """Read `imap://` or `imaps://user:password@host[:port][/folder]`.

        User and password are percent-encoded where needed; `?timeout=60&authserv=mx.host` may
        follow. `imap://` begins TLS by STARTTLS, except on this machine. Raises MailUrlError.
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise MailUrlError(f"the mailbox's address cannot be read: {error}") from None
        if parts.scheme not in _PORTS or not host or parts.fragment:
            raise MailUrlError(f"expected {EXPECTED}")
        if not parts.username or not parts.password:
            raise MailUrlError("a mailbox needs a user and a password")
        authserv, timeout = _options(parts.query)
        return cls(
            host=host,
            port=_PORTS[parts.scheme] if port is None else port,
            security=_security(parts.scheme, host),
            username=unquote(parts.username),
            password=unquote(parts.password),
            folder=_folder(parts),
            authserv=authserv,
            timeout=timeout,
        )


def _security(scheme: str, host: str) -> Security:
    if scheme == "imaps":
        return "tls"
    return "none" if is_this_machine(host) else "starttls"


def _folder(parts: SplitResult) -> str:
    folder = unquote(parts.path.strip("/")) or "INBOX"
    if not folder.isprintable() or len(folder) > 100:
        raise MailUrlError("the folder's name cannot be used")
    return folder


def _options(query: str) -> tuple[str, float]:
    authserv, timeout = "", USUAL_TIMEOUT
    for name, text in parse_qsl(query, keep_blank_values=True):
        if name == "authserv":
            authserv = text.strip()
        elif name == "timeout":
            timeout = _seconds(text)
        else:
            raise MailUrlError(f"unknown option {name!r}; known are authserv, timeout")
    return authserv, timeout


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        raise MailUrlError(f"timeout needs seconds, not {text!r}") from None
    if not 0 < seconds <= 600:
        raise MailUrlError(f"timeout needs between 0 and 600 seconds, not {text}")
    return seconds
