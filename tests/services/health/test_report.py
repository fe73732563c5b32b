"""Everything that the operator is told about the service, check by check."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from matchmaker.database import open_engine
from matchmaker.models import Heartbeat, MailboxState
from matchmaker.services.desk import Desk
from matchmaker.services.health import report
from tests.services.health.checking import examined, free_port, no_messages


def test_everything_right_has_no_remedies(
    session: Session, engine: Engine, desk: Desk, mail_server: str
) -> None:
    session.add(Heartbeat(name="worker", at=desk.now - timedelta(minutes=1)))
    session.commit()

    checks = examined(desk, engine, base_url="https://gespraeche.example", mail_url=mail_server)

    assert {name: check.said for name, check in checks.items() if not check.ok} == {}
    assert list(checks) == [
        "settings",
        "instance folder",
        "disk",
        "private files",
        "secret key",
        "base URL",
        "mail sender",
        "mail server",
        "mailbox",
        "queue",
        "database",
        "clock",
        "migrations",
        "database writing",
        "worker",
        "lasting settings",
        "mail delivery",
        "waiting mail",
        "dead mail",
        "school holidays",
        "audit log",
    ]


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"instance": Path("/nowhere/at/all")}, "instance folder"),
        ({"secret_key": ""}, "secret key"),
        ({"secret_key": "secret"}, "secret key"),
        ({"secret_key": "a" * 64}, "secret key"),
        ({"base_url": "http://gespraeche.example"}, "base URL"),
        ({"mail_from": "planung@localhost"}, "mail sender"),
        ({"mail_url": None}, "mail server"),
        ({"mail_url": "smtp://"}, "mail server"),
        ({"mail_url": "smtp://127.0.0.1:1"}, "mail server"),
        ({"imap_url": "imaps://verein.example"}, "mailbox"),
        ({"queue_url": "sqlite:////nowhere/at/all/queue.sqlite3"}, "queue"),
    ],
)
def test_what_is_wrong_comes_with_a_remedy(
    engine: Engine, desk: Desk, given: dict[str, Any], name: str
) -> None:
    check = examined(desk, engine, **given)[name]

    assert not check.ok
    assert check.remedy


def test_demo_needs_neither_https_nor_a_mail_server(engine: Engine, desk: Desk) -> None:
    checks = examined(desk, engine, demo=True, mail_from="planung@localhost")

    names = ("base URL", "mail sender", "mail server")
    assert [checks[name].ok for name in names] == [True] * 3


@pytest.mark.parametrize(("minutes", "ok"), [(4, True), (6, False)])
def test_worker_that_is_silent_is_missed(
    session: Session, engine: Engine, desk: Desk, minutes: int, ok: bool
) -> None:
    session.add(Heartbeat(name="worker", at=desk.now - timedelta(minutes=minutes)))
    session.commit()

    assert examined(desk, engine)["worker"].ok is ok


def test_school_holidays_that_nobody_knows_yet_are_said(engine: Engine, desk: Desk) -> None:
    late = replace(desk, now=desk.now + timedelta(days=10 * 365))

    assert not examined(late, engine)["school holidays"].ok


def test_database_without_migrations_is_wrong(tmp_path: Path, desk: Desk) -> None:
    empty = tmp_path / "empty.sqlite3"
    empty.touch()
    engine = open_engine(f"sqlite:///{empty}")
    checks = examined(desk, engine, database_url=f"sqlite:///{empty}")
    engine.dispose()

    assert checks["migrations"].said == "at nothing, newest is " + str(report.migrations.newest())
    assert "worker" not in checks


def test_missing_file_is_not_made_by_looking(tmp_path: Path, desk: Desk) -> None:
    url = f"sqlite:///{tmp_path / 'none' / 'database.sqlite3'}"
    engine = open_engine(url, make_folder=False)
    checks = examined(desk, engine, database_url=url, queue_url=url)
    engine.dispose()

    assert ("is not there" in checks["database"].said, "migrations" in checks) == (True, False)
    assert not (tmp_path / "none").exists()


def test_database_that_is_away_ends_the_checks(desk: Desk) -> None:
    url = f"postgresql+psycopg://me:geheim@127.0.0.1:{free_port()}/x"
    engine = open_engine(url)
    checks = examined(desk, engine, database_url=url)
    engine.dispose()

    assert not checks["database"].ok
    assert "geheim" not in str(checks)


def test_queue_that_is_down_is_wrong(engine: Engine, desk: Desk) -> None:
    def down() -> int:
        raise ConnectionError("no redis")

    given = replace(desk.settings, queue_url="redis://127.0.0.1:1")
    found = {c.name: c for c in report.examine(given, engine, desk.now, down)}

    assert (found["queue"].ok, found["queue"].said) == (False, "no redis")


def test_full_disk_is_seen_before_anything_fails(
    session: Session, engine: Engine, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = 3 * 1024**2
    used = shutil.disk_usage(desk.settings.instance)._replace(free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: used)

    check = examined(desk, engine)["disk"]

    assert (check.ok, check.said.startswith("3 MB are free in /")) == (False, True)
    assert report.summary(session, desk.settings, desk.now, no_messages)["disk"] == "full"


@pytest.mark.parametrize(("mode", "ok"), [(0o600, True), (0o644, False), (0o640, False)])
def test_key_file_is_for_the_service_alone(engine: Engine, desk: Desk, mode: int, ok: bool) -> None:
    file = desk.settings.instance / "secret_key"
    file.write_text(desk.settings.secret_key)
    file.chmod(mode)

    check = examined(desk, engine)["secret key"]

    assert (check.ok, check.remedy) == (ok, "" if ok else f"Run: chmod 600 {file}")


def test_queue_without_a_key_says_what_it_needs(engine: Engine, desk: Desk) -> None:
    check = examined(desk, engine, secret_key="")["queue"]

    assert (check.ok, check.said) == (False, "cannot be read without the secret key")
    assert "matchmaker migrate" in check.remedy


@pytest.mark.parametrize("demo", [True, False])
def test_clock_that_is_not_the_real_one_is_for_the_demo_only(
    engine: Engine, desk: Desk, demo: bool
) -> None:
    as_set = datetime.fromisoformat("2027-01-04T09:00")
    check = examined(desk, engine, demo=demo, clock_start=as_set)["clock"]

    assert check.ok is demo
    assert "2027-01-04 09:00" in check.said
    assert "MATCHMAKER_CLOCK_START" in check.remedy


def test_database_that_keeps_nothing_is_wrong(engine: Engine, desk: Desk) -> None:
    def refuse(_connection: Connection) -> None:
        raise OperationalError("COMMIT", None, Exception("database or disk is full"))

    event.listen(engine, "commit", refuse)
    check = examined(desk, engine)["database writing"]

    assert (check.ok, check.said) == (False, "database or disk is full")


def test_checks_change_nothing(session: Session, engine: Engine, desk: Desk) -> None:
    def count() -> int:
        return session.execute(text("SELECT count(*) FROM audit")).scalar_one()

    before = count()
    session.commit()
    examined(desk, engine)

    assert count() == before


def test_mailbox_that_nobody_can_open_is_wrong(engine: Engine, desk: Desk) -> None:
    check = examined(desk, engine, imap_url=f"imap://a:geheim@127.0.0.1:{free_port()}")["mailbox"]
    assert not check.ok
    assert "geheim" not in check.said
    assert "MATCHMAKER_IMAP_URL" in check.remedy


def test_mailbox_that_cannot_be_read_is_wrong(session: Session, engine: Engine, desk: Desk) -> None:
    url = "imap://a:geheim@localhost"
    assert examined(desk, engine, imap_url=url)["answers by mail"].ok
    state = MailboxState(name="a", last_uid=0, failure="", tried_at=desk.now, read_at=desk.now)
    session.add(state)
    session.commit()
    assert "2026-12-28 08:00 UTC" in examined(desk, engine, imap_url=url)["answers by mail"].said
    state.failing_since, state.failure = desk.now, "login refused: no"
    session.commit()
    check = examined(desk, engine, imap_url=url)["answers by mail"]
    assert (check.ok, "login refused: no" in check.said) == (False, True)
