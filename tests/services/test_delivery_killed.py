"""Workers that are killed in the middle of it. Judged from the mail server's own log."""

from __future__ import annotations

import email
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.config import Settings
from matchmaker.models import OutboxMessage
from matchmaker.services.desk import Desk
from tests.conftest import NOW
from tests.services.letters import letter, rows

BEFORE_DOT, AFTER_DOT, AFTER_REPLY = "rcpt", "dot", "reply"
KILLS = (BEFORE_DOT, AFTER_DOT, AFTER_REPLY, AFTER_DOT, BEFORE_DOT)
MAILS = 24


class Killer:
    """Logs every complete mail and kills the worker at a phase of its third mail."""

    def __init__(self) -> None:
        self.log: list[tuple[str, bytes]] = []
        self.answered: set[str] = set()
        self.victim = 0
        self.phase = ""
        self.seen = 0

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

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's names
        self,
        _server: SMTP,
        _session: SmtpSession,
        envelope: Envelope,
        address: str,
        _options: object,
    ) -> str:
        self.at(BEFORE_DOT)
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, _session: SmtpSession, envelope: Envelope
    ) -> str:
        raw = bytes(envelope.content or b"")
        message_id = str(email.message_from_bytes(raw)["Message-ID"])
        self.log.append((message_id, raw))
        if self.at(AFTER_DOT):
            return "250 nobody hears this"
        self.answered.add(message_id)
        if self.phase == AFTER_REPLY:
            await server.push("250 taken")
            self.at(AFTER_REPLY)
            return "250 once more"
        return "250 taken"


class _AnyPort(Controller):
    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def _listening(killer: Killer) -> Iterator[int]:
    controller = _AnyPort(killer, hostname="127.0.0.1", port=0)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def _work(folder: Path, settings: Settings, port: int, killer: Killer, start: int) -> int:
    """One worker from start to its end; each begins two minutes after the one before."""
    facts = folder / "facts.json"
    facts.write_text(
        json.dumps(
            {
                "database_url": settings.database_url,
                "mail_from": settings.mail_from,
                "mail_url": f"smtp://127.0.0.1:{port}",
                "now": (NOW + timedelta(minutes=2 * start)).isoformat(),
                "lanes": 3,
            }
        )
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.services.mail_worker", str(facts)],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.DEVNULL,
    )
    killer.victim, killer.seen = process.pid, 0
    return process.wait(timeout=120)


@pytest.mark.slow
def test_killed_workers_lose_nothing_and_double_nothing_unexplained(
    factory: sessionmaker[Session], settings: Settings, tmp_path: Path
) -> None:
    with factory.begin() as session:
        for number in range(MAILS):
            method = "REQUEST" if number % 3 else None
            letter(session, Desk(settings, NOW), recipient=f"p{number}@x.example", method=method)
    killer = Killer()
    with _listening(killer) as port:
        for start, phase in enumerate(KILLS):
            killer.phase = phase
            assert _work(tmp_path, settings, port, killer, start) == -signal.SIGKILL
        killer.phase = ""
        assert _work(tmp_path, settings, port, killer, len(KILLS)) == 0
    _judge(killer, rows(factory))


def _judge(killer: Killer, outbox: list[OutboxMessage]) -> None:
    arrived = Counter(message_id for message_id, _ in killer.log)
    assert {row.state.value for row in outbox} <= {"sent", "uncertain"}
    missing = {row.message_id for row in outbox if row.state.value == "sent"} - set(arrived)
    assert missing == set()  # nothing is lost: what has not arrived is held for a person
    assert len(set(killer.log)) == len(arrived)  # and every copy has the same bytes
    for row in outbox:
        # A copy is explained by a worker that died after the dot, and only calendars get one.
        assert arrived[row.message_id] <= (row.dots if row.method else 1)
        assert row.dots <= 2
        if row.state.value == "uncertain":
            assert row.last_error
    doubled = [message_id for message_id, number in arrived.items() if number > 1]
    assert len(doubled) <= 3 * sum(phase != BEFORE_DOT for phase in KILLS)
