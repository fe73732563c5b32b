"""How the service is: in short for monitoring, check by check for the operator."""

from __future__ import annotations

import os
import smtplib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.mail.address import AddressError, wire_address
from matchmaker.mail.settings import MailUrlError, SmtpSettings
from matchmaker.mail.transport import connect
from matchmaker.models import Heartbeat, OutboxMessage, migrations
from matchmaker.models.states import OutboxState
from matchmaker.services.house import audit
from matchmaker.services.planning.calendar_days import calendar_days
from matchmaker.services.planning.planning_rules import planning_rules

WORKER = "worker"
WORKER_SILENT = timedelta(minutes=5)
MAIL_LATE = timedelta(hours=1)
CLOCKS_APART = timedelta(minutes=1)
SHORTEST_KEY = 32
HOLIDAYS_AHEAD = timedelta(days=365)
OLDEST_SENSIBLE = datetime(2026, 1, 1, tzinfo=UTC)

QueueSize = Callable[[], int]
"""How many messages wait in the queue; raises anything if it does not answer."""


def summary(session: Session, queue_size: QueueSize) -> dict[str, Any]:
    """For monitoring: database, queue, the worker's last run, mails that wait or are dead.

    Raises SQLAlchemyError if the database does not answer.
    """
    beat = session.get(Heartbeat, WORKER)
    counted = session.execute(
        select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state)
    )
    mails = {row[0]: row[1] for row in counted}
    return {
        "database": "ok",
        "queue": _queue_state(queue_size),
        "worker": {"last_run": beat.at.isoformat() if beat else None},
        "mail": {
            "waiting": mails.get(OutboxState.QUEUED, 0) + mails.get(OutboxState.SENDING, 0),
            "dead": mails.get(OutboxState.DEAD, 0),
            "uncertain": mails.get(OutboxState.UNCERTAIN, 0),
        },
    }


def _queue_state(queue_size: QueueSize) -> str:
    try:
        queue_size()
    except Exception:  # every storage has its own errors, and each means the same
        return "down"
    return "ok"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `remedy` says what to do if it is not `ok`."""

    name: str
    ok: bool
    said: str
    remedy: str = ""


def examine(
    settings: Settings, engine: Engine, now: datetime, queue_size: QueueSize
) -> Iterator[Check]:
    """Look at everything that a running service needs; sends no mail, changes nothing."""
    yield _instance(settings)
    yield _secret_key(settings)
    yield _base_url(settings)
    yield _mail_from(settings)
    yield _mail_server(settings)
    yield _queue(queue_size)
    yield from _database(settings, engine, now)


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


def _mail_from(settings: Settings) -> Check:
    remedy = "Set MATCHMAKER_MAIL_FROM to the mailbox that invites, such as planung@verein.de."
    try:
        host = wire_address(settings.mail_from).rpartition("@")[2]
    except AddressError as error:
        return Check("mail sender", False, str(error), remedy)
    if "." not in host:
        return Check("mail sender", False, f"{settings.mail_from} gets no answers", remedy)
    return Check("mail sender", True, settings.mail_from)


def _mail_server(settings: Settings) -> Check:
    if settings.demo:
        return Check("mail server", True, "not needed: the demo keeps its mails")
    if settings.mail_url is None:
        return Check(
            "mail server",
            False,
            "none is set, mails wait",
            "Set MATCHMAKER_MAIL_URL, for example smtp+starttls://user:password@host:587.",
        )
    try:
        smtp = SmtpSettings.from_url(settings.mail_url)
    except MailUrlError as error:
        return Check("mail server", False, str(error), "Correct MATCHMAKER_MAIL_URL.")
    opened = connect(smtp)
    server: smtplib.SMTP | None = getattr(opened, "host", None)
    if server is None:
        reason = getattr(opened, "reason", str(opened))
        return Check("mail server", False, reason, "Check MATCHMAKER_MAIL_URL and the network.")
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):
        server.close()
    return Check("mail server", True, f"{smtp.host}:{smtp.port} answers and lets us in")


def _queue(queue_size: QueueSize) -> Check:
    try:
        waiting = queue_size()
    except Exception as error:  # every storage has its own errors
        said = str(error).partition("\n")[0] or type(error).__name__
        return Check("queue", False, said, "Check MATCHMAKER_QUEUE_URL.")
    return Check("queue", True, f"{waiting} messages wait")


def _database(settings: Settings, engine: Engine, now: datetime) -> Iterator[Check]:
    try:
        with engine.connect() as connection:
            yield Check("database", True, f"{engine.dialect.name} answers")
            yield _clock(connection, now)
            current, newest = migrations.current(connection), migrations.newest()
        if current != newest:
            said = f"at {current or 'nothing'}, newest is {newest}"
            yield Check("migrations", False, said, "Run `matchmaker migrate`.")
            return
        yield Check("migrations", True, f"at {current}")
        with Session(engine) as session:
            yield _worker(session, now)
            yield _waiting_mail(session, now)
            yield _stuck_mail(session)
            yield _school_holidays(session, settings, now)
            yield _audit_chain(session)
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).partition("\n")[0]
        yield Check("database", False, reason, "Start it, or correct MATCHMAKER_DATABASE_URL.")


def _clock(connection: Connection, now: datetime) -> Check:
    real = datetime.now(UTC)
    if real < OLDEST_SENSIBLE:
        return Check("clock", False, f"says {real:%Y-%m-%d %H:%M}", "Set the machine's clock.")
    if connection.dialect.name == "postgresql":
        theirs: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        if abs(theirs - real) > CLOCKS_APART:
            said = f"the database server's differs by {abs(theirs - real).seconds} s"
            return Check("clock", False, said, "Let both machines keep time by NTP.")
    shifted = abs(now - real) > CLOCKS_APART
    said = f"shows {now:%Y-%m-%d %H:%M} UTC"
    return Check("clock", True, f"{said} (MATCHMAKER_CLOCK_START is set)" if shifted else said)


def _worker(session: Session, now: datetime) -> Check:
    beat = session.get(Heartbeat, WORKER)
    remedy = "Start `matchmaker worker` and keep it running."
    if beat is None:
        return Check("worker", False, "has never run", remedy)
    said = f"last seen {beat.at:%Y-%m-%d %H:%M} UTC"
    return Check("worker", beat.at > now - WORKER_SILENT, said, remedy)


def _waiting_mail(session: Session, now: datetime) -> Check:
    waiting = (OutboxState.QUEUED, OutboxState.SENDING)
    late = OutboxMessage.state.in_(waiting) & (OutboxMessage.created_at < now - MAIL_LATE)
    count = session.scalar(select(func.count()).where(OutboxMessage.state.in_(waiting))) or 0
    late_count = session.scalar(select(func.count()).where(late)) or 0
    if late_count:
        said = f"{late_count} of {count} have waited for more than an hour"
        return Check("waiting mail", False, said, "See `matchmaker list outbox` for the reason.")
    return Check("waiting mail", True, f"{count} wait")


def _stuck_mail(session: Session) -> Check:
    stuck = OutboxMessage.state.in_((OutboxState.DEAD, OutboxState.UNCERTAIN))
    count = session.scalar(select(func.count()).where(stuck)) or 0
    if count:
        said = f"{count} could not be delivered or may not have been"
        return Check("dead mail", False, said, "Decide at /koordination/post: resend or drop.")
    return Check("dead mail", True, "none")


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
