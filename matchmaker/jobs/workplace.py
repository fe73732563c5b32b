"""What a worker needs: the settings, the database, the clock, and a name for what it holds."""

from __future__ import annotations

import os
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy.orm import Session, sessionmaker

from matchmaker.clock import Clock
from matchmaker.config import Settings
from matchmaker.database import only_reads, open_clock, open_engine, session_factory
from matchmaker.services.desk import SYSTEM, Actor, Desk

LONGEST_OWNER = 36


@dataclass(frozen=True, slots=True)
class Workplace:
    """`owner` names this worker in the rows that it has claimed; `stop` asks it to finish."""

    settings: Settings
    factory: sessionmaker[Session]
    clock: Clock
    owner: str
    stop: threading.Event = field(default_factory=threading.Event)

    def desk(self, actor: Actor = SYSTEM) -> Desk:
        return Desk(self.settings, self.clock(), actor)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that never commits and keeps nobody from writing meanwhile."""
        before = only_reads.set(True)
        try:
            with self.factory() as session:
                yield session
        finally:
            only_reads.reset(before)


@contextmanager
def open_workplace(settings: Settings, stop: threading.Event | None = None) -> Iterator[Workplace]:
    """A workplace with its own connections, closed at the end."""
    engine = open_engine(settings.database_url)
    try:
        factory = session_factory(engine)
        with factory() as session:
            clock = open_clock(settings, session)
        yield Workplace(settings, factory, clock, new_owner(), stop or threading.Event())
    finally:
        engine.dispose()


def new_owner() -> str:
    """A name that no other worker has: host, process and something random."""
    tail = f":{os.getpid()}:{secrets.token_hex(4)}"
    return socket.gethostname()[: LONGEST_OWNER - len(tail)] + tail
