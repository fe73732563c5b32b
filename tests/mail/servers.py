"""A real SMTP server that misbehaves on demand."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.support.smtp import AnyPort

DROP, HANG = "drop", "hang"


class Faults(dict[str, str]):
    """What the server does at a phase: `drop`, `hang`, or the reply that it gives instead.

    Phases: banner, ehlo, auth, mail, rcpt, data, payload (after 354, before the dot), dot, idle
    (right after it took a mail). `hanging` counts the dialogues that it has left without a word.
    """

    hanging = 0


class FaultySMTP(SMTP):
    def __init__(self, handler: Any, faults: Faults, **options: Any) -> None:
        self.faults = faults
        super().__init__(handler, **options)

    async def push(self, status: str | bytes) -> None:
        if isinstance(status, str) and status.startswith("220 ") and "banner" in self.faults:
            status = self.faults.pop("banner")
        await super().push(status)

    async def misbehave(self, phase: str) -> bool:
        """Whether there was a fault to show at this phase."""
        fault = self.faults.get(phase)
        if fault is None:
            return False
        if fault == DROP:
            self.transport.abort()
        elif fault == HANG:
            self.faults.hanging += 1
            await asyncio.sleep(3600)
        else:
            await self.push(fault)
        return True

    async def smtp_EHLO(self, arg: str) -> None:  # noqa: N802  # aiosmtpd's names
        if not await self.misbehave("ehlo"):
            await super().smtp_EHLO(arg)

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802
        if not await self.misbehave("auth"):
            await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg: str) -> None:  # noqa: N802
        if not await self.misbehave("mail"):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str) -> None:  # noqa: N802
        if not await self.misbehave("rcpt"):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if await self.misbehave("data"):
            return
        if "payload" in self.faults:
            await self._reader.read(0)
            await self.push("354 go ahead")
            await self._reader.readline()
            await self.misbehave("payload")
            return
        await super().smtp_DATA(arg)


class Inbox:
    """Keeps every mail that was complete, whatever the server says about it afterwards."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []

    async def handle_DATA(  # noqa: N802
        self,
        server: FaultySMTP,
        session: Session,  # noqa: ARG002  # aiosmtpd's signature
        envelope: Envelope,
    ) -> str:
        self.envelopes.append(envelope)
        if server.faults.get("dot") == DROP:
            server.transport.abort()
        elif server.faults.get("dot") == HANG:
            server.faults.hanging += 1
            await asyncio.sleep(3600)
        elif "idle" in server.faults:
            asyncio.get_running_loop().call_soon(server.transport.close)
        return server.faults.get("dot", "250 taken")

    @property
    def bodies(self) -> list[bytes]:
        return [bytes(envelope.content or b"") for envelope in self.envelopes]


class MailServer:
    def __init__(self, port: int, inbox: Inbox, faults: Faults, connections: list[int]) -> None:
        self.port, self.inbox, self.faults = port, inbox, faults
        self._connections = connections

    @property
    def connections(self) -> int:
        """How often somebody connected; the first is the fixture's own trial."""
        return self._connections[0] - 1

    @property
    def hanging(self) -> int:
        return self.faults.hanging

    def url(self, login: str = "", scheme: str = "smtp", **timeouts: float) -> str:
        options = {"connect_timeout": 5.0, "command_timeout": 5.0, "final_timeout": 5.0} | timeouts
        query = "&".join(f"{name}={value}" for name, value in options.items())
        return f"{scheme}://{login}localhost:{self.port}?{query}"


def _authenticate(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
) -> AuthResult:
    assert isinstance(data, LoginPassword)
    return AuthResult(success=data.password == b"right", handled=False)


@contextmanager
def running(
    faults: dict[str, str] | None = None,
    *,
    login: bool = False,
    smtputf8: bool = False,
    size: int = 33_554_432,
    tls: ssl.SSLContext | None = None,
) -> Iterator[MailServer]:
    inbox, given, connections = Inbox(), Faults(), [0]

    class Server(AnyPort):
        def factory(self) -> FaultySMTP:
            connections[0] += 1
            return FaultySMTP(
                inbox,
                given,
                enable_SMTPUTF8=smtputf8,
                data_size_limit=size,
                authenticator=_authenticate if login else None,
                auth_require_tls=not login,
                tls_context=tls,
                loop=self.loop,
            )

    controller = Server(inbox, hostname="127.0.0.1", port=0)
    controller.start()
    given.update(faults or {})  # only now: the controller tries the server out with a greeting
    try:
        yield MailServer(controller.port, inbox, given, connections)
    finally:
        controller.stop()
