"""Wake-ups through every kind of queue, and what happens without one."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from matchmaker.config import Settings
from matchmaker.database import open_engine
from matchmaker.jobs import queue
from matchmaker.jobs.queue import open_queue, pending, poke
from tests.support.postgres import required


@pytest.fixture(autouse=True)
def _no_rest() -> Iterator[None]:
    yield
    queue._rests.clear()


@pytest.fixture
def engine_kind() -> str:
    """The queue is looked at here, not the database."""
    return "sqlite"


def heard(settings: Settings) -> list[str]:
    """What a worker would hear."""
    opened = open_queue(settings)
    names: list[str] = []
    opened.listeners.append(names.append)
    while task := opened.huey.dequeue():
        opened.huey.execute(task)
    opened.listeners.clear()
    return names


def test_a_poke_reaches_whoever_listens(settings: Settings) -> None:
    assert poke(settings, "mail")
    assert poke(settings, "plan")
    assert heard(settings) == ["mail", "plan"]


def test_file_of_the_queue_is_for_its_owner_alone(settings: Settings, tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        assert poke(replace(settings, queue_url=f"sqlite:///{tmp_path}/new/q.sqlite3"), "mail")
    finally:
        os.umask(before)
    files = [tmp_path / "new", *(tmp_path / "new").iterdir()]
    assert [path.name for path in files if path.stat().st_mode & 0o077] == []


@pytest.mark.postgres
def test_postgres_can_be_the_queue(settings: Settings, postgres_server: str | None) -> None:
    if postgres_server is None:
        pytest.skip("needs PostgreSQL's programs")
    url = postgres_server.replace("postgresql+psycopg://", "postgresql://")
    there = replace(settings, queue_url=url)
    assert poke(there, "plan")
    assert heard(there) == ["plan"]


@pytest.mark.postgres
def test_a_poke_outlives_a_restart_of_the_server(
    settings: Settings, postgres_server: str | None
) -> None:
    server = required(postgres_server)
    there = replace(
        settings,
        queue_url=server.replace("postgresql+psycopg://", "postgresql://") + "?connect_timeout=9",
    )
    assert poke(there, "plan")
    storage = open_queue(there).huey.storage
    engine = open_engine(server)
    with engine.connect() as connection:
        ended = text("SELECT pg_terminate_backend(:pid)")
        connection.execute(ended, {"pid": storage.conn.info.backend_pid})
    engine.dispose()
    assert poke(there, "mail")
    assert pending(there) == 2
    assert heard(there) == ["plan", "mail"]


@pytest.mark.parametrize(
    "url",
    ["redis://127.0.0.1:1/0", "postgresql://127.0.0.1:1/nothing?connect_timeout=1"],
)
def test_a_queue_that_is_down_fails_nobody(settings: Settings, url: str) -> None:
    assert not poke(replace(settings, queue_url=url), "mail")


def test_a_queue_that_cannot_be_opened_fails_nobody(settings: Settings, tmp_path: Path) -> None:
    tmp_path.joinpath("file").touch()
    url = f"sqlite:///{tmp_path / 'file' / 'queue.sqlite3'}"
    assert not poke(replace(settings, queue_url=url), "mail")


def test_a_queue_that_has_failed_is_left_alone_for_a_while(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue._rests[settings.queue_url] = time.monotonic() + 60
    assert not poke(settings, "mail")
    assert heard(settings) == []
    queue._rests.clear()
    assert poke(settings, "mail")


def test_messages_of_somebody_else_are_not_read(settings: Settings) -> None:
    foreign = replace(settings, secret_key="another key, not ours, but long enough")
    assert poke(foreign, "mail")
    with pytest.raises(ValueError, match="Signature"):
        open_queue(settings).huey.dequeue()
