"""How to reach the mail server, read from one address."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

Security = Literal["none", "starttls", "tls"]

_SCHEMES: dict[str, tuple[Security, int]] = {
    "smtp": ("none", 25),
    "smtps": ("tls", 465),
    "smtp+starttls": ("starttls", 587),
}
_TIMEOUTS = ("connect_timeout", "command_timeout", "final_timeout")


class MailUrlError(ValueError):
    """An address of a mail server that cannot be used; the text never shows the password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """A mail server. Timeouts are seconds without an answer in each phase.

    `final_timeout` is the wait after the final dot, when the server may be filing the mail:
    giving up early there is what makes copies (RFC 5321, 4.5.3.2.6, asks for 10 minutes).
    """

    host: str
    port: int
    security: Security = "none"
    username: str = ""
    password: str = field(default="", repr=False)
    connect_timeout: float = 30
    command_timeout: float = 300
    final_timeout: float = 600

    @classmethod
    def from_url(cls, url: str) -> SmtpSettings:
        """Read `smtp://`, `smtps://` or `smtp+starttls://[user:password@]host[:port]`.

        User and password are percent-encoded where needed. Timeouts may follow as
        `?connect_timeout=30&command_timeout=300&final_timeout=600`. Raises MailUrlError.
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise MailUrlError(f"the mail address cannot be read: {error}") from None
        if parts.scheme not in _SCHEMES:
            raise MailUrlError("expected smtp://host, smtps://host or smtp+starttls://host")
        if not host or parts.path not in {"", "/"} or parts.fragment:
            raise MailUrlError(f"expected {parts.scheme}://[user:password@]host[:port]")
        security, usual_port = _SCHEMES[parts.scheme]
        username, password = unquote(parts.username or ""), unquote(parts.password or "")
        if bool(username) != bool(password):
            raise MailUrlError("a user needs a password and a password needs a user")
        if username and security == "none" and not is_this_machine(host):
            raise MailUrlError(
                f"smtp:// would send the password readable to {host}; "
                "use smtp+starttls:// or smtps://"
            )
        return cls(
            host=host,
            port=usual_port if port is None else port,
            security=security,
            username=username,
            password=password,
            **_timeouts(parts.query),
        )

    def flask_config(self) -> dict[str, Any]:
        """The same settings under Flask-Mail's names."""
        return {
            "MAIL_SERVER": self.host,
            "MAIL_PORT": self.port,
            "MAIL_USE_TLS": self.security == "starttls",
            "MAIL_USE_SSL": self.security == "tls",
            "MAIL_USERNAME": self.username or None,
            "MAIL_PASSWORD": self.password or None,
            "MAIL_DEBUG": False,
            "MAIL_SUPPRESS_SEND": False,
        }


def _timeouts(query: str) -> dict[str, float]:
    read: dict[str, float] = {}
    for name, text in parse_qsl(query, keep_blank_values=True):
        if name not in _TIMEOUTS:
            raise MailUrlError(f"unknown option {name!r}; known are {', '.join(_TIMEOUTS)}")
        read[name] = seconds(name, text)
    return read


def seconds(name: str, text: str) -> float:
    """A timeout as it was typed. Raises MailUrlError."""
    try:
        read = float(text)
    except ValueError:
        raise MailUrlError(f"{name} needs seconds, not {text!r}") from None
    if not 0 < read <= 3600:
        raise MailUrlError(f"{name} needs between 0 and 3600 seconds, not {text}")
    return read


def is_this_machine(host: str) -> bool:
    """Whether what is sent there never leaves the machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
