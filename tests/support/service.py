"""The product as an operator runs it: real processes with their settings in the environment."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from click.testing import CliRunner, Result

from matchmaker.cli import main
from matchmaker.config import PREFIX, SETTING_NAMES
from tests.support.http import HttpClient
from tests.support.pages import Browser
from tests.support.ports import free_port
from tests.support.waiting import until

ROOT = Path(__file__).parents[2]
CLOCK_START = "2026-12-28T09:00"
MAIL_FROM = "planung@arbeitsmarkt.example"
PATIENT_WITH_COMMANDS = 240.0
STOPPED_BY_US = {0, -15, 143}
Row = dict[str, Any]


@dataclass
class Program:
    """A process that stays, and the file with everything it says."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def wait_until_ready(self, url: str) -> None:
        until(f"{self.name} at {url}", lambda: self._answers(url))

    def _answers(self, url: str) -> bool:
        self.require_alive()
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def require_alive(self) -> None:
        ended = self.process.poll()
        assert ended is None, f"{self.name} ended with status {ended}:\n{self.said()}"

    def stop(self, patience: float = 30) -> int:
        """Ask it to end, and end it if it does not listen. Returns its exit status."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def ended(self, patience: float = 60) -> int:
        """The status with which it ends by itself or by somebody else's signal."""
        return self.process.wait(patience)


@dataclass
class Service:
    """A service in its own folder; `settings` are MATCHMAKER_* without their prefix."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    programs: list[Program] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.base_url = f"http://127.0.0.1:{free_port()}"
        self.settings = {
            "INSTANCE": str(self.folder / "instance"),
            "CLOCK_START": CLOCK_START,
            "MAIL_FROM": MAIL_FROM,
            "BASE_URL": self.base_url,
            **self.settings,
        }

    @property
    def environment(self) -> dict[str, str]:
        return environment(self.settings)

    def run(
        self, *arguments: object, expect: int = 0, stdin: bytes = b""
    ) -> subprocess.CompletedProcess[str]:
        """One command, to its end. Fails if its exit status is not the expected one."""
        done = subprocess.run(
            command(*arguments),
            env=self.environment,
            cwd=self.folder,
            input=stdin.decode("utf-8"),
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENT_WITH_COMMANDS,
            check=False,
        )
        assert done.returncode == expect, (
            f"matchmaker {' '.join(map(str, arguments))} ended with {done.returncode}:\n"
            f"{done.stdout}{done.stderr}"
        )
        return done

    def call(self, *arguments: object, expect: int = 0) -> Result:
        """A command in this process: starting another one takes longer than most of them."""
        runner = CliRunner(env=_settled(self.settings))
        done = runner.invoke(main, [str(part) for part in arguments])
        assert done.exit_code == expect, f"{arguments} ended with {done.exit_code}: {done.output}"
        return done

    def rows(self, kind: str) -> list[Row]:
        """`list KIND --json`."""
        read = json.loads(self.call("list", kind, "--json").stdout)
        assert isinstance(read, list)
        return read

    def start(self, *arguments: object, **settings: str) -> Program:
        name = f"{arguments[0]}-{len(self.programs) + 1}"
        program = start(self.folder, name, environment({**self.settings, **settings}), *arguments)
        self.programs.append(program)
        return program

    def serve(self) -> Program:
        """The pages, ready to answer."""
        program = self.start("serve", "--port", urlsplit(self.base_url).port)
        program.wait_until_ready(self.base_url)
        return program

    def worker(self) -> Program:
        """A worker that has taken up its work."""
        program = self.start("worker")
        until("the worker", lambda: program.require_alive() or "running" in program.said())
        return program

    def browser(self) -> Browser:
        """Somebody new in front of an own browser."""
        return Browser(HttpClient(self.base_url))

    def health(self) -> dict[str, Any]:
        """What `/healthz` says."""
        answer = HttpClient(self.base_url).get("/healthz")
        assert answer.status_code == 200
        return dict(json.loads(answer.data))

    def logs(self) -> Iterator[tuple[str, str]]:
        for program in self.programs:
            yield program.name, program.said()

    def close(self) -> None:
        for program in reversed(self.programs):
            program.stop()


def _settled(settings: Mapping[str, str]) -> dict[str, str | None]:
    """Every variable of the product: as given, or taken away."""
    return {name: settings.get(name.removeprefix(PREFIX)) for name in SETTING_NAMES}


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """This process's environment with these settings and no others."""
    inherited = {name: text for name, text in os.environ.items() if PREFIX not in name}
    given = {f"{PREFIX}{name}": text for name, text in settings.items()}
    # So that what a process says stands in its log at once; and the checkout wins over whatever
    # is installed.
    return {**inherited, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT), **given}


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "matchmaker", *map(str, arguments)]


def start(folder: Path, name: str, variables: Mapping[str, str], *arguments: object) -> Program:
    log = folder / f"{name}.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command(*arguments),
            env=dict(variables),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
    return Program(name, process, log)


@contextmanager
def running_demo(folder: Path) -> Iterator[tuple[str, Program]]:
    """`matchmaker demo` on a free port: its address and its process."""
    folder.mkdir(parents=True, exist_ok=True)
    program = start(folder, "demo", environment({}), "demo", "--port", 0)
    try:
        url = until("the demo's address", lambda: _address_in(program))
        program.wait_until_ready(url)
        yield url, program
    finally:
        program.stop()


def _address_in(program: Program) -> str:
    program.require_alive()
    words = program.said().split()
    return next((word.rstrip("/") for word in words if word.startswith("http://127.")), "")
