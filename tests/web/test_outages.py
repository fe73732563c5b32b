"""The database is away, full or read-only: one clear page, nothing half-done, and back again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, event, make_url, select, text
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.models import Person, Request
from matchmaker.models.states import Role
from matchmaker.services.desk import Desk
from matchmaker.services.house.carrier import change_carrier
from matchmaker.web.db import db
from tests import factories
from tests.support.pages import Browser, Page
from tests.web.conftest import SignIn

EXPLAINED = "Der Dienst startet gerade neu oder kann nichts speichern. Es wurde nichts geändert."


@contextmanager
def away(app: Flask) -> Iterator[None]:
    """Nobody gets a connection, and the open ones are gone."""
    with app.app_context():
        engine = db.engine
    hidden = _hidden_file(engine) if engine.dialect.name == "sqlite" else _closed(engine)
    with hidden:
        yield


@contextmanager
def _hidden_file(engine: Engine) -> Iterator[None]:
    engine.dispose()
    path = Path(str(engine.url.database))
    kept = path.rename(path.with_suffix(".away"))
    path.mkdir()
    try:
        yield
    finally:
        engine.dispose()
        path.rmdir()
        kept.rename(path)


@contextmanager
def _closed(engine: Engine) -> Iterator[None]:
    name = str(engine.url.database)
    admin = create_engine(
        make_url(str(engine.url)).set(database="postgres"), isolation_level="AUTOCOMMIT"
    )
    quoted = admin.dialect.identifier_preparer.quote(name)
    ended = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
    with admin.connect() as connection:
        connection.execute(text(f"ALTER DATABASE {quoted} ALLOW_CONNECTIONS false"))
        connection.execute(ended, {"name": name})
        try:
            yield
        finally:
            connection.execute(text(f"ALTER DATABASE {quoted} ALLOW_CONNECTIONS true"))
    admin.dispose()


@contextmanager
def sqlite_told(app: Flask, *pragmas: str) -> Iterator[None]:
    """Every connection starts with these."""
    with app.app_context():
        engine = db.engine

    def tell(connection: object, _record: object) -> None:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]  # sqlite3's

    engine.dispose()
    event.listen(engine, "connect", tell)
    try:
        yield
    finally:
        event.remove(engine, "connect", tell)
        engine.dispose()


@contextmanager
def read_only(app: Flask) -> Iterator[None]:
    with app.app_context():
        engine = db.engine
    if engine.dialect.name == "sqlite":
        with sqlite_told(app, "query_only = ON"):
            yield
        return

    def tell(connection: object, _record: object) -> None:
        connection.execute("SET default_transaction_read_only = on")  # type: ignore[attr-defined]  # psycopg's
        connection.commit()  # type: ignore[attr-defined]

    engine.dispose()
    event.listen(engine, "connect", tell)
    try:
        yield
    finally:
        event.remove(engine, "connect", tell)
        engine.dispose()


@pytest.fixture
def coordinator(factory: sessionmaker[Session], desk: Desk) -> Person:
    with factory.begin() as session:
        change_carrier(session, desk, phone="030 123456")
        return factories.person(session, Role.COORDINATOR)


def shows_outage(page: Page) -> bool:
    return (page.status, page.headers["Retry-After"]) == (503, "60") and EXPLAINED in page.words


def start_request(browse: Browser) -> Page:
    return browse.send(browse.open("/anfrage").form("/anfrage"))


def drafts(factory: sessionmaker[Session]) -> int:
    with factory() as session:
        return len(session.scalars(select(Request.id)).all())


@pytest.mark.parametrize("address", ["/", "/anfrage", "/koordination/", "/mein", "/anmelden"])
def test_page_without_a_database_says_so_and_comes_back(
    app: Flask, sign_in: SignIn, coordinator: Person, address: str
) -> None:
    browser = sign_in(coordinator)
    before = browser.open(address).status
    with away(app):
        page = browser.open(address)
        assert shows_outage(page)
        assert "030 123456" in page.words
        assert coordinator.name not in page.words
    assert browser.open(address).status == before


def test_health_without_a_database_is_503(app: Flask) -> None:
    client = app.test_client()
    with away(app):
        answer = client.get("/healthz")
        assert (answer.status_code, answer.json) == (503, {"database": "down"})
    assert client.get("/healthz").status_code == 200


def test_first_page_of_a_process_without_a_database_is_503(app: Flask) -> None:
    with away(app):
        assert app.test_client().get("/").status_code == 503


@pytest.mark.parametrize("trouble", [away, read_only], ids=["away", "read-only"])
def test_form_that_cannot_be_stored_is_503_and_leaves_nothing(
    app: Flask, browse: Browser, factory: sessionmaker[Session], trouble: Callable[[Flask], object]
) -> None:
    form = browse.open("/anfrage").form("/anfrage")
    with trouble(app):  # type: ignore[attr-defined]  # a context manager
        assert shows_outage(browse.send(form))
    assert drafts(factory) == 0
    assert browse.send(form).status == 200
    assert drafts(factory) == 1


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_full_disk_refuses_writes_and_shows_pages(
    app: Flask, browse: Browser, factory: sessionmaker[Session]
) -> None:
    with app.app_context(), db.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    with sqlite_told(app, f"max_page_count = {pages}"):
        answers = [start_request(browse) for _ in range(60)]
        assert browse.open("/").status == 200
    refused = [page for page in answers if page.status != 200]
    assert refused
    assert all(map(shows_outage, refused))
    assert drafts(factory) == len(answers) - len(refused)
    assert start_request(browse).status == 200


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_page_without_a_free_connection_is_503(app: Flask, browse: Browser) -> None:
    def busy(*_: object) -> None:
        raise NoFreeConnection("all are taken")

    with app.app_context():
        engine = db.engine
    event.listen(engine, "engine_connect", busy)
    try:
        assert shows_outage(browse.open("/"))
    finally:
        event.remove(engine, "engine_connect", busy)
    assert browse.open("/").status == 200


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_broken_database_is_our_mistake(app: Flask, browse: Browser) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with app.app_context():
        db.engine.dispose()
        path = Path(str(db.engine.url.database))
    whole = path.read_bytes()
    path.write_bytes(b"no database at all".ljust(4096))
    assert browse.open("/").status == 500
    path.write_bytes(whole)
    assert browse.open("/").status == 200


@pytest.mark.parametrize("engine_kind", ["sqlite"])
@pytest.mark.parametrize("place", ["planung", "termine", "kontakte", "zweiter-faktor"])
def test_places_of_the_coordination_explain_an_outage(
    app: Flask, browse: Browser, place: str
) -> None:
    browse.client.set_cookie("session", "x" * 43)
    with away(app):
        assert shows_outage(browse.open(f"/koordination/{place}"))
