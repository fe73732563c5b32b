"""`matchmaker demo`: the whole service in one process, over invented data, on this machine."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.database import open_clock, open_engine, session_factory
from matchmaker.demo import load
from matchmaker.jobs.worker import run_worker
from matchmaker.models import Setting, migrations
from matchmaker.services.desk import Desk
from matchmaker.services.errors import NotPossible
from matchmaker.web.app import create_app
from matchmaker.web.listening import open_socket, serve

HOST = "127.0.0.1"
PORT = 8000
CLOCK_START = datetime(2026, 12, 28, 9, 0)  # noqa: DTZ001  # wall time in the service's zone
MAIL_FROM = "planung@traeger-demo.example"
HEEDED = ("clock_start", "timezone", "secret_key")
"""Only these variables reach the demo: it must not touch a real database or mail server."""

Say = Callable[[str], None]


def run_demo(instance: Path | None, port: int, say: Say) -> None:
    """Serve the demo until Ctrl-C or SIGTERM.

    `instance` None means a folder that is removed at the end. Raises NotPossible if the port is
    taken or the folder holds other data than the demo's.
    """
    listening = open_socket(HOST, port)
    with _folder(instance) as folder:
        settings = demo_settings(folder, listening.getsockname()[1])
        prepare(settings)
        app = create_app(settings)
        with _worker(settings):
            serve(app, listening, lambda: _introduce(settings, instance, say))


def demo_settings(folder: Path, port: int) -> Settings:
    """The demo's settings; the environment may set the clock, the time zone and the key."""
    read = Settings.from_environment(
        heeded=HEEDED,
        instance=folder,
        base_url=f"http://{HOST}:{port}",
        mail_from=MAIL_FROM,
        demo=True,
    )
    return read if read.clock_start else replace(read, clock_start=CLOCK_START)


def prepare(settings: Settings) -> None:
    """Migrate, and load the demo quarter if the database is empty."""
    engine = open_engine(settings.database_url)
    try:
        migrations.upgrade(engine)
        factory = session_factory(engine)
        with factory() as session:
            clock = open_clock(settings, session)
        with factory.begin() as session:
            if load.is_empty(session):
                load.load_demo(session, Desk(settings, clock()))
            else:
                _require_demo_data(session, settings)
    finally:
        engine.dispose()


def _require_demo_data(session: Session, settings: Settings) -> None:
    """The demo lets anybody in as anybody: never with real people's data."""
    if session.get(Setting, load.MARK) is None:
        raise NotPossible(
            f"{settings.instance} holds data that is not the demo's. Choose another folder."
        )


@contextmanager
def _folder(instance: Path | None) -> Iterator[Path]:
    if instance is not None:
        yield instance.absolute()
        return
    with tempfile.TemporaryDirectory(prefix="matchmaker-demo-", ignore_cleanup_errors=True) as made:
        yield Path(made)


@contextmanager
def _worker(settings: Settings) -> Iterator[None]:
    """The worker beside the pages; it ends before its database is removed."""
    stop = threading.Event()
    thread = threading.Thread(target=run_worker, args=(settings, stop), name="worker", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        with suppress(KeyboardInterrupt):
            thread.join(timeout=10)


def _introduce(settings: Settings, instance: Path | None, say: Say) -> None:
    url = settings.base_url
    say(f"The demo is open at {url}/  (stop it with Ctrl-C)")
    say(f"  its clock starts at {settings.clock_start:%Y-%m-%d %H:%M}, {settings.timezone}")
    for role, what in (
        ("coordinator", "plans and approves"),
        ("speaker", "is invited and answers"),
        ("interpreter", "is invited and answers"),
        ("host", "asks for talks"),
        ("auditor", "reads"),
        ("admin", "sets things up"),
    ):
        say(f"  {url}/demo/als/{role:<12} {what}")
    say(f"  {url}/demo/post            every mail that would have been sent")
    where = "a temporary folder, removed at the end" if instance is None else str(settings.instance)
    say(f"Everything is invented, nothing leaves this machine; data is kept in {where}.")
