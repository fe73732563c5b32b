"""Would the mail server take our mail? Asked as far as the addresses; nothing is sent."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass

from matchmaker.mail.delivery import LOGIN_WANTED, reply_text
from matchmaker.mail.outcome import AuthenticationRefused, SenderRefused, Unreachable
from matchmaker.mail.settings import SmtpSettings
from matchmaker.mail.transport import TimedConnection, connect
from matchmaker.text import clean_line


@dataclass(frozen=True, slots=True)
class LoginWanted:
    """The server takes no mail from us without a login."""

    reason: str


@dataclass(frozen=True, slots=True)
class PutOff:
    """The server takes no mail for the moment; the worker tries again by itself."""

    reason: str


Trouble = LoginWanted | SenderRefused | PutOff | Unreachable | AuthenticationRefused


def probe(settings: SmtpSettings, sender: str) -> Trouble | None:
    """What is in the way of mail from `sender`; None if nothing is."""
    opened = connect(settings)
    if not isinstance(opened, TimedConnection):
        return opened
    assert opened.host is not None  # noqa: S101  # `connect` opened it
    server = opened.host
    try:
        trouble = _envelope(server, settings, sender)
        server.quit()
    except (OSError, smtplib.SMTPException) as error:
        server.close()
        return Unreachable(f"the connection broke: {clean_line(str(error))}")
    return trouble


def _envelope(server: smtplib.SMTP, settings: SmtpSettings, sender: str) -> Trouble | None:
    """The sender is asked for as a recipient, too: replies must reach it."""
    options = [] if sender.isascii() else ["SMTPUTF8"]
    server.command_encoding = "ascii" if sender.isascii() else "utf-8"
    code, words = server.mail(sender, options)
    if code == 250:
        code, words = server.rcpt(sender)
        server.rset()
    if code < 400:
        return None
    reason = reply_text(code, words)
    if code < 500:
        return PutOff(reason)
    if code in LOGIN_WANTED or (not settings.username and server.has_extn("auth")):
        return LoginWanted(reason)
    return SenderRefused(reason)
