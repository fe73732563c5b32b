"""Workers that are killed in the middle of it. Judged from the mail server's own log."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.config import Settings
from matchmaker.models import OutboxMessage
from matchmaker.services.desk import Desk
from tests.conftest import NOW
from tests.services.letters import letter, rows
from tests.support.smtp import AFTER_DOT, AFTER_REPLY, BEFORE_DOT, Killer, listening

KILLS = (BEFORE_DOT, AFTER_DOT, AFTER_REPLY, AFTER_DOT, BEFORE_DOT)
MAILS = 24


def _work(
    folder: Path, settings: Settings, port: int, killer: Killer, *, start: int, phase: str = ""
) -> int:
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
        cwd=Path(__file__).parents[3],
        stdout=subprocess.DEVNULL,
    )
    killer.aim(process.pid, phase)
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
    with listening(killer) as port:
        for start, phase in enumerate(KILLS):
            assert (
                _work(tmp_path, settings, port, killer, start=start, phase=phase) == -signal.SIGKILL
            )
        assert _work(tmp_path, settings, port, killer, start=len(KILLS)) == 0
    _judge(killer, rows(factory))


def _judge(killer: Killer, outbox: list[OutboxMessage]) -> None:
    arrived = Counter(mail.message_id for mail in killer.log)
    assert {row.state.value for row in outbox} <= {"sent", "uncertain"}
    missing = {row.message_id for row in outbox if row.state.value == "sent"} - set(arrived)
    assert missing == set()  # nothing is lost: what has not arrived is held for a person
    assert len({mail.raw for mail in killer.log}) == len(
        arrived
    )  # and every copy has the same bytes
    for row in outbox:
        # A copy is explained by a worker that died after the dot, and only calendars get one.
        assert arrived[row.message_id] <= (row.dots if row.method else 1)
        assert row.dots <= 2
        if row.state.value == "uncertain":
            assert row.last_error
    doubled = [message_id for message_id, number in arrived.items() if number > 1]
    assert len(doubled) <= 3 * sum(phase != BEFORE_DOT for phase in KILLS)
