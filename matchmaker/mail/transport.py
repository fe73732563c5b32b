"""Handing a mail to the mail server, with a truthful account of what became of it."""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

import flask_mail

from matchmaker.mail.delivery import deliver, reply_text
from matchmaker.mail.outcome import (
    AuthenticationRefused,
    Delivered,
    Outcome,
    TemporaryFailure,
    Unreachable,
)
from matchmaker.mail.settings import SmtpSettings
from matchmaker.text import clean_line

BeforeDot = Callable[[], None]


class Session(Protocol):
    """An open way to the mail server, for one mail after the other."""

    def send(self, sender: str, recipient: str, raw: bytes, before_dot: BeforeDot) -> Outcome:
        """Send stored bytes to one recipient.

        `before_dot` runs when the server has everything but the final dot; until it returns, the
        mail cannot have been delivered. What it raises goes through, and the mail is not sent.
        """
        ...


class Transport(Protocol):
    """A port for mail. Sessions belong to one thread; open several to send in parallel."""

    def session(self) -> contextlib.AbstractContextManager[Session]: ...


def transport_from_url(url: str | None) -> Transport:
    """A sink without an address, else SMTP. Raises MailUrlError."""
    return SmtpTransport(SmtpSettings.from_url(url)) if url else LocalSink()


class LocalSink:
    """Accepts every mail and keeps nothing: the outbox shows what would have left."""

    @contextmanager
    def session(self) -> Iterator[LocalSink]:
        yield self

    def send(self, sender: str, recipient: str, raw: bytes, before_dot: BeforeDot) -> Outcome:  # noqa: ARG002  # the port's shape
        before_dot()
        return Delivered("kept in the outbox; no mail server is set")


class SmtpTransport:
    def __init__(self, settings: SmtpSettings) -> None:
        self.settings = settings

    @contextmanager
    def session(self) -> Iterator[SmtpSession]:
        session = SmtpSession(self.settings)
        try:
            yield session
        finally:
            session.close()


class SmtpSession:
    """Connects when the first mail comes, and anew after every trouble."""

    def __init__(self, settings: SmtpSettings) -> None:
        self.settings = settings
        self._connection: TimedConnection | None = None

    def send(self, sender: str, recipient: str, raw: bytes, before_dot: BeforeDot) -> Outcome:
        announced = False

        def announce() -> None:
            nonlocal announced
            announced = True
            before_dot()

        kept = self._is_open()
        outcome = self._attempt(sender, recipient, raw, announce)
        lost = kept and not announced and not self._is_open()
        if lost and isinstance(outcome, TemporaryFailure):
            # The server ended a dialogue that had been idle: that says nothing about this mail.
            outcome = self._attempt(sender, recipient, raw, announce)
        return outcome

    def _attempt(self, sender: str, recipient: str, raw: bytes, before_dot: BeforeDot) -> Outcome:
        if self._connection is None or not self._is_open():
            opened = connect(self.settings)
            if not isinstance(opened, TimedConnection):
                return opened
            self._connection = opened
        try:
            return send(self._connection, sender, recipient, raw, before_dot)
        except BaseException:
            self._drop()  # in the middle of DATA: closing without the dot takes the mail back
            raise

    def close(self) -> None:
        """Say goodbye; trouble on the way out matters to nobody."""
        if self._connection is not None and self._connection.host is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self._connection.host.quit()
        self._drop()

    def _is_open(self) -> bool:
        server = self._connection.host if self._connection is not None else None
        return server is not None and server.sock is not None

    def _drop(self) -> None:
        if self._connection is not None and self._connection.host is not None:
            self._connection.host.close()
        self._connection = None


class TimedConnection(flask_mail.Connection):
    """Flask-Mail's connection with a timeout for every phase and checked certificates."""

    def __init__(self, settings: SmtpSettings) -> None:
        mail = flask_mail.Mail()
        mail.state = mail.init_mail(settings.flask_config())
        super().__init__(mail)
        self.settings = settings

    def configure_host(self) -> smtplib.SMTP:
        """Connect, secure and sign in. Raises OSError or smtplib.SMTPException."""
        settings, timeout = self.settings, self.settings.connect_timeout
        server: smtplib.SMTP
        if self.mail.use_ssl:
            server = smtplib.SMTP_SSL(
                self.mail.server,
                self.mail.port,
                timeout=timeout,
                context=ssl.create_default_context(),
            )
        else:
            server = smtplib.SMTP(self.mail.server, self.mail.port, timeout=timeout)
        try:
            if self.mail.use_tls:
                server.starttls(context=ssl.create_default_context())
            server.ehlo_or_helo_if_needed()
            if self.mail.username and self.mail.password:
                server.login(self.mail.username, self.mail.password)
            assert server.sock is not None  # noqa: S101  # connected above
            server.sock.settimeout(settings.command_timeout)
            # The final dot is sent alone: held back, it would wait 40 ms for the mail's receipt.
            server.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except BaseException:
            server.close()
            raise
        return server


def connect(settings: SmtpSettings) -> TimedConnection | Unreachable | AuthenticationRefused:
    """An open connection, or why there is none.

    Trouble before the first mail says nothing about any mail: it is temporary, whatever the code.
    """
    connection = TimedConnection(settings)
    try:
        connection.host = connection.configure_host()
    except smtplib.SMTPAuthenticationError as error:
        verdict = AuthenticationRefused if error.smtp_code >= 500 else Unreachable
        return verdict(reply_text(error.smtp_code, error.smtp_error))
    except UnicodeEncodeError:
        return AuthenticationRefused("SMTP takes only ASCII users and passwords")
    except smtplib.SMTPNotSupportedError as error:
        verdict = AuthenticationRefused if "AUTH" in str(error) else Unreachable
        return verdict(clean_line(str(error)))
    except smtplib.SMTPResponseException as error:
        return Unreachable(reply_text(error.smtp_code, error.smtp_error))
    except (OSError, smtplib.SMTPException) as error:
        where = f"{settings.host}:{settings.port}"
        return Unreachable(f"no connection to {where}: {clean_line(str(error))}")
    return connection


def send(
    connection: TimedConnection, sender: str, recipient: str, raw: bytes, before_dot: BeforeDot
) -> Outcome:
    """One mail over a connection that `connect` opened; see `Session.send`."""
    assert connection.host is not None  # noqa: S101  # `connect` opened it
    return deliver(
        connection.host,
        sender,
        recipient,
        raw,
        before_dot,
        final_timeout=connection.settings.final_timeout,
    )
