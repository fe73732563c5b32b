"""The rows of solver runs: claimed under a lease, kept alive, finished in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, and_, or_, select, update
from sqlalchemy.orm import Session

from matchmaker.jobs.workplace import Workplace
from matchmaker.models import Person, PlanningRound, SolveRun
from matchmaker.models.states import ProposalSource, RunState
from matchmaker.scheduling.proposal import Proposal
from matchmaker.services.desk import SYSTEM, Actor
from matchmaker.services.house import audit
from matchmaker.services.planning.proposals import store_proposal
from matchmaker.services.planning.rounds import locked_round
from matchmaker.services.problems import RoundProblem, round_problem
from matchmaker.services.problems.plan_rows import planned

LEASE = timedelta(seconds=30)
MOST_ATTEMPTS = 3
ATTEMPTS = "attempts"
GAVE_UP = "The worker was stopped in the middle of this plan three times."


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed run with its question, as it is known at this moment.

    `near` is the number of the version from which the new plan departs as little as possible.
    """

    run_id: int
    attempts: int
    made: RoundProblem
    time_limit: int
    seed: int
    near: int | None


def due_runs(session: Session, now: datetime) -> list[int]:
    """The ids of runs that nobody works on: queued ones, and those whose worker has gone."""
    return list(session.scalars(select(SolveRun.id).where(_free(now)).order_by(SolveRun.id)))


def claim(place: Workplace, run_id: int) -> Job | None:
    """Take the run for this worker; None if another was faster, or if it cannot be done."""
    with place.factory.begin() as session:
        now = place.clock()
        values = {
            "state": RunState.RUNNING,
            "lease_owner": place.owner,
            "lease_until": now + LEASE,
            "started_at": now,
        }
        if not _changed(session, SolveRun.id == run_id, _free(now), values=values):
            return None
    return _job(place, run_id)


def _job(place: Workplace, run_id: int) -> Job | None:
    with place.factory.begin() as session:
        run = _mine(session, place, run_id)
        if run is None:
            return None
        attempts = int(run.progress.get(ATTEMPTS, 0)) + 1
        if attempts > MOST_ATTEMPTS:
            _fail(session, place, run, GAVE_UP)
            return None
        planning_round = session.get_one(PlanningRound, run.round_id)
        before = planning_round.current_proposal if run.keeps_plan else None
        near = () if before is None else planned(before)
        made = round_problem(session, place.desk(), planning_round, near=near)
        run.progress = {ATTEMPTS: attempts, "asked": len(made.problem.requests)}
        return Job(
            run.id,
            attempts,
            made,
            planning_round.time_limit_seconds,
            planning_round.seed,
            None if before is None else before.number,
        )


def keep(place: Workplace, job: Job, news: Mapping[str, Any]) -> bool:
    """Renew the lease and show the progress; False if the run is not ours any more."""
    asked = len(job.made.problem.requests)
    values = {
        "lease_until": place.clock() + LEASE,
        "progress": {**news, ATTEMPTS: job.attempts, "asked": asked},
    }
    with place.factory.begin() as session:
        return _changed(session, *_ours(place, job.run_id), values=values)


def give_back(place: Workplace, job: Job) -> None:
    """Leave the run to another worker; having been told to stop is no failed attempt."""
    values = {
        "state": RunState.QUEUED,
        "lease_owner": None,
        "lease_until": None,
        "progress": {ATTEMPTS: job.attempts - 1},
    }
    with place.factory.begin() as session:
        _changed(session, *_ours(place, job.run_id), values=values)


def fail(place: Workplace, run_id: int, error: str) -> None:
    """The run ends without a plan."""
    with place.factory.begin() as session:
        run = _mine(session, place, run_id)
        if run is not None:
            _fail(session, place, run, error)


def finish(place: Workplace, job: Job, proposal: Proposal, most: int | None) -> None:
    """Keep the plan and end the run, both or neither; `most` requests can be served at all.

    If something has been agreed or decided meanwhile, the plan is out of date before it is kept:
    the run goes back to the queue, and that was no failed attempt.
    """
    with place.factory.begin() as session:
        run = session.get(SolveRun, job.run_id)
        planning_round = None if run is None else locked_round(session, run.round_id)
        run = _mine(session, place, job.run_id)
        if run is None or planning_round is None:
            return
        desk = place.desk(_actor(session, run))
        if round_problem(session, desk, planning_round).problem.fixed != job.made.problem.fixed:
            run.state, run.lease_owner, run.lease_until = RunState.QUEUED, None, None
            run.progress = {ATTEMPTS: job.attempts - 1}
            return
        stored = store_proposal(
            session,
            desk,
            planning_round,
            job.made,
            proposal,
            source=ProposalSource.SOLVER,
            info={**({} if most is None else {"most_served": most}), **_told_of_before(job)},
        )
        run.proposal_id = stored.id
        run.progress = {
            **run.progress,
            "served": stored.served,
            "best": stored.total,
            "bound": stored.bound,
            "seconds": stored.seconds,
        }
        _end(run, RunState.DONE, desk.now)


def _told_of_before(job: Job) -> dict[str, Any]:
    if job.near is None:
        return {}
    return {"near": {"version": job.near, "talks": len(job.made.problem.published)}}


def _free(now: datetime) -> ColumnElement[bool]:
    left = and_(SolveRun.state == RunState.RUNNING, SolveRun.lease_until < now)
    return or_(SolveRun.state == RunState.QUEUED, left)


def _ours(place: Workplace, run_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        SolveRun.id == run_id,
        SolveRun.state == RunState.RUNNING,
        SolveRun.lease_owner == place.owner,
    )


def _changed(session: Session, *where: ColumnElement[bool], values: Mapping[str, Any]) -> bool:
    """The claim itself: a conditional UPDATE that only one worker can win."""
    statement = update(SolveRun).where(*where).values(**values)
    done = session.execute(statement.execution_options(synchronize_session=False))
    return cast("CursorResult[Any]", done).rowcount == 1


def _mine(session: Session, place: Workplace, run_id: int) -> SolveRun | None:
    return session.scalars(
        select(SolveRun)
        .where(*_ours(place, run_id))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def _fail(session: Session, place: Workplace, run: SolveRun, error: str) -> None:
    _end(run, RunState.FAILED, place.clock(), error=error)
    after = {"state": "failed", "error": error[:400]}
    audit.record(session, place.desk(), "plan.failed", run, after=after)


def _end(run: SolveRun, state: RunState, now: datetime, error: str = "") -> None:
    run.state, run.finished_at, run.error = state, now, error
    run.lease_owner = run.lease_until = None


def _actor(session: Session, run: SolveRun) -> Actor:
    """The plan belongs to whoever asked for it."""
    person = session.get(Person, run.requested_by_id) if run.requested_by_id else None
    return Actor.of(person) if person else SYSTEM
