"""Fixtures for pages: the application, a browser without a screen, and who is signed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.config import Settings
from matchmaker.models import Person, Response
from matchmaker.services.desk import Desk
from matchmaker.services.people import sessions
from matchmaker.web.app import create_app
from matchmaker.web.db import db
from tests.conftest import NOW
from tests.support.compiled import TEMPLATES
from tests.support.invited import Evening
from tests.support.pages import Browser
from tests.web.answer_forms import Invite, Stored

SignIn = Callable[[Person], Browser]


@pytest.fixture(autouse=True)
def _at_noon_of_the_demo() -> Any:
    """Pages ask the system's clock; here it starts at the demo's day."""
    with time_machine.travel(NOW, tick=True):
        yield


def _running(settings: Settings) -> Iterator[Flask]:
    app = create_app(settings)
    app.jinja_env.bytecode_cache = TEMPLATES
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    yield from _running(settings)


@pytest.fixture
def demo_app(demo_settings: Settings) -> Iterator[Flask]:
    """The pages over a database with the demo quarter (not the demo mode)."""
    yield from _running(demo_settings)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def browse(app: Flask) -> Browser:
    """Somebody who is not signed in."""
    return Browser(app.test_client())


@pytest.fixture
def demo_browse(demo_app: Flask) -> Browser:
    return Browser(demo_app.test_client())


def _sign_in(app: Flask, factory: sessionmaker[Session], desk: Desk, person: Person) -> Browser:
    with factory.begin() as session:
        known = session.get(Person, person.id)
        assert known is not None, "commit the person before signing in"
        token = sessions.start(session, desk, known)
    client = app.test_client()
    client.set_cookie("session", token)
    return Browser(client)


@pytest.fixture
def sign_in(app: Flask, factory: sessionmaker[Session], desk: Desk) -> SignIn:
    return lambda person: _sign_in(app, factory, desk, person)


@pytest.fixture
def demo_sign_in(demo_app: Flask, demo_factory: sessionmaker[Session], demo_desk: Desk) -> SignIn:
    return lambda person: _sign_in(demo_app, demo_factory, demo_desk, person)


@pytest.fixture
def invite(factory: sessionmaker[Session], desk: Desk) -> Invite:
    """An evening whose invitation has just been mailed, and the page that the mail leads to."""

    def make(**facts: Any) -> tuple[Evening, str]:
        with factory.begin() as session:
            evening = Evening(session, desk, **facts)
            return evening, f"/antwort/{evening.link()}"

    return make


@pytest.fixture
def stored(factory: sessionmaker[Session]) -> Stored:
    """Every answer as (answer, outcome, comment)."""

    def read() -> list[tuple[str, str, str]]:
        with factory() as session:
            rows = session.scalars(select(Response).order_by(Response.id))
            return [(row.answer.value, row.outcome, row.comment) for row in rows]

    return read
