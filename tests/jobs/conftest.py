"""Fixtures for jobs: a round to plan, a workplace, and a solver that waits to be let go."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.config import Settings
from matchmaker.jobs import search
from matchmaker.jobs.workplace import Workplace, new_owner
from matchmaker.models import SolveRun
from matchmaker.services.desk import Desk
from matchmaker.services.planning import rounds
from tests import factories
from tests.conftest import NOW

PATIENCE_SECONDS = 60


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for something that must happen; how long it takes is no matter."""
    given_up = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < given_up, "waited in vain"
        time.sleep(0.02)


@dataclass
class Hands:
    """A clock whose hands the test sets."""

    late: timedelta = timedelta()

    def __call__(self) -> object:
        return NOW + self.late


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def place(settings: Settings, factory: sessionmaker[Session], hands: Hands) -> Workplace:
    return Workplace(settings, factory, hands, new_owner())  # type: ignore[arg-type]  # a clock


@pytest.fixture
def run_id(factory: sessionmaker[Session], desk: Desk) -> int:
    """A queued run of a round with one request that R01 could serve."""
    with factory.begin() as session:
        factories.speaker(session, topics={"ANE-01": 3}, weekly=((1, 16, 21),), code="R01")
        factories.request(session, code="A001")
        row = factories.planning_round(session)
        run = rounds.request_plan(session, desk, row.id)
        session.flush()
        return run.id


@dataclass
class Gate:
    path: Path

    def open(self) -> None:
        self.path.touch()

    @property
    def solver(self) -> int:
        """The process id of the solver that waits."""
        return int(Path(f"{self.path}.pid").read_text())

    def command(self, question: Path, answer: Path, *_limits: int) -> list[str]:
        module = "tests.jobs.slow_solver"
        return [sys.executable, "-m", module, str(question), str(answer), str(self.path)]


@pytest.fixture
def gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """The searches of this test wait until the gate is opened."""
    gate = Gate(tmp_path / "gate")
    monkeypatch.setattr(search, "solver_command", gate.command)
    yield gate
    gate.open()


def run_of(factory: sessionmaker[Session], run_id: int) -> SolveRun:
    with factory() as session:
        return session.get_one(SolveRun, run_id)
