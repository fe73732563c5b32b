"""A mail server that fails at random, kills whoever talks to it, and keeps a log of it all."""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from enum import StrEnum
from pathlib import Path
from random import Random

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.smtp import AnyPort

DEAD = "dead-"
"""Recipients that begin like this do not exist."""
PHASES = ("rcpt", "data", "dot", "reply")
NO_ANSWER = 3600
LOOKS = 5


class Fate(StrEnum):
    """What became of a mail whose recipient was named; after `begun` nothing more is known."""

    BEGUN = "begun"
    REFUSED = "refused"
    TAKEN = "taken"
    TAKEN_SILENTLY = "taken, but not said"
    LOST_SILENTLY = "not taken, but not said"


@dataclass(slots=True)
class Entry:
    """One attempt at a mail, by the `worker` (process id) at the other end of `connection`."""

    recipient: str
    connection: int
    worker: int
    fate: Fate = Fate.BEGUN
    message_id: str = ""
    digest: str = ""


@dataclass(slots=True)
class Aim:
    """Kill a worker at this `phase` as soon as it has begun `after` mails, `delay` later."""

    after: int
    phase: str
    delay: float
    begun: int = 0


@dataclass
class Weather:
    """How often what goes wrong, as shares of all attempts."""

    later_rcpt: float = 0.04
    drop_rcpt: float = 0.03
    hang_rcpt: float = 0.01
    bye_data: float = 0.02
    drop_data: float = 0.03
    later_dot: float = 0.05
    drop_dot: float = 0.05
    hang_dot: float = 0.01

    def draw(self, random: Random, phase: str) -> str:
        """`drop`, `hang`, `later`, `bye`, or nothing."""
        chance = random.random()
        for kind in ("later", "drop", "hang", "bye"):
            chance -= getattr(self, f"{kind}_{phase}", 0.0)
            if chance < 0:
                return kind
        return ""


@dataclass
class Storm:
    """The log, and everything by chance. `workers` are the processes that may connect."""

    random: Random
    weather: Weather = field(default_factory=Weather)
    log: list[Entry] = field(default_factory=list)
    workers: set[int] = field(default_factory=set)
    aims: dict[int, Aim] = field(default_factory=dict)
    killed: set[int] = field(default_factory=set)

    async def passes(self, server: FaultySMTP, phase: str) -> bool:
        """Kill if it is time to; whether the dialogue goes on."""
        aim = self.aims.get(server.worker)
        if aim is None:
            return True
        aim.begun += phase == PHASES[0]
        if aim.begun < aim.after or phase != aim.phase:
            return True
        del self.aims[server.worker]
        if aim.delay:
            asyncio.get_running_loop().call_later(aim.delay, self._kill, server.worker)
            return True
        self._kill(server.worker)
        return False

    def _kill(self, worker: int) -> None:
        if worker in self.workers:
            os.kill(worker, signal.SIGKILL)
            self.killed.add(worker)


class FaultySMTP(SMTP):
    """One dialogue."""

    storm: Storm
    connection = 0
    worker = 0
    entry: Entry | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.connection = transport.get_extra_info("peername")[1]
        self.worker = _owner_of(self.connection, self.storm.workers)

    async def smtp_RCPT(self, arg: str) -> None:  # noqa: N802  # aiosmtpd's names
        recipient = arg.partition("<")[2].partition(">")[0]
        self.entry = Entry(recipient, id(self), self.worker)
        self.storm.log.append(self.entry)
        if not await self.storm.passes(self, "rcpt"):
            return
        if recipient.startswith(DEAD) and self.storm.random.random() < 0.5:
            self.entry.fate = Fate.REFUSED
            await self.push("550 5.1.1 no such user")
        elif await self._fair("rcpt"):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if await self.storm.passes(self, "data") and await self._fair("data"):
            await super().smtp_DATA(arg)

    async def _fair(self, phase: str) -> bool:
        """Whether nothing goes wrong before the mail is complete."""
        fault = self.storm.weather.draw(self.storm.random, phase)
        if not fault:
            return True
        assert self.entry is not None
        self.entry.fate = Fate.REFUSED
        if fault == "drop":
            self.transport.abort()
        elif fault == "hang":
            await asyncio.sleep(NO_ANSWER)
        elif fault == "bye":
            await self.push("421 4.3.2 closing")
            self.transport.close()
        else:
            await self.push("451 4.7.1 greylisted")
        return False

    async def judged(self, envelope: Envelope) -> str:
        """The answer to a complete mail, noted as it is given."""
        entry, storm = self.entry, self.storm
        assert entry is not None
        raw = bytes(envelope.content or b"")
        entry.message_id = str(message_from_bytes(raw)["Message-ID"])
        entry.digest = hashlib.sha256(raw).hexdigest()
        if entry.recipient.startswith(DEAD):
            entry.fate = Fate.REFUSED
            return "554 5.7.1 refused"
        fault = storm.weather.draw(storm.random, "dot")
        if fault == "later":
            entry.fate = Fate.REFUSED
            return "451 4.3.0 try again"
        if fault:
            silent = (Fate.TAKEN_SILENTLY, Fate.LOST_SILENTLY)
            entry.fate = storm.random.choice(silent)
            if fault == "hang":
                await asyncio.sleep(NO_ANSWER)
            self.transport.abort()
            return "250 nobody hears this"
        entry.fate = Fate.TAKEN
        if not await storm.passes(self, "dot"):
            return "250 nobody hears this"
        await self.push("250 taken")
        await storm.passes(self, "reply")
        return ""

    async def push(self, status: str | bytes) -> None:
        if status:
            await super().push(status)


class _Judge:
    async def handle_DATA(  # noqa: N802
        self, server: FaultySMTP, _session: Session, envelope: Envelope
    ) -> str:
        return await server.judged(envelope)


@contextmanager
def storming(storm: Storm) -> Iterator[int]:
    """The port of 127.0.0.1 at which it storms."""

    class Server(AnyPort):
        def factory(self) -> FaultySMTP:
            made = FaultySMTP(self.handler, loop=self.loop)
            made.storm = storm
            return made

    controller = Server(_Judge(), hostname="127.0.0.1", port=0)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def _owner_of(port: int, candidates: Iterable[int]) -> int:
    """Which of these processes talks from this port of 127.0.0.1; 0 if none."""
    local = f"0100007F:{port:04X}"
    for _ in range(LOOKS):  # the list changes while it is read, and may lack a line
        found = _found_in_the_list(local, candidates)
        if found:
            return found
    return 0


def _found_in_the_list(local: str, candidates: Iterable[int]) -> int:
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        facts = line.split()
        if facts[1] == local:
            wanted = f"socket:[{facts[9]}]"
            return next((pid for pid in tuple(candidates) if _has_open(pid, wanted)), 0)
    return 0


def _has_open(pid: int, wanted: str) -> bool:
    with suppress(OSError):  # the process has ended
        for file in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):  # closed since
                if str(file.readlink()) == wanted:
                    return True
    return False
