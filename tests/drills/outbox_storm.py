"""Many mails, a mail server that fails at random, and workers that are killed all the time.

Judged from the server's own log: nothing is lost, every copy has its reason, each mail keeps its
Message-ID and its bytes, mails of one invitation come in order, and exactly those are dead whose
addresses do not exist.

    python -m tests.drills.outbox_storm --mails 10000 --kills 200
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.config import Settings
from matchmaker.database import open_engine, session_factory
from matchmaker.models import OutboxMessage, migrations
from matchmaker.models.states import WAITING_MAILS, OutboxState
from matchmaker.services.desk import Desk
from tests.conftest import NOW
from tests.services.letters import letter, rows
from tests.support.faulty_smtp import DEAD, PHASES, Aim, Entry, Fate, Storm, storming

WORKERS = 2
TIMEOUTS = "connect_timeout=20&command_timeout=4&final_timeout=15"
"""An answer to the dot that a busy machine gives late shall still be heard."""
AFTER_A_KILL = timedelta(minutes=2)
"""Longer than a lease: the next worker takes over what the dead one held."""
CALM = timedelta(hours=6)
MOST_CALM_ROUNDS = 40
ALIVE_AT_MOST = 600.0
TAKEN = (Fate.TAKEN, Fate.TAKEN_SILENTLY)
SILENT = (Fate.TAKEN_SILENTLY, Fate.LOST_SILENTLY)


@dataclass
class Outcome:
    """What came of a storm; `faults` are whatever must not happen."""

    mails: int
    kills: int = 0
    seconds: float = 0.0
    states: Counter[str] = field(default_factory=Counter)
    fates: Counter[str] = field(default_factory=Counter)
    copies: int = 0
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [
            f"{self.mails} mails, {self.kills} workers killed, {self.seconds:.0f} s",
            "outbox: " + ", ".join(f"{number} {name}" for name, number in self.states.items()),
            "server: " + ", ".join(f"{number} {name}" for name, number in self.fates.items()),
            f"{self.copies} copies, each with its reason" if not self.faults else "",
            *(f"FAULT: {fault}" for fault in self.faults[:30]),
            "ok" if not self.faults else f"NOT OK: {len(self.faults)} faults",
        ]
        return "\n".join(line for line in lines if line)


def drill(
    factory: sessionmaker[Session],
    settings: Settings,
    folder: Path,
    *,
    mails: int,
    kills: int,
    seed: int = 1,
) -> Outcome:
    """Run it on an empty database."""
    random, began = Random(seed), time.monotonic()
    storm = Storm(random)
    place = _Place(storm, settings, folder)
    _queue(factory, settings, mails)
    queued = {row.key: row.message_id for row in rows(factory)}
    now = NOW
    with storming(storm) as port:
        while len(storm.killed) < kills and _waiting(factory):
            aims = [_aim(random, mails, kills) for _ in range(WORKERS)]
            place.round(port, now, aims[: kills - len(storm.killed)])
            now += AFTER_A_KILL
        for _ in range(MOST_CALM_ROUNDS):
            if not _waiting(factory):
                break
            place.round(port, now, [])
            now += CALM
    outcome = Outcome(mails, len(storm.killed), time.monotonic() - began)
    _judge(outcome, storm, queued, rows(factory))
    return outcome


def _queue(factory: sessionmaker[Session], settings: Settings, mails: int) -> None:
    """Letters, invitations and, for every third invitation, what follows it; some are dead."""
    desk = Desk(settings, NOW)
    with factory.begin() as session:
        for number in range(mails):
            name = f"{DEAD}{number}" if number % 25 == 7 else f"p{number}"
            following = number % 4 == 2
            order = f"inv-{number - following}@x" if number % 4 in {1, 2} else None
            methods = (None, "REQUEST", "CANCEL", "REQUEST")
            letter(
                session,
                desk,
                recipient=f"{name}@x.example",
                method=methods[number % 4],
                order_key=order,
            )


def _waiting(factory: sessionmaker[Session]) -> int:
    with factory() as session:
        wanted = select(func.count()).where(OutboxMessage.state.in_(WAITING_MAILS))
        return session.scalar(wanted) or 0


def _aim(random: Random, mails: int, kills: int) -> Aim:
    """Now and then a moment later, when the worker may be writing down what became of it."""
    delay = random.choice((0.0, random.uniform(0, 0.05)))
    return Aim(random.randint(1, max(1, mails // kills)), random.choice(PHASES), delay)


@dataclass
class _Place:
    """Where workers begin and end."""

    storm: Storm
    settings: Settings
    folder: Path

    def round(self, port: int, now: datetime, aims: Sequence[Aim]) -> None:
        """Two workers from their start to their end, those with an aim to a sudden one."""
        facts = self.folder / "facts.json"
        given = {
            "database_url": self.settings.database_url,
            "mail_from": self.settings.mail_from,
            "mail_url": f"smtp://127.0.0.1:{port}?{TIMEOUTS}",
            "now": now.isoformat(),
            "lanes": 4,
        }
        facts.write_text(json.dumps(given))
        workers = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.services.mail_worker", str(facts)],
                cwd=Path(__file__).parents[2],
                stdout=subprocess.DEVNULL,
            )
            for _ in range(WORKERS)
        ]
        try:
            pairs = zip(workers, aims, strict=False)
            self.storm.aims = {worker.pid: aim for worker, aim in pairs}
            self.storm.workers = {worker.pid for worker in workers}
            for worker in workers:
                worker.wait(ALIVE_AT_MOST)
        finally:
            self.storm.workers = set()
            for worker in workers:
                worker.kill()
                worker.wait()


def _judge(
    outcome: Outcome, storm: Storm, queued: Mapping[str, str], outbox: list[OutboxMessage]
) -> None:
    outcome.states = Counter(row.state.value for row in outbox)
    outcome.fates = Counter(entry.fate.value for entry in storm.log)
    faults = outcome.faults
    if {row.key: row.message_id for row in outbox} != queued:
        faults.append("a mail has changed its Message-ID, or is gone")
    strangers = {entry.message_id for entry in storm.log} - {"", *queued.values()}
    faults += [f"nobody queued {stranger}" for stranger in strangers]
    history, ends = defaultdict(list), {}
    for entry in storm.log:
        history[entry.recipient].append(entry)
        ends[entry.connection, entry.worker] = entry
    cut_off = {id(entry) for entry in ends.values() if entry.worker in storm.killed}
    for row in outbox:
        attempts = history[row.recipient]
        copies = sum(one.fate in TAKEN for one in attempts)
        outcome.copies += max(0, copies - 1)
        faults += [f"{row.id}: {fault}" for fault in faults_of(row, attempts, cut_off)]
    faults += _disorder(storm.log, outbox)


def faults_of(row: OutboxMessage, attempts: list[Entry], cut_off: set[int]) -> Iterator[str]:
    """What is wrong with one mail; `cut_off` are the entries that a killed worker left behind."""
    unheard = [one for one in attempts if one.fate in SILENT or id(one) in cut_off]
    copies = sum(one.fate in TAKEN for one in attempts)
    if len({one.digest for one in attempts} - {""}) > 1:
        yield "its bytes have changed"
    if {one.message_id for one in attempts} - {"", row.message_id}:
        yield "it came under another Message-ID"
    if copies > (2 if row.method else 1):
        yield f"it came {copies} times"
    explained = sum(one.fate in TAKEN for one in unheard)
    if copies > 1 and explained < copies - 1:
        history = ", ".join(f"{one.fate.value} ({one.worker})" for one in attempts)
        yield f"it came {copies} times, {explained} of them unheard: {history}"
    if row.state is OutboxState.SENT and not copies:
        yield "it is lost: sent, but it never came"
    # A worker that is killed after the dot has not heard that there is no such address.
    unclear = row.state is OutboxState.UNCERTAIN and bool(unheard)
    if (row.state is OutboxState.DEAD) != row.recipient.startswith(DEAD) and not unclear:
        yield f"it is {row.state.value}: {row.last_error}"
    if row.state is OutboxState.DEAD and copies:
        yield "it is dead, but it came"
    if row.state is OutboxState.UNCERTAIN and not unheard:
        yield "it is uncertain without a reason"
    if row.state not in {OutboxState.SENT, OutboxState.DEAD, OutboxState.UNCERTAIN}:
        yield f"it is still {row.state.value}: {row.last_error}"


def _disorder(log: list[Entry], outbox: list[OutboxMessage]) -> Iterator[str]:
    """Mails of one invitation that came after a later one of the same."""
    order = {row.message_id: (row.order_key, row.id) for row in outbox if row.order_key}
    latest: dict[str | None, int] = {}
    for entry in log:
        if entry.fate in TAKEN and entry.message_id in order:
            key, number = order[entry.message_id]
            if latest.get(key, 0) > number:
                yield f"{number} came after {latest[key]} of the same invitation"
            latest[key] = max(number, latest.get(key, 0))


@contextmanager
def _own_database(folder: Path) -> Iterator[tuple[sessionmaker[Session], Settings]]:
    settings = Settings(
        instance=folder,
        database_url=f"sqlite:///{folder / 'storm.sqlite3'}",
        queue_url="sqlite://",
        secret_key="x" * 40,
        mail_from="planung@arbeitsmarkt.example",
    )
    engine = open_engine(settings.database_url)
    migrations.upgrade(engine)
    yield session_factory(engine), settings
    engine.dispose()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0], allow_abbrev=False)
    parser.add_argument("--mails", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as name,
        _own_database(Path(name)) as (factory, settings),
    ):
        outcome = drill(
            factory, settings, Path(name), mails=given.mails, kills=given.kills, seed=given.seed
        )
    print(outcome)
    raise SystemExit(bool(outcome.faults))


if __name__ == "__main__":
    main()
