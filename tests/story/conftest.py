"""The whole service in processes of its own, a mail server beside it, on both databases."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Databases
from tests.support import databases, postgres
from tests.support.service import Service
from tests.support.smtp import Killer, listening


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """A failing test shows what its processes said."""
    report = yield
    if report.failed:
        given = getattr(item, "funcargs", {}).values()
        services = [one for one in given if isinstance(one, Service)]
        report.sections += [log for service in services for log in service.logs()]
    return report


@pytest.fixture
def mailbox() -> Killer:
    """What has arrived at the mail server."""
    return Killer()


@pytest.fixture
def mail_url(mailbox: Killer) -> Iterator[str]:
    with listening(mailbox) as port:
        yield f"smtp://127.0.0.1:{port}?connect_timeout=5&command_timeout=20&final_timeout=20"


@pytest.fixture
def database(request: pytest.FixtureRequest, engine_kind: str) -> Iterator[dict[str, str]]:
    """The settings that lead to a database without tables; none for the usual SQLite file."""
    if engine_kind == "sqlite":
        yield {}
        return
    server = postgres.required(request.getfixturevalue("postgres_server"))
    url = databases.empty_postgres(server)
    yield {"DATABASE_URL": _as_written(url), "QUEUE_URL": _as_written(url)}
    databases.drop_postgres(server, url)


@pytest.fixture
def service(tmp_path: Path, mail_url: str, database: dict[str, str]) -> Iterator[Service]:
    """Settings and a folder; nothing is migrated and nothing runs yet."""
    made = Service(tmp_path / "service", {"MAIL_URL": mail_url, **database})
    yield made
    made.close()


@pytest.fixture(scope="session")
def planned_databases(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Databases:
    """The demo quarter with its plan, as the commands make them."""
    folder = tmp_path_factory.mktemp("planned")

    def fill(url: str) -> None:
        service = Service(folder / "service", {"DATABASE_URL": _as_written(url)})
        service.run("load-demo")
        service.run("round", "plan", 1, "--wait")

    name = f"planned_{os.getpid()}"
    return Databases(folder, name, lambda: request.getfixturevalue("postgres_server"), fill)


@pytest.fixture
def planned_service(
    tmp_path: Path, mail_url: str, planned_databases: Databases, engine_kind: str
) -> Iterator[Service]:
    """A service with a plan to approve; nothing runs yet."""
    url = planned_databases.make(engine_kind)
    settings = {"MAIL_URL": mail_url, "DATABASE_URL": _as_written(url)}
    made = Service(tmp_path / "service", settings)
    yield made
    made.close()
    planned_databases.drop(url)


def _as_written(url: str) -> str:
    """As an operator writes it, without the driver's name."""
    return url.replace("postgresql+psycopg://", "postgresql://")
