"""`matchmaker demo` as a process of its own: it starts, lets people in and leaves nothing."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError

import pytest

from matchmaker.config import Settings
from matchmaker.database import open_engine, session_factory
from matchmaker.demo import server
from matchmaker.models import migrations
from matchmaker.services.errors import NotPossible
from matchmaker.services.house.reference import load_reference
from tests import factories

ROLES = ("coordinator", "speaker", "interpreter", "host", "auditor", "admin")


class Demo:
    """A running demo; `open` is a browser with cookies."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.folder = folder
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("MATCHMAKER_")
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "matchmaker", "demo", "--port", "0", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment | {"TMPDIR": str(folder), "PYTHONUNBUFFERED": "1"},
        )
        assert self.process.stdout is not None
        self.first_line = self.process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", self.first_line)
        assert found, self.first_line + self.process.stdout.read()
        self.base = found[0]

    def open(self, path: str) -> tuple[str, str]:
        """The page and where one landed."""
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        with opener.open(self.base + path, timeout=60) as answer:
            return answer.read().decode(), answer.geturl()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(60)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return status


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    running = Demo(tmp_path_factory.mktemp("demo"))
    yield running
    if running.process.poll() is None:
        running.stop()


@pytest.mark.slow
def test_demo_shows_its_start_page(demo: Demo) -> None:
    page, _ = demo.open("/")

    assert "Vorführung" in page or "Demonstration" in page


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_demo_lets_everybody_in(demo: Demo, role: str) -> None:
    _, landed = demo.open(f"/demo/als/{role}")

    assert "/anmelden" not in landed


@pytest.mark.slow
def test_demo_shows_its_mailbox(demo: Demo) -> None:
    page, _ = demo.open("/demo/post?lang=en")

    assert "Mails of the demonstration" in page


@pytest.mark.slow
def test_demo_runs_a_worker(demo: Demo) -> None:
    state = json.loads(demo.open("/healthz")[0])

    assert (state["database"], state["queue"]) == ("ok", "ok")
    assert state["worker"]["last_run"].startswith("2026-12-28T08:")


@pytest.mark.slow
def test_demo_explains_that_a_form_is_too_large(demo: Demo) -> None:
    body = b"email=" + b"x" * 2 * 1024**2
    with pytest.raises(HTTPError) as refused:
        urllib.request.build_opener().open(demo.base + "/anmelden", body, 60)

    with refused.value as answer:
        page = answer.read().decode()
        assert answer.status == 413
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "Wir nehmen bis zu 1 Megabyte auf einmal an." in page


@pytest.mark.slow
def test_demo_ends_cleanly_and_leaves_nothing(tmp_path: Path) -> None:
    running = Demo(tmp_path)
    assert list(tmp_path.glob("matchmaker-demo-*"))

    assert running.stop() == 0
    assert list(tmp_path.glob("matchmaker-demo-*")) == []


@pytest.mark.slow
def test_demo_on_a_taken_port_says_so(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = subprocess.run(
            [sys.executable, "-m", "matchmaker", "demo", "--port", str(port)],
            capture_output=True,
            text=True,
            check=False,
        )

    said = f"Error: Port {port} on 127.0.0.1 is taken. Choose another one with --port.\n"
    assert (answer.returncode, answer.stderr) == (1, said)


def test_demo_heeds_only_harmless_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHMAKER_DATABASE_URL", "postgresql://real/database")
    monkeypatch.setenv("MATCHMAKER_MAIL_URL", "smtp://real.example")
    monkeypatch.setenv("MATCHMAKER_CLOCK_START", "2027-02-01T08:00")

    settings = server.demo_settings(tmp_path, 8000)

    assert settings.database_url == f"sqlite:///{tmp_path / 'matchmaker.sqlite3'}"
    assert (settings.mail_url, settings.demo) == (None, True)
    assert f"{settings.clock_start:%Y-%m-%d %H:%M}" == "2027-02-01 08:00"


def _settings(folder: Path) -> Settings:
    return server.demo_settings(folder, 8000)


def test_demo_in_a_named_folder_keeps_its_data(tmp_path: Path) -> None:
    for _ in range(2):
        server.prepare(_settings(tmp_path))

    assert (tmp_path / "matchmaker.sqlite3").is_file()


def test_demo_never_opens_a_folder_with_real_data(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    engine = open_engine(settings.database_url)
    migrations.upgrade(engine)
    with session_factory(engine).begin() as session:
        load_reference(session)
        factories.organisation(session)
    engine.dispose()

    with pytest.raises(NotPossible, match="not the demo's"):
        server.prepare(settings)
