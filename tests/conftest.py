"""Fixtures for all tests: databases on both engines, settings, the desk, the demo quarter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.config import Settings
from matchmaker.database import open_engine, session_factory
from matchmaker.services.desk import Desk
from tests.support import compiled, databases, postgres

NOW = datetime(2026, 12, 28, 9, 0, tzinfo=ZoneInfo("Europe/Berlin"))
"""When the demo quarter is planned."""


def pytest_configure(config: pytest.Config) -> None:
    # Drawn examples are judged by what they show, not by how long a busy machine takes.
    hypothesis_settings.register_profile("tests", deadline=None)
    hypothesis_settings.load_profile("tests")
    compiled.share_statements()
    config.stash[_WORKER] = getattr(config, "workerinput", {}).get("workerid", "main")


_WORKER = pytest.StashKey[str]()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str | None]:
    with postgres.running_server() as url:
        yield url


class Databases:
    """Makes fresh databases of one content (`fill`) on the engine that is asked for."""

    def __init__(
        self,
        folder: Path,
        name: str,
        server: Callable[[], str | None],
        fill: Callable[[str], None] | None = None,
    ) -> None:
        self.folder, self.name, self.server, self.fill = folder, name, server, fill
        self._sqlite: Path | None = None
        self._postgres: str | None = None

    def make(self, kind: str) -> str:
        if kind == "sqlite":
            self._sqlite = self._sqlite or databases.sqlite_template(self.folder, self.fill)
            return databases.sqlite_copy(self._sqlite, self.folder)
        server = postgres.required(self.server())
        self._postgres = self._postgres or databases.postgres_template(server, self.name, self.fill)
        return databases.postgres_copy(server, self._postgres)

    def drop(self, url: str) -> None:
        server = self.server()
        if url.startswith("postgresql") and server:
            databases.drop_postgres(server, url)


@pytest.fixture(scope="session")
def empty_databases(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Databases:
    worker = request.config.stash[_WORKER]
    return Databases(
        tmp_path_factory.mktemp("empty"),
        f"empty_{worker}",
        lambda: request.getfixturevalue("postgres_server"),
    )


@pytest.fixture(scope="session")
def demo_databases(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Databases:
    folder = tmp_path_factory.mktemp("demo")
    worker = request.config.stash[_WORKER]

    def fill(url: str) -> None:
        from matchmaker.demo.load import load_demo  # noqa: PLC0415  # most tests do without

        engine = open_engine(url)
        with session_factory(engine).begin() as session:
            load_demo(session, Desk(_settings(folder, url), NOW))
        engine.dispose()

    return Databases(
        folder, f"demo_{worker}", lambda: request.getfixturevalue("postgres_server"), fill
    )


def _settings(folder: Path, url: str) -> Settings:
    return Settings(
        instance=folder,
        database_url=url,
        queue_url=f"sqlite:///{folder / 'queue.sqlite3'}",
        secret_key="a key for tests only, long enough to be taken seriously",
        base_url="http://localhost",
        mail_from="planung@arbeitsmarkt.example",
        testing=True,
    )


ENGINES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=ENGINES)
def engine_kind(request: pytest.FixtureRequest) -> str:
    """A test that uses the database runs once on each engine; override to choose one."""
    return str(request.param)


@pytest.fixture
def database_url(empty_databases: Databases, engine_kind: str) -> Iterator[str]:
    """The URL of an empty, migrated database."""
    url = empty_databases.make(engine_kind)
    yield url
    empty_databases.drop(url)


@pytest.fixture
def demo_database_url(demo_databases: Databases, engine_kind: str) -> Iterator[str]:
    """The URL of a database with the demo quarter."""
    url = demo_databases.make(engine_kind)
    yield url
    demo_databases.drop(url)


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return _settings(tmp_path, database_url)


@pytest.fixture
def demo_settings(tmp_path: Path, demo_database_url: str) -> Settings:
    return _settings(tmp_path, demo_database_url)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def factory(engine: Engine) -> sessionmaker[Session]:
    return session_factory(engine)


@pytest.fixture
def session(factory: sessionmaker[Session]) -> Iterator[Session]:
    with factory() as session:
        yield session


@pytest.fixture
def demo_engine(demo_database_url: str) -> Iterator[Engine]:
    engine = open_engine(demo_database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def demo_factory(demo_engine: Engine) -> sessionmaker[Session]:
    return session_factory(demo_engine)


@pytest.fixture
def demo_session(demo_factory: sessionmaker[Session]) -> Iterator[Session]:
    with demo_factory() as session:
        yield session


@pytest.fixture
def desk(settings: Settings) -> Desk:
    return Desk(settings, NOW)


@pytest.fixture
def demo_desk(demo_settings: Settings) -> Desk:
    return Desk(demo_settings, NOW)
