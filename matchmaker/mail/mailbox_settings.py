"""How to reach the mailbox that answers come to, read from one address."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from matchmaker.mail.settings import MailUrlError, Security, is_this_machine, seconds

_SCHEMES: dict[str, tuple[Security, int]] = {
    "imap": ("none", 143),
    "imaps": ("tls", 993),
    "imap+starttls": ("starttls", 143),
}
_TIMEOUTS = ("connect_timeout", "command_timeout")
_OPTIONS = (*_TIMEOUTS, "authserv_id")
SCHEMES = "imaps://user:password@host[/folder] or imap+starttls://… (imap:// on this machine)"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapSettings:
    """A mailbox. Timeouts are seconds without an answer in each phase.

    `authserv_id` is the name under which our own mail server writes Authentication-Results
    (RFC 8601); what others have written under other names is not believed. Empty: whatever
    name stands in the topmost such header counts as ours.
    """

    host: str
    port: int
    security: Security
    username: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    authserv_id: str = ""
    connect_timeout: float = 30
    command_timeout: float = 60

    @property
    def name(self) -> str:
        """The folder and where it lies, without the password: it may stand in logs."""
        return f"{self.username} at {self.host}:{self.port}/{self.folder}"

    @classmethod
    def from_url(cls, url: str) -> ImapSettings:
        """Read `imaps://`, `imap+starttls://` or `imap://user:password@host[:port][/folder]`.

        User, password and folder are percent-encoded where needed. Options may follow as
        `?connect_timeout=30&command_timeout=60&authserv_id=mx.verein.example`. Raises MailUrlError.
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise MailUrlError(f"the mailbox's address cannot be read: {error}") from None
        if parts.scheme not in _SCHEMES:
            raise MailUrlError(f"expected {SCHEMES}")
        if not host or parts.fragment:
            raise MailUrlError(f"expected {parts.scheme}://user:password@host[:port][/folder]")
        security, usual_port = _SCHEMES[parts.scheme]
        username, password = unquote(parts.username or ""), unquote(parts.password or "")
        if not username or not password:
            raise MailUrlError("a mailbox is opened by user and password; expected both")
        if security == "none" and not is_this_machine(host):
            raise MailUrlError(
                f"imap:// would send the password readable to {host}; "
                "use imaps:// or imap+starttls://"
            )
        timeouts, authserv_id = _options(parts.query)
        return cls(
            host=host,
            port=usual_port if port is None else port,
            security=security,
            username=username,
            password=password,
            folder=unquote(parts.path.strip("/")) or "INBOX",
            authserv_id=authserv_id,
            **timeouts,
        )


def _options(query: str) -> tuple[dict[str, float], str]:
    timeouts: dict[str, float] = {}
    authserv_id = ""
    for name, text in parse_qsl(query, keep_blank_values=True):
        if name in _TIMEOUTS:
            timeouts[name] = seconds(name, text)
        elif name == "authserv_id":
            authserv_id = text.casefold()
        else:
            raise MailUrlError(f"unknown option {name!r}; known are {', '.join(_OPTIONS)}")
    return timeouts, authserv_id
