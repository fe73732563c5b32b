"""How the database is opened: SQLite with the habits that keep it safe, or PostgreSQL."""

from __future__ import annotations

import os
from contextlib import suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, create_engine, event, make_url
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry, Pool

from matchmaker.clock import Clock, shifted_clock, system_clock
from matchmaker.config import Settings, SettingsError
from matchmaker.models import Setting
from matchmaker.turns import Turns

TURN_SECONDS, BUSY_SECONDS = 25, 25
"""How long a writer waits for its turn, and then for whoever knows of no turns.

Together less than a minute, after which a proxy gives up.
"""
CONNECT_SECONDS = 10
OWNER_ONLY = 0o600
CLOCK_KEY = "clock_origin"
TURN = "turn"

only_reads: ContextVar[bool] = ContextVar("only_reads", default=False)
"""Set while a page is only read: SQLite then begins without taking the writers' lock."""


at_most: ContextVar[float | None] = ContextVar("at_most", default=None)
"""Set to the seconds after which a writer gives up who is not to keep somebody waiting."""


@event.listens_for(Engine, "do_connect")
def _keep_file_private(dialect: Dialect, _record: object, given: list[Any], _named: object) -> None:
    if dialect.name == "sqlite" and given and not given[0].startswith((":memory:", "file:")):
        make_private(Path(given[0]))


def make_private(file: Path) -> None:
    """Create a missing file of SQLite's for its owner alone, whatever the process's umask.

    SQLite gives `-wal` and `-shm` the same rights. What cannot be made is left to SQLite to name.
    """
    with suppress(OSError):
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, OWNER_ONLY))


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: object) -> None:
    if not isinstance(connection, SqliteConnection):
        return
    # The driver's own transaction handling would begin too late; `_begin` does it.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    if only_reads.get():
        connection.exec_driver_sql("BEGIN")
        return
    # A transaction that starts by reading and then writes would fail with "database is locked" at
    # once, whatever the timeout; so writers take the lock first.
    turns, seconds = _turns(connection.engine.url.database), at_most.get()
    if TURN not in connection.info and turns.take(TURN_SECONDS if seconds is None else seconds):
        connection.info[TURN] = turns
    if seconds is None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        _begin_soon(connection, 0 if TURN not in connection.info else seconds)


@cache
def _turns(database: str | None) -> Turns:
    """By the path of the SQLite file; several engines of a process may share one."""
    if not database or database.startswith((":memory:", "file:")):
        return Turns()
    return Turns(Path(database).resolve())


def _begin_soon(connection: Connection, seconds: float) -> None:
    """Raises OperationalError if the lock is not free by then."""
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {round(seconds * 1000)}")
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")


@event.listens_for(Pool, "checkin")
def _end_turn(_connection: object, record: ConnectionPoolEntry) -> None:
    """The transaction has ended, and its connection is put back."""
    turns = record.info.pop(TURN, None)
    if turns is not None:
        turns.pass_on()


def engine_options(url: str) -> dict[str, Any]:
    """What every engine for `url` is opened with, the pages' and the worker's."""
    parsed = make_url(url)
    # Errors are logged, and what a statement carries is about people.
    options: dict[str, Any] = {"hide_parameters": True}
    if parsed.get_backend_name() != "sqlite":
        options["pool_pre_ping"] = True
        if "connect_timeout" not in parsed.query:
            options["connect_args"] = {"connect_timeout": CONNECT_SECONDS}
    return options


def open_engine(url: str, *, make_folder: bool = True) -> Engine:
    """An engine for `url`; the folder of a SQLite file is made if it is missing and wanted.

    Raises SettingsError if that folder cannot be made.
    """
    parsed = make_url(url)
    if make_folder and parsed.get_backend_name() == "sqlite" and parsed.database:
        folder = Path(parsed.database).parent
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(
                f"MATCHMAKER_DATABASE_URL: the folder {folder} cannot be made: {error.strerror}"
            ) from error
    return create_engine(parsed, **engine_options(url))


def session_factory(engine: Engine) -> sessionmaker[Session]:
    return sessionmaker(engine, expire_on_commit=False)


def open_clock(settings: Settings, session: Session, *, keep: bool = True) -> Clock:
    """The service's clock: the system's, or one that started at `settings.clock_start`.

    When it started is kept in the database, so that all processes of a service agree on the time
    and a restart does not turn it back. Commits, or changes nothing without `keep`.
    """
    start = settings.clock_start
    if start is None:
        return system_clock
    start = start.replace(tzinfo=settings.zone) if start.tzinfo is None else start
    kept = session.get(Setting, CLOCK_KEY)
    if kept is None or kept.value["start"] != start.isoformat():
        # A transaction that has read cannot write any more if somebody has written meanwhile.
        session.rollback()
        before = only_reads.set(not keep)
        try:
            kept = session.get(Setting, CLOCK_KEY)
        finally:
            only_reads.reset(before)
    if kept is None or kept.value["start"] != start.isoformat():
        value = {"start": start.isoformat(), "real": system_clock().isoformat()}
        if kept is None:
            kept = Setting(key=CLOCK_KEY, value=value)
            session.add(kept)
        else:
            kept.value = value
    origin = datetime.fromisoformat(kept.value["real"]).astimezone(UTC)
    if keep:
        session.commit()
    else:
        session.rollback()
    return shifted_clock(start, origin)
