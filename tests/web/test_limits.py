"""Limits on tries hold for all processes of the service together."""

from __future__ import annotations

import math
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask_limiter.util import get_qualified_name
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.clock import system_clock
from matchmaker.config import Settings
from matchmaker.models import LimitCount, OutboxMessage
from matchmaker.models.states import RequestState, Role, TokenPurpose
from matchmaker.services.desk import Desk
from matchmaker.services.house import tokens
from matchmaker.web.access import access_of
from matchmaker.web.app import create_app
from matchmaker.web.db import db
from matchmaker.web.limits import limiter
from tests import factories
from tests.support.pages import Browser
from tests.support.ports import free_port
from tests.support.waiting import until

A_MINUTE = 10
"""How often one address may ask for a mail."""


@pytest.fixture
def live(settings: Settings) -> Settings:
    return replace(settings, testing=False)


@pytest.fixture
def process() -> Iterator[Callable[[Settings], Flask]]:
    """Makes applications that share nothing but what their settings name."""
    made: list[Flask] = []

    def start(given: Settings) -> Flask:
        made.append(create_app(given))
        return made[-1]

    yield start
    for app in made:
        with app.app_context():
            db.engine.dispose()


def _ask(app: Flask, times: int, address: str = "192.0.2.1") -> list[int]:
    browser = Browser(app.test_client())
    form = browser.open("/anmelden").form("anmelden")
    fields = {**form.fields.to_dict(), "email": "nobody@verein.example"}
    come_from = {"REMOTE_ADDR": address}
    return [
        browser.client.post("/anmelden", data=fields, environ_base=come_from).status_code
        for _ in range(times)
    ]


def test_two_processes_hold_one_limit(
    live: Settings, process: Callable[[Settings], Flask], session: Session
) -> None:
    assert _ask(process(live), A_MINUTE - 1) == [303] * (A_MINUTE - 1)
    second = process(live)
    assert _ask(second, 3) == [303, 429, 429]
    assert _ask(second, 1, "192.0.2.2") == [303], "each address has its own"
    kept = session.scalars(select(LimitCount.key)).all()
    session.rollback()
    assert [key for key in kept if "192" in key or len(key) != 64] == []

    with time_machine.travel(system_clock() + timedelta(seconds=61), tick=True):
        assert _ask(second, 1) == [303]
    ends = session.scalars(select(LimitCount.ends_at)).all()
    assert [end for end in ends if end <= system_clock()] == [], "old ones are gone"


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_whatever_anybody_may_send_without_signing_in_has_a_limit(
    live: Settings, process: Callable[[Settings], Flask]
) -> None:
    app = process(live)
    open_to_all = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or set()) and _is_open(app, rule.endpoint)
    }
    limited = {
        endpoint
        for endpoint in open_to_all
        if limiter.limit_manager.decorated_limits(get_qualified_name(app.view_functions[endpoint]))
    }
    assert open_to_all - limited == {"auth.sign_out"}, "who signs out leaves less, not more"


def _is_open(app: Flask, endpoint: str) -> bool:
    access = access_of(app, endpoint)
    return access is not None and access.key != "roles"


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_withdrawing_to_and_fro_comes_to_an_end(
    live: Settings, process: Callable[[Settings], Flask], session: Session, desk: Desk
) -> None:
    contact = factories.person(session, Role.HOST)
    request = factories.request(session, contact=contact, state=RequestState.READY)
    token = tokens.issue(session, desk, TokenPurpose.REQUEST_STATUS, request.id)
    session.commit()
    browser = Browser(process(live).test_client())

    seen = []
    for _ in range(11):
        page = browser.send(browser.open(f"/anfrage/{token}/zuruecknehmen").form("zurueck"))
        seen.append(page.status)
        if page.status == 200:
            browser.send(page.form("/doch"))

    assert seen == [200] * 10 + [429]
    mails = select(func.count()).where(OutboxMessage.kind == "request_withdrawn")
    assert session.scalar(mails) == 10


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_addresses_of_one_household_are_counted_together(
    live: Settings, process: Callable[[Settings], Flask]
) -> None:
    app = process(live)
    for number in range(A_MINUTE):
        assert _ask(app, 1, f"2001:db8:0:1::{number:x}") == [303]

    assert _ask(app, 1, "2001:db8:0:1:ffff:ffff:ffff:ffff") == [429]
    assert _ask(app, 1, "2001:db8:0:2::1") == [303]
    assert _ask(app, A_MINUTE, "192.0.2.9") == [303] * A_MINUTE
    assert _ask(app, 1, "::ffff:192.0.2.9") == [429], "one caller on a socket for both protocols"
    assert _ask(app, 1, "192.0.2.10") == [303]
    assert _ask(app, 1, "") == [303]


def test_refusal_says_what_to_do(live: Settings, process: Callable[[Settings], Flask]) -> None:
    app = process(live)
    _ask(app, A_MINUTE, "127.0.0.1")
    browser = Browser(app.test_client())

    page = browser.send(browser.open("/anmelden?lang=en").form("anmelden"), email="a@b.example")

    assert page.status == 429
    seconds = int(page.headers["Retry-After"])
    assert 0 < seconds <= 61
    minutes = math.ceil(seconds / 60)
    assert f"wait {minutes} minute" in page.words


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    """The address of a throwaway Redis, and how to stop it."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("needs redis-server")
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        until("redis", lambda: _answers(port))

        def stop() -> None:
            server.terminate()
            server.wait(30)

        yield f"redis://127.0.0.1:{port}/0", stop
        server.terminate()


def _answers(port: int) -> bool:
    import redis as client  # noqa: PLC0415  # an optional extra

    with client.Redis(port=port, socket_connect_timeout=1) as asked:
        try:
            return bool(asked.ping())
        except client.ConnectionError:
            return False


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_where_the_queue_is_on_redis_limits_are_counted_there(
    live: Settings,
    process: Callable[[Settings], Flask],
    session: Session,
    redis: tuple[str, Callable[[], None]],
) -> None:
    address, stop = redis
    given = replace(live, queue_url=address)
    _ask(process(given), A_MINUTE - 1)
    second = process(given)
    assert _ask(second, 2) == [303, 429]
    in_database = select(func.count()).select_from(LimitCount)
    assert session.scalar(in_database) == 1, "how often the account was asked for, and no more"
    session.rollback()

    stop()
    assert _ask(second, A_MINUTE + 1)[-1] == 429, "without Redis each process counts by itself"
