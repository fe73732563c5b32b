"""How the service is: in short for monitoring, check by check for the operator."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, func, make_url, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from matchmaker.config import SHORTEST_KEY, Settings
from matchmaker.models import Heartbeat, OutboxMessage, migrations
from matchmaker.models.states import OutboxState
from matchmaker.services.health import chosen_once, disk, mail_checks, readable
from matchmaker.services.health.check import Check
from matchmaker.services.house import audit
from matchmaker.services.house.planning_rules import planning_rules
from matchmaker.services.house.signs import WORKER, WORKER_SILENT, worker_silent
from matchmaker.services.incoming import review
from matchmaker.services.sending import mail_trouble
from matchmaker.services.times.calendar_days import calendar_days

CLOCKS_APART = timedelta(minutes=1)
HOLIDAYS_AHEAD = timedelta(days=365)
OLDEST_SENSIBLE = datetime(2026, 1, 1, tzinfo=UTC)

QueueSize = Callable[[], int]
"""How many messages wait in the queue; raises anything if it does not answer."""


def summary(
    session: Session, settings: Settings, now: datetime, queue_size: QueueSize
) -> dict[str, Any]:
    """For monitoring: database, disk, queue, the worker, mails that wait or are dead, the mailbox.

    `mail.trouble` names why no mail leaves at all, without what a server said: anybody may read
    this. Raises SQLAlchemyError if the database does not answer.
    """
    beat = session.get(Heartbeat, WORKER)
    counted = session.execute(
        select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state)
    )
    mails = {row[0]: row[1] for row in counted}
    trouble = mail_trouble.trouble(session, settings)
    mailbox = review.mailbox(session) if settings.imap_url else None
    return {
        "database": "ok",
        "disk": "full" if disk.is_full(settings) else "ok",
        "queue": _queue_state(queue_size),
        "worker": {
            "last_run": beat.at.isoformat() if beat else None,
            "silent": worker_silent(session, now),
        },
        "mail": {
            "waiting": mails.get(OutboxState.QUEUED, 0) + mails.get(OutboxState.SENDING, 0),
            "dead": mails.get(OutboxState.DEAD, 0),
            "uncertain": mails.get(OutboxState.UNCERTAIN, 0),
            "trouble": trouble.kind if trouble else None,
        },
        "answers": {"failing": mailbox is not None and mailbox.failing_since is not None},
    }


def _queue_state(queue_size: QueueSize) -> str:
    try:
        queue_size()
    except Exception:  # every storage has its own errors, and each means the same
        return "down"
    return "ok"


def examine(
    settings: Settings,
    engine: Engine,
    now: datetime,
    queue_size: QueueSize,
    strangers: Mapping[str, str] | None = None,
) -> Iterator[Check]:
    """Look at everything that a running service needs.

    Sends no mail; keeps one row to see that it can, and changes nothing else.

    `strangers` as in `config.strangers`.
    """
    yield _names(strangers or {})
    yield _instance(settings)
    yield disk.room(settings)
    yield readable.files(settings)
    yield _secret_key(settings)
    yield _base_url(settings)
    yield mail_checks.sender(settings)
    yield mail_checks.server(settings)
    yield mail_checks.mailbox(settings)
    yield _queue(settings, queue_size)
    yield from _database(settings, engine, now)


def _names(strangers: Mapping[str, str]) -> Check:
    if not strangers:
        return Check("settings", True, "every name is known")
    meant = ", ".join(likely for likely in strangers.values() if likely)
    remedy = f"Is {meant} meant?" if meant else "Remove it; README.md names every setting."
    return Check("settings", False, f"nobody reads {', '.join(strangers)}", remedy)


def _instance(settings: Settings) -> Check:
    folder = settings.instance
    if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK):
        return Check("instance folder", True, f"{folder} can be written")
    return Check(
        "instance folder",
        False,
        f"{folder} is missing or cannot be written",
        "Create it for the service's user, or set MATCHMAKER_INSTANCE.",
    )


def _secret_key(settings: Settings) -> Check:
    key = settings.secret_key
    if not key:
        return Check(
            "secret key",
            False,
            f"there is none in {settings.instance}",
            "Run `matchmaker migrate` as the service's user: it makes one.",
        )
    file = settings.instance / "secret_key"
    if file.is_file() and file.stat().st_mode & 0o077:
        said = f"{file} can be read by others than the service's user"
        return Check("secret key", False, said, f"Run: chmod 600 {file}")
    if len(key) >= SHORTEST_KEY and len(set(key)) >= SHORTEST_KEY // 3:
        return Check("secret key", True, f"{len(key)} characters")
    return Check(
        "secret key",
        False,
        "is short or easy to guess",
        f"Set MATCHMAKER_SECRET_KEY to at least {SHORTEST_KEY} random characters, or leave it "
        "out: a good one is made then.",
    )


def _base_url(settings: Settings) -> Check:
    if settings.secure or settings.demo:
        return Check("base URL", True, settings.base_url)
    return Check(
        "base URL",
        False,
        f"{settings.base_url} is not https",
        "Put a proxy with a certificate in front and set MATCHMAKER_BASE_URL=https://…",
    )


def missing_file(url: str) -> Path | None:
    """The file of a SQLite address if it is not there yet: to look would make it."""
    parsed = make_url(url) if url.startswith("sqlite") else None
    if parsed is None or not parsed.database or Path(parsed.database).exists():
        return None
    return Path(parsed.database)


def _queue(settings: Settings, queue_size: QueueSize) -> Check:
    if not settings.secret_key:
        said = "cannot be read without the secret key"
        return Check("queue", False, said, "Run `matchmaker migrate`: it makes a key.")
    missing = missing_file(settings.queue_url)
    if missing is not None and os.access(missing.parent, os.W_OK | os.X_OK):
        return Check("queue", True, "is made when it is first used")
    if missing is not None:
        said = f"{missing.parent} is missing or cannot be written"
        return Check("queue", False, said, "Check MATCHMAKER_QUEUE_URL.")
    try:
        waiting = queue_size()
    except Exception as error:  # every storage has its own errors
        said = str(error).partition("\n")[0] or type(error).__name__
        return Check("queue", False, said, "Check MATCHMAKER_QUEUE_URL.")
    return Check("queue", True, f"{waiting} messages wait")


def _database(settings: Settings, engine: Engine, now: datetime) -> Iterator[Check]:
    if missing_file(settings.database_url):
        said = f"{missing_file(settings.database_url)} is not there"
        yield Check("database", False, said, "Run `matchmaker migrate`: it makes one.")
        return
    try:
        with engine.connect() as connection:
            yield Check("database", True, f"{engine.dialect.name} answers")
            yield _clock(settings, connection, now)
            current, newest = migrations.current(connection), migrations.newest()
        if current != newest:
            said = f"at {current or 'nothing'}, newest is {newest}"
            yield Check("migrations", False, said, "Run `matchmaker migrate`.")
            return
        yield Check("migrations", True, f"at {current}")
        yield disk.writing(engine, now)
        with Session(engine) as session:
            yield _worker(session, now)
            yield chosen_once.check(session, settings)
            yield mail_checks.delivery(session, settings)
            yield mail_checks.waiting(session, now)
            yield mail_checks.stuck(session)
            if settings.imap_url is not None:
                yield mail_checks.answers(session, settings)
            yield _school_holidays(session, settings, now)
            yield _audit_chain(session)
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).partition("\n")[0]
        yield Check("database", False, reason, "Start it, or correct MATCHMAKER_DATABASE_URL.")


def _clock(settings: Settings, connection: Connection, now: datetime) -> Check:
    real = datetime.now(UTC)
    if real < OLDEST_SENSIBLE:
        return Check("clock", False, f"says {real:%Y-%m-%d %H:%M}", "Set the machine's clock.")
    if connection.dialect.name == "postgresql":
        theirs: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        if abs(theirs - real) > CLOCKS_APART:
            said = f"the database server's differs by {abs(theirs - real).seconds} s"
            return Check("clock", False, said, "Let both machines keep time by NTP.")
    said = f"shows {now:%Y-%m-%d %H:%M} UTC"
    if settings.clock_start is not None:
        began = f"begins at {settings.clock_start:%Y-%m-%d %H:%M} and not with the real time"
        remedy = "Remove MATCHMAKER_CLOCK_START: it is for demo, tests and drills only."
        return Check("clock", settings.demo, began, remedy)
    return Check("clock", True, said)


def _worker(session: Session, now: datetime) -> Check:
    beat = session.get(Heartbeat, WORKER)
    remedy = "Start `matchmaker worker` and keep it running."
    if beat is None:
        return Check("worker", False, "has never run", remedy)
    said = f"last seen {beat.at:%Y-%m-%d %H:%M} UTC"
    return Check("worker", beat.at > now - WORKER_SILENT, said, remedy)


def _school_holidays(session: Session, settings: Settings, now: datetime) -> Check:
    today = now.astimezone(settings.zone).date()
    rules = planning_rules(session)
    unknown = calendar_days(today, today + HOLIDAYS_AHEAD, rules).school_unknown_from
    if unknown is not None:
        said = f"none are known from {unknown}"
        return Check("school holidays", False, said, "Update the package `holidays`.")
    return Check("school holidays", True, f"known for {rules.subdivision} until {today.year + 1}")


def _audit_chain(session: Session) -> Check:
    broken = list(audit.broken_links(session))
    if broken:
        said = f"does not fit at entry {broken[0]} ({len(broken)} in all)"
        return Check("audit log", False, said, "Somebody changed it: compare with a backup.")
    return Check("audit log", True, "is whole")
