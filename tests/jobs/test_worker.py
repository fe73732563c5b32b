"""The worker as a whole: woken, swept, stopped, killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.config import Settings
from matchmaker.jobs import listening, runs, solving, worker
from matchmaker.jobs.lanes.kinds import Sweep
from matchmaker.jobs.queue import open_queue, poke
from matchmaker.jobs.worker import run_worker
from matchmaker.jobs.workplace import Workplace
from matchmaker.models import Heartbeat, PlanQuestion, Proposal, SolveRun
from matchmaker.models.states import QuestionKind, QuestionState, RunState
from matchmaker.services.desk import Desk
from matchmaker.services.planning import questions, rounds
from tests import factories
from tests.jobs.conftest import Gate, run_of, wait_until
from tests.services.plans import evening, stored_plan


@contextmanager
def working(settings: Settings) -> Iterator[None]:
    """A worker in a thread of this process, as in the demo."""
    stop = threading.Event()
    worker = threading.Thread(target=run_worker, args=(settings, stop))
    worker.start()
    try:
        yield
    finally:
        stop.set()
        worker.join(60)
        assert not worker.is_alive()


def beats(factory: sessionmaker[Session]) -> set[str]:
    with factory() as session:
        return set(session.scalars(select(Heartbeat.name)))


def test_what_was_left_over_is_done_at_the_start(
    settings: Settings, run_id: int, factory: sessionmaker[Session]
) -> None:
    with working(settings):
        wait_until(lambda: run_of(factory, run_id).state is RunState.DONE)
        wait_until(lambda: beats(factory) >= {"worker", "mail", "plan"})


def test_a_poke_wakes_the_lane_long_before_the_sweep(
    settings: Settings, run_id: int, factory: sessionmaker[Session], place: Workplace
) -> None:
    with working(settings):
        wait_until(lambda: run_of(factory, run_id).state is RunState.DONE)
        with factory.begin() as session:
            round_id = session.get_one(SolveRun, run_id).round_id
            second = rounds.request_plan(session, place.desk(), round_id)
        assert poke(settings, "plan")
        wait_until(lambda: run_of(factory, second.id).state is RunState.DONE)


def test_without_a_queue_the_worker_works_all_the_same(
    settings: Settings, run_id: int, factory: sessionmaker[Session], tmp_path: Path
) -> None:
    tmp_path.joinpath("file").touch()
    broken = replace(settings, queue_url=f"sqlite:///{tmp_path / 'file' / 'queue.sqlite3'}")
    with working(broken):
        wait_until(lambda: run_of(factory, run_id).state is RunState.DONE)


def test_an_unknown_lane_in_a_message_is_passed_over(
    settings: Settings, run_id: int, factory: sessionmaker[Session]
) -> None:
    assert poke(settings, "reports")
    with working(settings):
        wait_until(lambda: run_of(factory, run_id).state is RunState.DONE)
        wait_until(lambda: len(open_queue(settings).huey) == 0)


@pytest.fixture
def worker_process(settings: Settings, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker of its own whose solver waits for ever."""
    facts = tmp_path / "facts.json"
    facts.write_text(
        json.dumps(
            {
                "database_url": settings.database_url,
                "queue_url": settings.queue_url,
                "gate": str(tmp_path / "gate"),
            }
        )
    )
    with subprocess.Popen(
        [sys.executable, "-m", "tests.jobs.planning_worker", str(facts)],
        cwd=Path(__file__).parents[2],
    ) as process:
        yield process
        process.kill()


def _is_running(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{process_id}/status")
    return not (status.exists() and "State:\tZ" in status.read_text())


def test_a_worker_killed_in_the_middle_leaves_nothing_half_written(
    worker_process: subprocess.Popen[bytes],
    run_id: int,
    factory: sessionmaker[Session],
    place: Workplace,
) -> None:
    wait_until(lambda: run_of(factory, run_id).progress.get("served") == 1)
    worker_process.send_signal(signal.SIGKILL)
    worker_process.wait()
    run = run_of(factory, run_id)
    assert run.state is RunState.RUNNING
    with factory() as session:
        assert session.scalars(select(Proposal)).all() == []
    assert run.lease_until is not None
    later = replace(place, clock=lambda: run.lease_until + timedelta(seconds=1))
    with factory() as session:
        assert runs.due_runs(session, later.clock()) == [run_id]
    assert solving.work_off(later) == 1
    assert run_of(factory, run_id).state is RunState.DONE
    with factory() as session:
        assert session.scalars(select(Proposal.number)).all() == [1]


def test_a_worker_told_to_end_lets_go_at_once(
    worker_process: subprocess.Popen[bytes],
    run_id: int,
    factory: sessionmaker[Session],
    tmp_path: Path,
) -> None:
    wait_until(lambda: run_of(factory, run_id).progress.get("served") == 1)
    solver = Gate(tmp_path / "gate").solver
    worker_process.send_signal(signal.SIGTERM)
    assert worker_process.wait(60) == 0
    run = run_of(factory, run_id)
    assert (run.state, run.lease_owner) == (RunState.QUEUED, None)
    wait_until(lambda: not _is_running(solver))


def _children(process_id: int) -> list[int]:
    tasks = Path(f"/proc/{process_id}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def test_a_killed_worker_takes_the_plans_along_that_it_keeps(
    worker_process: subprocess.Popen[bytes],
    settings: Settings,
    factory: sessionmaker[Session],
    desk: Desk,
) -> None:
    with factory.begin() as session:
        factories.speaker(session, topics={"ANE-01": 3}, weekly=((1, 16, 21),), code="R01")
        request = factories.request(session, code="A001")
        row = factories.planning_round(session)
        plan = stored_plan(session, desk, row, evening(request, "R01"))
        about = {"request": "A001"}
        question_id = questions.ask(session, desk, plan, QuestionKind.EXPLAIN, about).id
    poke(settings, "answer")

    def state() -> QuestionState:
        with factory() as session:
            return session.get_one(PlanQuestion, question_id).state

    wait_until(lambda: state() is QuestionState.ANSWERED)
    (keeper,) = _children(worker_process.pid)
    worker_process.send_signal(signal.SIGKILL)
    worker_process.wait()
    wait_until(lambda: not _is_running(keeper))


def _lines(caplog: pytest.LogCaptureFixture, start: str) -> list[str]:
    return [line for line in caplog.messages if line.startswith(start)]


def test_database_that_goes_away_and_comes_back_is_two_lines(
    settings: Settings,
    factory: sessionmaker[Session],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(worker, "SWEEP_SECONDS", 0.05)
    away = threading.Event()
    met = []

    def refuse(*_facts: object) -> None:
        if away.is_set():
            met.append(1)
            raise OperationalError("SELECT 1", {}, Exception("connection refused"))

    with working(settings):
        wait_until(lambda: beats(factory) >= {"worker", "mail", "plan"})
        event.listen(Engine, "before_cursor_execute", refuse)
        try:
            away.set()
            wait_until(lambda: len(met) > 20)
            away.clear()
            wait_until(lambda: bool(_lines(caplog, "the database")[1:]))
        finally:
            event.remove(Engine, "before_cursor_execute", refuse)
    # Only the first two: another thread may still be telling what it met before.
    assert [line.rpartition(": ")[2] for line in _lines(caplog, "the database")][:2] == [
        "connection refused",
        "works again",
    ]
    assert [record for record in caplog.records if record.exc_info] == []


def test_queue_that_goes_away_is_one_line_and_one_when_it_is_back(
    settings: Settings,
    factory: sessionmaker[Session],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(listening, "AWAY_SECONDS", 0.01)
    queue = open_queue(settings).huey
    asked, away = [], threading.Event()
    dequeue = queue.storage.dequeue

    def ask() -> object:
        if away.is_set():
            asked.append(1)
            raise ConnectionError("connection refused")
        return dequeue()

    monkeypatch.setattr(queue.storage, "dequeue", ask)
    with working(settings):
        wait_until(lambda: beats(factory) >= {"worker"})
        away.set()
        wait_until(lambda: len(asked) > 20)
        away.clear()
        wait_until(lambda: bool(_lines(caplog, "the queue")[1:]))
    assert [line.rpartition(": ")[2] for line in _lines(caplog, "the queue")] == [
        "connection refused",
        "works again",
    ]
    assert [record for record in caplog.records if record.exc_info] == []


def test_one_job_that_fails_keeps_the_others_going(
    settings: Settings, factory: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "SWEEP_SECONDS", 0.05)
    done = []

    def broken(_place: Workplace) -> None:
        raise KeyError("a bad record")

    jobs = (Sweep("broken", broken), Sweep("next", done.append))
    monkeypatch.setattr(worker, "sweeps", lambda: jobs)
    with working(settings):
        wait_until(lambda: len(done) > 2)
