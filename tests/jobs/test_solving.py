"""Plans made in the background, with the real solver and with one that waits."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.config import Settings
from matchmaker.jobs import runs, search, solving
from matchmaker.jobs.workplace import Workplace
from matchmaker.models import PlanningRound, Proposal, SolveRun
from matchmaker.models.states import ProposalSource, RunState
from matchmaker.scheduling.judge import check
from matchmaker.services.desk import Desk
from matchmaker.services.errors import NotFound
from matchmaker.services.planning import rounds
from matchmaker.services.planning.proposals import plan_of, problem_of
from tests.jobs.conftest import Gate, run_of, wait_until


@contextmanager
def at_work(place: Workplace, run_id: int) -> Iterator[threading.Thread]:
    worker = threading.Thread(target=solving.solve_run, args=(place, run_id))
    worker.start()
    try:
        yield worker
    finally:
        worker.join(60)
        assert not worker.is_alive()


def shown(factory: sessionmaker[Session], run_id: int) -> object:
    return run_of(factory, run_id).progress.get("served")


def test_a_queued_run_becomes_a_judged_proposal(
    place: Workplace, run_id: int, factory: sessionmaker[Session]
) -> None:
    assert solving.work_off(place) == 1
    run = run_of(factory, run_id)
    assert (run.state, run.error) == (RunState.DONE, "")
    with factory() as session:
        stored = session.get_one(Proposal, run.proposal_id)
        assert (stored.served, stored.source) == (1, ProposalSource.SOLVER)
        assert check(problem_of(stored), plan_of(stored)).right
        assert stored.content["info"]["most_served"] == 1
    assert (run.progress["asked"], run.progress["most"]) == (1, 1)


def test_a_search_shows_its_progress_and_can_be_cancelled(
    place: Workplace, run_id: int, gate: Gate, factory: sessionmaker[Session], desk: Desk
) -> None:
    with at_work(place, run_id):
        wait_until(lambda: shown(factory, run_id) == 1)
        with factory.begin() as session:
            rounds.cancel_run(session, desk, run_id)
    assert run_of(factory, run_id).state is RunState.CANCELLED
    with factory() as session:
        assert session.scalars(select(Proposal)).all() == []


def test_a_search_that_is_let_go_ends_in_a_plan(
    place: Workplace, run_id: int, gate: Gate, factory: sessionmaker[Session]
) -> None:
    with at_work(place, run_id):
        wait_until(lambda: shown(factory, run_id) == 1)
        gate.open()
    assert run_of(factory, run_id).state is RunState.DONE


def test_a_count_that_fails_is_logged_and_costs_no_plan(
    place: Workplace,
    run_id: int,
    factory: sessionmaker[Session],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    real = search.solver_command

    def command(question: Path, answer: Path, limit: int, seed: int, threads: int) -> list[str]:
        if threads == solving.COUNTING_THREADS:
            return [sys.executable, "-c", "raise SystemExit('no more paper')"]
        return real(question, answer, limit, seed, threads)

    monkeypatch.setattr(search, "solver_command", command)
    solving.solve_run(place, run_id)
    assert run_of(factory, run_id).state is RunState.DONE
    assert f"run {run_id}: nobody knows how many can be served: no more paper" in caplog.messages
    with factory() as session:
        info = session.scalars(select(Proposal)).one().content["info"]
    assert "most_served" not in info


def test_a_worker_told_to_stop_gives_the_run_back(
    place: Workplace, run_id: int, gate: Gate, factory: sessionmaker[Session]
) -> None:
    with at_work(place, run_id):
        wait_until(lambda: shown(factory, run_id) == 1)
        place.stop.set()
    run = run_of(factory, run_id)
    assert (run.state, run.lease_owner) == (RunState.QUEUED, None)


def test_a_problem_that_the_solver_does_not_accept_fails_with_its_words(
    place: Workplace, run_id: int, factory: sessionmaker[Session]
) -> None:
    with factory.begin() as session:
        session.execute(update(PlanningRound).values(weights={"serve": 200_000}))
    assert solving.solve_run(place, run_id)
    run = run_of(factory, run_id)
    assert run.state is RunState.FAILED
    assert "serve" in run.error


def test_a_fault_of_ours_fails_without_a_traceback_in_the_row(
    place: Workplace, run_id: int, factory: sessionmaker[Session]
) -> None:
    with factory.begin() as session:
        session.execute(update(PlanningRound).values(weights={"no such weight": 1}))
    assert solving.solve_run(place, run_id)
    run = run_of(factory, run_id)
    assert run.state is RunState.FAILED
    assert "fault in this program" in run.error


def test_too_little_memory_is_named(
    place: Workplace,
    run_id: int,
    factory: sessionmaker[Session],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(search, "MEMORY_BYTES", 300 * 1024**2)
    assert solving.solve_run(place, run_id)
    run = run_of(factory, run_id)
    assert run.state is RunState.FAILED
    assert "memory" in run.error.lower()


def test_run_now_makes_the_plan_itself_where_no_worker_runs(
    settings: Settings, run_id: int, factory: sessionmaker[Session]
) -> None:
    with factory() as session:
        round_id = session.get_one(SolveRun, run_id).round_id
    outcome = solving.run_now(settings, round_id, wait=True, patience=0)
    assert outcome == solving.RunOutcome(run_id, RunState.DONE, 1, "")


def test_run_now_without_waiting_leaves_it_to_the_worker(
    settings: Settings, run_id: int, factory: sessionmaker[Session]
) -> None:
    with factory() as session:
        round_id = session.get_one(SolveRun, run_id).round_id
    outcome = solving.run_now(settings, round_id)
    assert outcome == solving.RunOutcome(run_id, RunState.QUEUED, None, "")


def test_run_now_of_an_unknown_round_is_not_found(settings: Settings) -> None:
    with pytest.raises(NotFound):
        solving.run_now(settings, 4711)


def test_a_run_taken_by_somebody_else_is_left_alone(
    place: Workplace, run_id: int, factory: sessionmaker[Session]
) -> None:
    assert runs.claim(place, run_id) is not None
    assert not solving.solve_run(place, run_id)
    assert solving.work_off(place) == 0
