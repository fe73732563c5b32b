"""Plans that failed, plans to look at, and requests that no plan has placed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.models import PlanningRound, Request, SolveRun
from matchmaker.models.states import ACTIVE_RUNS, RequestState, RoundState, RunState
from matchmaker.services.desk import Desk
from matchmaker.services.worklist.task import Finder, Task


def planning(session: Session, desk: Desk) -> Iterator[Task]:
    """Plans that failed, plans to look at, and requests that no plan has seen yet."""
    working = session.scalars(
        select(PlanningRound)
        .where(PlanningRound.state != RoundState.CLOSED, PlanningRound.last_day >= desk.today)
        .options(joinedload(PlanningRound.current_proposal))
        .order_by(PlanningRound.first_day, PlanningRound.id)
    ).all()
    runs = _last_runs(session, working)
    to_review = False
    for row in working:
        run, facts = runs.get(row.id), {"round": row.id, "name": row.name}
        if run is not None and run.state is RunState.FAILED:
            yield Task(kind="plan_failed", since=run.finished_at, facts=facts)
        elif run is not None and run.state in ACTIVE_RUNS:
            yield Task(kind="plan_running", since=run.requested_at, facts=facts | {"run": run.id})
        proposal = row.current_proposal
        if proposal is not None and row.state in {RoundState.COMPUTED, RoundState.IN_REVIEW}:
            to_review = True
            yield Task(
                kind="proposal",
                since=proposal.created_at,
                count=proposal.served,
                facts=facts | {"number": proposal.number, "unserved": proposal.unserved},
            )
    if not to_review and not any(_is_active(run) for run in runs.values()):
        yield from _ready(session, working)


def _last_runs(session: Session, working: Sequence[PlanningRound]) -> dict[int, SolveRun]:
    runs = session.scalars(
        select(SolveRun)
        .where(SolveRun.round_id.in_([row.id for row in working]))
        .order_by(SolveRun.id)
    )
    return {run.round_id: run for run in runs}


def _is_active(run: SolveRun) -> bool:
    return run.state in ACTIVE_RUNS


def _ready(session: Session, working: Sequence[PlanningRound]) -> Iterator[Task]:
    """Requests without a talk: in a round that has not been planned, left over, or in none."""
    count, since = session.execute(
        select(func.count(), func.min(Request.submitted_at)).where(
            Request.state == RequestState.READY
        )
    ).one()
    if not count:
        return
    fresh = [row for row in working if row.state is RoundState.OPEN]
    for kind, rounds in (("ready", fresh), ("left_over", working)):
        if rounds:
            facts = {"round": rounds[0].id, "name": rounds[0].name}
            if kind == "left_over":
                facts["unplaced"] = _unplaced(session, rounds)
            yield Task(kind=kind, since=since, count=count, facts=facts)
            return
    yield Task(kind="ready_without_round", since=since, count=count)


def _unplaced(session: Session, working: Sequence[PlanningRound]) -> int:
    """How many ready requests their plan found no evening for; people took the others out."""
    plans = [row.current_proposal.content for row in working if row.current_proposal]
    codes = {row["request"] for plan in plans for row in plan["unassigned"]}
    found = session.scalar(
        select(func.count()).where(Request.state == RequestState.READY, Request.code.in_(codes))
    )
    return found or 0


FINDERS = (Finder(80, planning),)
