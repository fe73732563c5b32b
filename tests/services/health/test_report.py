from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from matchmaker.database import open_engine
from matchmaker.mail.outcome import AuthenticationRefused, Unreachable
from matchmaker.models import Heartbeat, OutboxMessage
from matchmaker.models.states import OutboxState
from matchmaker.services.desk import Desk
from matchmaker.services.health import report
from matchmaker.services.health.check import Check
from matchmaker.services.sending import mail_trouble


class Answering:
    """A mail server that answers MAIL and RCPT as it is told; the checks must send it nothing."""

    def __init__(self) -> None:
        self.mail, self.rcpt, self.sent = "250 OK", "250 OK", 0

    async def handle_MAIL(  # noqa: N802  # aiosmtpd's names
        self, _server: SMTP, _session: object, envelope: Envelope, address: str, *_rest: object
    ) -> str:
        envelope.mail_from = address
        return self.mail

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: object, envelope: Envelope, address: str, *_rest: object
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, *_facts: object) -> str:  # noqa: N802
        self.sent += 1
        return "250 OK"


@pytest.fixture
def answering() -> Iterator[Answering]:
    handler = Answering()
    yield handler
    assert handler.sent == 0, "a check sent a mail"


@pytest.fixture
def mail_server(answering: Answering) -> Iterator[str]:
    controller = Controller(answering, hostname="127.0.0.1", port=_free_port())
    controller.start()
    yield f"smtp://127.0.0.1:{controller.port}"
    controller.stop()


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _no_messages() -> int:
    return 0


def _checks(desk: Desk, engine: Engine, **settings: Any) -> dict[str, Check]:
    given = replace(desk.settings, **settings)
    return {check.name: check for check in report.examine(given, engine, desk.now, _no_messages)}


def _mail(session: Session, desk: Desk, state: OutboxState, minutes: int = 0) -> None:
    session.add(
        OutboxMessage(
            key=f"{state}{minutes}",
            kind="login",
            recipient="a@b.example",
            subject="s",
            message_id=f"<{state}{minutes}@localhost>",
            body=b"",
            state=state,
            created_at=desk.now - timedelta(minutes=minutes),
            due_at=desk.now,
        )
    )


def test_everything_right_has_no_remedies(
    session: Session, engine: Engine, desk: Desk, mail_server: str
) -> None:
    session.add(Heartbeat(name="worker", at=desk.now - timedelta(minutes=1)))
    session.commit()

    checks = _checks(desk, engine, base_url="https://gespraeche.example", mail_url=mail_server)

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
        ({"queue_url": "sqlite:////nowhere/at/all/queue.sqlite3"}, "queue"),
    ],
)
def test_what_is_wrong_comes_with_a_remedy(
    engine: Engine, desk: Desk, given: dict[str, Any], name: str
) -> None:
    check = _checks(desk, engine, **given)[name]

    assert not check.ok
    assert check.remedy


@pytest.mark.parametrize(
    ("answers", "said", "remedy"),
    [
        ({"mail": "530 5.7.0 Authentication required"}, "demands a login", "user:password"),
        ({"rcpt": "530 5.7.0 Authentication required"}, "demands a login", "user:password"),
        ({"mail": "553 5.7.1 not your address"}, "refuses mail from", "MATCHMAKER_MAIL_FROM"),
        ({"rcpt": "550 5.1.1 no such user"}, "refuses mail from", "MATCHMAKER_MAIL_FROM"),
    ],
)
def test_server_that_would_not_take_our_mail_is_found_out(
    engine: Engine,
    desk: Desk,
    answering: Answering,
    mail_server: str,
    *,
    answers: dict[str, str],
    said: str,
    remedy: str,
) -> None:
    vars(answering).update(answers)

    check = _checks(desk, engine, mail_url=mail_server)["mail server"]

    assert (check.ok, said in check.said, remedy in check.remedy) == (False, True, True)
    assert next(iter(answers.values())) in check.said


def test_server_that_only_puts_us_off_is_fine_and_named(
    engine: Engine, desk: Desk, answering: Answering, mail_server: str
) -> None:
    answering.rcpt = "450 4.2.0 greylisted"

    check = _checks(desk, engine, mail_url=mail_server)["mail server"]

    assert check.ok
    assert "puts us off for now, mails are tried again: 450 4.2.0 greylisted" in check.said


def test_what_keeps_the_worker_from_sending_is_said(
    session: Session, engine: Engine, desk: Desk
) -> None:
    given = replace(desk.settings, mail_url="smtp://127.0.0.1:1")
    mail_trouble.note(session, given, desk.now, AuthenticationRefused("535 no"))
    session.commit()

    check = _checks(desk, engine, mail_url=given.mail_url)["mail delivery"]

    assert not check.ok
    assert "535 no (since 2026-12-28 08:00 UTC)" in check.said


@pytest.mark.parametrize(
    ("met", "mail_url", "kind"),
    [
        (None, "smtp://127.0.0.1:1", None),
        (None, None, "no_server"),
        (None, "smtp://me:secret@mail.example", "unusable_address"),
        (AuthenticationRefused("535 no, me"), "smtp://127.0.0.1:1", "login_refused"),
        (Unreachable("no connection"), "smtp://127.0.0.1:1", "unreachable"),
    ],
)
def test_summary_names_the_trouble_without_the_servers_words(
    session: Session,
    desk: Desk,
    met: AuthenticationRefused | Unreachable | None,
    mail_url: str | None,
    kind: str | None,
) -> None:
    given = replace(desk.settings, mail_url=mail_url)
    if met is not None:
        mail_trouble.note(session, given, desk.now, met)
        session.flush()

    assert report.summary(session, given, desk.now, _no_messages)["mail"] == {
        "waiting": 0,
        "dead": 0,
        "uncertain": 0,
        "trouble": kind,
    }


def test_password_of_the_mail_server_is_never_said(engine: Engine, desk: Desk) -> None:
    for url in ("smtps://me:geheim@127.0.0.1:1", "smtp://me:geheim@mail.example"):
        assert "geheim" not in str(_checks(desk, engine, mail_url=url))


def test_demo_needs_neither_https_nor_a_mail_server(engine: Engine, desk: Desk) -> None:
    checks = _checks(desk, engine, demo=True, mail_from="planung@localhost")

    names = ("base URL", "mail sender", "mail server")
    assert [checks[name].ok for name in names] == [True] * 3


@pytest.mark.parametrize(("minutes", "ok"), [(4, True), (6, False)])
def test_worker_that_is_silent_is_missed(
    session: Session, engine: Engine, desk: Desk, minutes: int, ok: bool
) -> None:
    session.add(Heartbeat(name="worker", at=desk.now - timedelta(minutes=minutes)))
    session.commit()

    assert _checks(desk, engine)["worker"].ok is ok


def test_mail_that_waits_long_or_is_dead_is_wrong(
    session: Session, engine: Engine, desk: Desk
) -> None:
    _mail(session, desk, OutboxState.QUEUED, minutes=59)
    session.commit()
    assert _checks(desk, engine)["waiting mail"].ok

    _mail(session, desk, OutboxState.QUEUED, minutes=61)
    _mail(session, desk, OutboxState.UNCERTAIN)
    session.commit()
    checks = _checks(desk, engine)
    assert checks["waiting mail"].said == "1 of 2 have waited for more than an hour"
    assert not checks["dead mail"].ok


def test_school_holidays_that_nobody_knows_yet_are_said(engine: Engine, desk: Desk) -> None:
    late = replace(desk, now=desk.now + timedelta(days=10 * 365))

    assert not _checks(late, engine)["school holidays"].ok


def test_database_without_migrations_is_wrong(tmp_path: Path, desk: Desk) -> None:
    empty = tmp_path / "empty.sqlite3"
    empty.touch()
    engine = open_engine(f"sqlite:///{empty}")
    checks = _checks(desk, engine, database_url=f"sqlite:///{empty}")
    engine.dispose()

    assert checks["migrations"].said == "at nothing, newest is " + str(report.migrations.newest())
    assert "worker" not in checks


def test_missing_file_is_not_made_by_looking(tmp_path: Path, desk: Desk) -> None:
    url = f"sqlite:///{tmp_path / 'none' / 'database.sqlite3'}"
    engine = open_engine(url, make_folder=False)
    checks = _checks(desk, engine, database_url=url, queue_url=url)
    engine.dispose()

    assert ("is not there" in checks["database"].said, "migrations" in checks) == (True, False)
    assert not (tmp_path / "none").exists()


def test_database_that_is_away_ends_the_checks(desk: Desk) -> None:
    url = f"postgresql+psycopg://me:geheim@127.0.0.1:{_free_port()}/x"
    engine = open_engine(url)
    checks = _checks(desk, engine, database_url=url)
    engine.dispose()

    assert not checks["database"].ok
    assert "geheim" not in str(checks)


def test_queue_that_is_down_is_wrong(engine: Engine, desk: Desk) -> None:
    def down() -> int:
        raise ConnectionError("no redis")

    given = replace(desk.settings, queue_url="redis://127.0.0.1:1")
    found = {c.name: c for c in report.examine(given, engine, desk.now, down)}

    assert (found["queue"].ok, found["queue"].said) == (False, "no redis")


@pytest.mark.parametrize(
    ("state", "counted"),
    [
        (OutboxState.QUEUED, {"waiting": 1, "dead": 0, "uncertain": 0}),
        (OutboxState.SENDING, {"waiting": 1, "dead": 0, "uncertain": 0}),
        (OutboxState.DEAD, {"waiting": 0, "dead": 1, "uncertain": 0}),
        (OutboxState.SENT, {"waiting": 0, "dead": 0, "uncertain": 0}),
    ],
)
def test_summary_counts_mail(
    session: Session, desk: Desk, state: OutboxState, counted: dict[str, int]
) -> None:
    _mail(session, desk, state)
    session.flush()

    found = report.summary(session, desk.settings, desk.now, _no_messages)["mail"]
    assert {name: found[name] for name in counted} == counted


def test_summary_names_the_worker_and_the_queue(session: Session, desk: Desk) -> None:
    def down() -> int:
        raise OSError

    session.add(Heartbeat(name="worker", at=desk.now))
    session.flush()

    found = report.summary(session, desk.settings, desk.now, down)

    assert (found["database"], found["queue"]) == ("ok", "down")
    assert found["worker"] == {"last_run": "2026-12-28T08:00:00+00:00", "silent": False}


def test_full_disk_is_seen_before_anything_fails(
    session: Session, engine: Engine, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = 3 * 1024**2
    used = shutil.disk_usage(desk.settings.instance)._replace(free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: used)

    check = _checks(desk, engine)["disk"]

    assert (check.ok, check.said.startswith("3 MB are free in /")) == (False, True)
    assert report.summary(session, desk.settings, desk.now, _no_messages)["disk"] == "full"


@pytest.mark.parametrize(("mode", "ok"), [(0o600, True), (0o644, False), (0o640, False)])
def test_key_file_is_for_the_service_alone(engine: Engine, desk: Desk, mode: int, ok: bool) -> None:
    file = desk.settings.instance / "secret_key"
    file.write_text(desk.settings.secret_key)
    file.chmod(mode)

    check = _checks(desk, engine)["secret key"]

    assert (check.ok, check.remedy) == (ok, "" if ok else f"Run: chmod 600 {file}")


def test_queue_without_a_key_says_what_it_needs(engine: Engine, desk: Desk) -> None:
    check = _checks(desk, engine, secret_key="")["queue"]

    assert (check.ok, check.said) == (False, "cannot be read without the secret key")
    assert "matchmaker migrate" in check.remedy


@pytest.mark.parametrize("demo", [True, False])
def test_clock_that_is_not_the_real_one_is_for_the_demo_only(
    engine: Engine, desk: Desk, demo: bool
) -> None:
    as_set = datetime.fromisoformat("2027-01-04T09:00")
    check = _checks(desk, engine, demo=demo, clock_start=as_set)["clock"]

    assert check.ok is demo
    assert "2027-01-04 09:00" in check.said
    assert "MATCHMAKER_CLOCK_START" in check.remedy


def test_database_that_keeps_nothing_is_wrong(engine: Engine, desk: Desk) -> None:
    def refuse(_connection: Connection) -> None:
        raise OperationalError("COMMIT", None, Exception("database or disk is full"))

    event.listen(engine, "commit", refuse)
    check = _checks(desk, engine)["database writing"]

    assert (check.ok, check.said) == (False, "database or disk is full")


def test_summary_says_that_the_worker_is_silent(session: Session, desk: Desk) -> None:
    session.add(Heartbeat(name="worker", at=desk.now - timedelta(minutes=6)))
    session.flush()

    found = report.summary(session, desk.settings, desk.now, _no_messages)
    assert (found["worker"]["silent"], found["disk"]) == (True, "ok")


def test_checks_change_nothing(session: Session, engine: Engine, desk: Desk) -> None:
    def count() -> int:
        return session.execute(text("SELECT count(*) FROM audit")).scalar_one()

    before = count()
    session.commit()
    _checks(desk, engine)

    assert count() == before
