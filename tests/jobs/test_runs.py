"""Who may work on a run, and what is kept of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.jobs import runs
from matchmaker.jobs.workplace import Workplace, new_owner
from matchmaker.models import AuditEntry, Proposal, Request, SolveRun
from matchmaker.models.states import DecisionKind, RequestState, RoundState, RunState
from matchmaker.scheduling import proposal as core
from matchmaker.services.desk import Desk
from matchmaker.services.house import audit
from matchmaker.services.planning import decisions, edits, rounds
from matchmaker.services.planning.judging import RulesBroken, judged
from matchmaker.services.planning.plan_view import load_plan
from matchmaker.services.planning.round_changes import Changed, changed_since
from tests.jobs.conftest import Hands, run_of
from tests.services.plans import TUESDAY, evening, stored_plan


@pytest.fixture
def other(place: Workplace) -> Workplace:
    """Another worker at the same database."""
    return replace(place, owner=new_owner())


@pytest.fixture
def job(place: Workplace, run_id: int) -> runs.Job:
    claimed = runs.claim(place, run_id)
    assert claimed is not None
    return claimed


def plan_for(job: runs.Job, *speakers: str) -> core.Proposal:
    assignments = [evening(Request(code="A001"), name) for name in speakers]
    return core.Proposal(
        status=core.Status.FEASIBLE,
        assignments=tuple(assignments),
        unassigned=() if speakers else (core.Unassigned(request="A001"),),
        score=judged(job.made.problem, assignments).score,
        bound=None,
        seconds=0.1,
        seed=0,
    )


def versions(factory: sessionmaker[Session]) -> list[int]:
    with factory() as session:
        return list(session.scalars(select(Proposal.number)))


def test_a_run_is_claimed_by_one_worker_only(
    place: Workplace, other: Workplace, job: runs.Job, factory: sessionmaker[Session]
) -> None:
    assert runs.claim(other, job.run_id) is None
    run = run_of(factory, job.run_id)
    assert (run.state, run.lease_owner) == (RunState.RUNNING, place.owner)
    assert run.progress == {"attempts": 1, "asked": 1}


def test_a_run_whose_worker_has_gone_is_free_when_its_lease_ends(
    other: Workplace, job: runs.Job, hands: Hands, factory: sessionmaker[Session]
) -> None:
    with factory() as session:
        assert runs.due_runs(session, other.clock()) == []
    hands.late = runs.LEASE + timedelta(seconds=1)
    with factory() as session:
        assert runs.due_runs(session, other.clock()) == [job.run_id]
    taken = runs.claim(other, job.run_id)
    assert taken is not None
    assert taken.attempts == 2


def test_a_renewed_lease_lasts(
    place: Workplace, other: Workplace, job: runs.Job, hands: Hands
) -> None:
    hands.late = runs.LEASE - timedelta(seconds=1)
    assert runs.keep(place, job, {"served": 1})
    hands.late = runs.LEASE + timedelta(seconds=1)
    assert runs.claim(other, job.run_id) is None


def test_a_run_that_kills_its_workers_is_given_up(
    place: Workplace, job: runs.Job, hands: Hands, factory: sessionmaker[Session]
) -> None:
    for _ in range(runs.MOST_ATTEMPTS - 1):
        hands.late += runs.LEASE + timedelta(seconds=1)
        assert runs.claim(place, job.run_id) is not None
    hands.late += runs.LEASE + timedelta(seconds=1)
    assert runs.claim(place, job.run_id) is None
    run = run_of(factory, job.run_id)
    assert (run.state, run.error) == (RunState.FAILED, runs.GAVE_UP)
    with factory() as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert entry is not None
        assert (entry.action, entry.subject_id) == ("plan.failed", run.id)
        assert entry.after == {"state": "failed", "error": runs.GAVE_UP}


def test_a_run_given_back_has_not_failed(
    place: Workplace, other: Workplace, job: runs.Job, factory: sessionmaker[Session]
) -> None:
    runs.give_back(place, job)
    run = run_of(factory, job.run_id)
    assert (run.state, run.lease_owner, run.lease_until) == (RunState.QUEUED, None, None)
    again = runs.claim(other, job.run_id)
    assert again is not None
    assert again.attempts == 1


def test_progress_is_shown_with_the_number_of_requests(
    place: Workplace, job: runs.Job, factory: sessionmaker[Session]
) -> None:
    runs.keep(place, job, {"served": 1, "best": 1500})
    assert run_of(factory, job.run_id).progress == {
        "served": 1,
        "best": 1500,
        "attempts": 1,
        "asked": 1,
    }


def test_a_finished_plan_and_its_run_are_kept_together(
    place: Workplace, job: runs.Job, factory: sessionmaker[Session]
) -> None:
    runs.finish(place, job, plan_for(job, "R01"), 1)
    run = run_of(factory, job.run_id)
    with factory() as session:
        stored = session.get_one(Proposal, run.proposal_id)
        request = session.scalars(select(Request)).one()
        assert (stored.number, stored.served) == (1, 1)
        assert stored.content["info"]["most_served"] == 1
        assert stored.round.state is RoundState.COMPUTED
        assert request.state is RequestState.PROPOSED
    assert (run.state, run.lease_owner, run.finished_at) == (RunState.DONE, None, place.clock())


def test_a_cancelled_run_keeps_nothing(
    place: Workplace, job: runs.Job, factory: sessionmaker[Session], desk: Desk
) -> None:
    with factory.begin() as session:
        rounds.cancel_run(session, desk, job.run_id)
    assert not runs.keep(place, job, {"served": 1})
    runs.finish(place, job, plan_for(job, "R01"), None)
    assert versions(factory) == []
    assert run_of(factory, job.run_id).state is RunState.CANCELLED


def test_a_worker_that_has_lost_its_lease_keeps_nothing(
    place: Workplace,
    other: Workplace,
    job: runs.Job,
    hands: Hands,
    factory: sessionmaker[Session],
) -> None:
    hands.late = runs.LEASE + timedelta(seconds=1)
    assert runs.claim(other, job.run_id) is not None
    runs.finish(place, job, plan_for(job, "R01"), None)
    runs.fail(place, job.run_id, "too late")
    assert versions(factory) == []
    run = run_of(factory, job.run_id)
    assert (run.state, run.lease_owner) == (RunState.RUNNING, other.owner)


def test_a_plan_that_the_judge_refuses_is_not_kept(
    place: Workplace, job: runs.Job, factory: sessionmaker[Session]
) -> None:
    too_early = evening(Request(code="A001"), "R01", start=TUESDAY.replace(hour=9))
    broken = replace(plan_for(job), assignments=(too_early,), unassigned=())
    with pytest.raises(RulesBroken):
        runs.finish(place, job, broken, None)
    assert versions(factory) == []
    assert run_of(factory, job.run_id).state is RunState.RUNNING


def test_what_was_decided_while_the_solver_worked_is_not_overlooked(
    place: Workplace, job: runs.Job, factory: sessionmaker[Session], desk: Desk
) -> None:
    with factory.begin() as session:
        run = session.get_one(SolveRun, job.run_id)
        run.state = RunState.CANCELLED  # for a moment, so that a decision is possible
        session.flush()
        request = session.scalars(select(Request)).one()
        decisions.pin_to(session, desk, run.round, request, evening(request, "R01"))
        run.state = RunState.RUNNING
    runs.finish(place, job, plan_for(job), None)
    assert versions(factory) == []
    run = run_of(factory, job.run_id)
    assert (run.state, run.lease_owner) == (RunState.QUEUED, None)
    again = runs.claim(place, job.run_id)
    assert again is not None
    assert again.attempts == job.attempts


def test_a_change_made_during_the_search_is_shown_with_the_plan(
    place: Workplace, job: runs.Job, factory: sessionmaker[Session], desk: Desk, hands: Hands
) -> None:
    with factory.begin() as session:
        request = session.scalars(select(Request)).one()
        audit.record(session, replace(desk, now=place.clock()), "request.corrected", request)
    hands.late = timedelta(seconds=20)
    runs.finish(place, job, plan_for(job, "R01"), None)
    with factory() as session:
        stored = session.scalars(select(Proposal)).one()
        assert changed_since(session, load_plan(session, stored.round, stored)) == Changed(1, 0)


def test_a_change_by_hand_before_the_run_is_kept_by_its_pin(
    place: Workplace, run_id: int, factory: sessionmaker[Session], desk: Desk, hands: Hands
) -> None:
    with factory.begin() as session:
        run = session.get_one(SolveRun, run_id)
        run.state = RunState.CANCELLED
        session.flush()
        request: Any = session.scalars(select(Request)).one()
        stored_plan(session, desk, run.round, evening(request, "R01"))
        session.flush()
        moved = evening(request, "R01", start=TUESDAY.replace(day=26))
        edits.place(session, desk, run.round_id, moved, base=1)
        session.flush()
        next_run = rounds.request_plan(session, desk, run.round_id)
        session.flush()
        kinds = [row.kind for row in run.round.decisions]
    assert kinds == [DecisionKind.PIN]
    job = runs.claim(place, next_run.id)
    assert job is not None
    assert job.made.problem.fixed == (moved,)
