"""An approval is killed at any moment: then everything is there, or nothing is.

Talks, assignments, invitations, mails and the audit log are compared with what they were before.
One process after the other dies after one more of its statements, or by the clock, also in the
middle of the commit. The last one lives, and what then leaves is judged by the mail server.

    python -m tests.drills.approval_kills --rounds 50
"""

from __future__ import annotations

import argparse
import os
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.config import Settings
from matchmaker.database import open_engine, session_factory
from matchmaker.models import Assignment, AuditEntry, Invitation, OutboxMessage, Talk, migrations
from matchmaker.services.house import audit
from matchmaker.services.talks import approval
from tests.mail.servers import running
from tests.services.sending.mail_story import Story

TABLES = (Talk, Assignment, Invitation, OutboxMessage, AuditEntry)
PEOPLE = 3
"""Speaker, interpreter and host: everybody gets one mail."""
MOST_STATEMENTS = 1000
KILLS_A_ROUND = 10
LONGEST = 0.4
"""Seconds that an approval of one evening may take on a busy machine."""
Aim = Callable[[Engine], None]
Counts = dict[str, int]


@dataclass
class Outcome:
    """`ends` counts what was found after each death; `faults` are whatever must not happen."""

    ends: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        told = ", ".join(f"{number} x {name}" for name, number in sorted(self.ends.items()))
        faults = [f"FAULT: {fault}" for fault in self.faults[:30]]
        return "\n".join([told, *faults, "NOT OK" if faults else "ok"])


def after_each_statement() -> Iterable[Aim]:
    """The next approval gets one statement further than the one before."""
    for number in range(1, MOST_STATEMENTS):
        yield _StatementsLeft(number).watch


def by_the_clock(random: Random, longest: float, number: int) -> Iterable[Aim]:
    """Within so many seconds, wherever that is."""
    for _ in range(number):
        seconds = random.uniform(0.001, longest)
        yield lambda _engine, seconds=seconds: signal.setitimer(signal.ITIMER_REAL, seconds)


def drill(factory: sessionmaker[Session], settings: Settings, aims: Iterable[Aim]) -> Outcome:
    """Kill until an approval survives, on a database without a plan."""
    outcome = Outcome()
    with running() as server:
        story = Story(factory, settings, server)
        before, is_approved = _counts(factory), False
        for aim in aims:
            lives = _approve(story, aim)
            is_approved = _counts(factory) != before
            outcome.ends["nothing there" if not is_approved else "everything there"] += 1
            if lives and not is_approved:
                outcome.faults.append("an approval ended well and left nothing")
            if is_approved:
                break
        if not is_approved:
            _approve(story, lambda _engine: None)
        _judge(outcome, story, before)
    return outcome


@dataclass
class _StatementsLeft:
    number: int

    def watch(self, engine: Engine) -> None:
        event.listen(engine, "after_cursor_execute", self._count)
        event.listen(engine, "commit", self._count)

    def _count(self, *_facts: object) -> None:
        self.number -= 1
        if self.number == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def _approve(story: Story, aim: Aim) -> bool:
    """Approve in a process of its own that `aim` may end; whether it has lived."""
    url = story.settings.database_url
    story.factory.kw["bind"].dispose()  # a child must not use our connections
    child = os.fork()
    if child == 0:
        status = 1
        try:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)  # ends the process, like a kill
            engine = open_engine(url)
            with engine.connect():
                pass
            aim(engine)
            with session_factory(engine).begin() as session:
                approval.approve(session, story.desk, story.round_id)
            status = 0
        finally:
            os._exit(status)
    return os.waitpid(child, 0)[1] == 0


def _counts(factory: sessionmaker[Session]) -> Counts:
    with factory() as session:
        return {
            table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in TABLES
        }


def _judge(outcome: Outcome, story: Story, before: Counts) -> None:
    after = _counts(story.factory)
    expected = {"talk": 1, "assignment": 2, "invitation": PEOPLE, "outbox": PEOPLE}
    found = {name: after[name] - before[name] for name in expected}
    if found != expected:
        outcome.faults.append(f"{found} instead of {expected}")
    story.deliver()
    arrived = Counter(str(mail["To"]) for mail in story.mails())
    if sorted(arrived.values()) != [1] * PEOPLE:
        outcome.faults.append(f"arrived: {dict(arrived)}")
    with story.factory() as session:
        outcome.faults += [f"the log breaks at {entry}" for entry in audit.broken_links(session)]


def _on_a_fresh_database(folder: Path, aims: Iterable[Aim]) -> Outcome:
    settings = Settings(
        instance=folder,
        database_url=f"sqlite:///{folder / f'{time.monotonic_ns()}.sqlite3'}",
        queue_url="sqlite://",
        secret_key="x" * 40,
        mail_from="planung@arbeitsmarkt.example",
    )
    engine = open_engine(settings.database_url)
    migrations.upgrade(engine)
    try:
        return drill(session_factory(engine), settings, aims)
    finally:
        engine.dispose()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0], allow_abbrev=False)
    parser.add_argument("--rounds", type=int, default=50, help="databases to kill by the clock on")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    random = Random(given.seed)
    with tempfile.TemporaryDirectory() as folder:
        whole = _on_a_fresh_database(Path(folder), after_each_statement())
        began = time.monotonic()
        for _ in range(given.rounds):
            aims = by_the_clock(random, LONGEST, KILLS_A_ROUND)
            one = _on_a_fresh_database(Path(folder), aims)
            whole.ends += one.ends
            whole.faults += one.faults
    print(whole, f"{time.monotonic() - began:.0f} s", sep="\n")
    raise SystemExit(bool(whole.faults))


if __name__ == "__main__":
    main()
