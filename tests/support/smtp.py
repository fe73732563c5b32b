"""A real SMTP server that keeps everything it gets, and can kill whoever delivers to it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import TypeVar

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

BEFORE_DOT, AFTER_DOT, AFTER_REPLY = "rcpt", "dot", "reply"


class AnyPort(Controller):
    """Listens on a free port, which the system chooses."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@dataclass(frozen=True)
class Received:
    """A mail that arrived complete, with the addresses of its envelope."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        parsed = message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])


class Mailbox:
    """Takes every mail; `log` is the order in which they were complete."""

    def __init__(self) -> None:
        self.log: list[Received] = []

    async def handle_DATA(  # noqa: N802  # aiosmtpd's names
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        self.keep(envelope)
        return "250 taken"

    def keep(self, envelope: Envelope) -> Received:
        mail = Received(
            str(envelope.mail_from), tuple(envelope.rcpt_tos), bytes(envelope.content or b"")
        )
        self.log.append(mail)
        return mail


class Killer(Mailbox):
    """Kills the process `victim` at a `phase` of its third mail, wherever that leaves it."""

    def __init__(self) -> None:
        super().__init__()
        self.answered: set[str] = set()
        self.victim = 0
        self.phase = ""
        self.seen = 0

    def aim(self, victim: int, phase: str) -> None:
        self.seen, self.phase, self.victim = 0, phase, victim

    def at(self, phase: str) -> bool:
        """Whether the worker has just been killed."""
        if phase != self.phase or not self.victim:
            return False
        self.seen += 1
        if self.seen < 3:
            return False
        os.kill(self.victim, signal.SIGKILL)
        self.victim = 0
        return True

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _: object
    ) -> str:
        self.at(BEFORE_DOT)
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        mail = self.keep(envelope)
        if self.at(AFTER_DOT):
            return "250 nobody hears this"
        self.answered.add(mail.message_id)
        if self.phase == AFTER_REPLY:
            await server.push("250 taken")
            self.at(AFTER_REPLY)
            return "250 once more"
        return "250 taken"


Kept = TypeVar("Kept", bound=Mailbox)


@contextmanager
def listening(mailbox: Kept) -> Iterator[int]:
    """The port of 127.0.0.1 at which the mailbox takes mail."""
    controller = AnyPort(mailbox, hostname="127.0.0.1", port=0)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()
