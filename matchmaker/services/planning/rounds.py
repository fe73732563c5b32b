"""Planning rounds: opening and closing them, asking for a plan, stopping the search."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.i18n import N_
from matchmaker.models import PlanningRound, Request, SolveRun
from matchmaker.models.states import ACTIVE_RUNS, RequestState, RoundState, RunState
from matchmaker.scheduling.problem import Weights
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Conflict, Invalid, NotFound, NotPossible
from matchmaker.services.house import audit
from matchmaker.services.planning import no_date
from matchmaker.services.problems.plan_rows import served
from matchmaker.text import clean_line

LONGEST_NAME = 120
LONGEST_ROUND = timedelta(days=366)
LONGEST_SEARCH_SECONDS = 3600
HIGHEST_WEIGHT = 100_000
UNSERVED = "request.unserved"


def open_round(
    session: Session,
    desk: Desk,
    *,
    name: str,
    first_day: date,
    last_day: date,
    weights: Mapping[str, int] | None = None,
    seed: int = 0,
    time_limit_seconds: int = 60,
) -> PlanningRound:
    """A new round for the days first..last (inclusive); Invalid names the faulty fields.

    `weights` override the points of the score by their names.
    """
    name = clean_line(name)
    _require_valid(name, first_day, last_day, desk.today)
    _require_weights(dict(weights or {}))
    if not 1 <= time_limit_seconds <= LONGEST_SEARCH_SECONDS:
        raise Invalid({"time_limit_seconds": N_("Please give 1 to 3600 seconds.")})
    made = PlanningRound(
        name=name,
        first_day=first_day,
        last_day=last_day,
        weights=dict(weights or {}),
        seed=seed,
        time_limit_seconds=time_limit_seconds,
        created_at=desk.now,
    )
    session.add(made)
    audit.record(session, desk, "round.opened", made, after=_facts(made))
    return made


def change_round(
    session: Session,
    desk: Desk,
    round_id: int,
    *,
    version: int,
    name: str,
    first_day: date,
    last_day: date,
    weights: Mapping[str, int] | None = None,
) -> PlanningRound:
    """Another name, period or weighting for the next plan; proposals made so far stay as they are.

    Raises Conflict if the round is not at `version` any more.
    """
    row = locked_round(session, round_id)
    require_working(session, row)
    if row.version != version:
        raise Conflict(N_("This round has been changed in the meantime. Please look at it again."))
    name = clean_line(name)
    earliest = min(desk.today, row.first_day)
    _require_valid(name, first_day, last_day, earliest)
    _require_weights(dict(weights or {}))
    before = _facts(row)
    row.name, row.first_day, row.last_day = name, first_day, last_day
    row.weights = dict(weights or {})
    audit.record(session, desk, "round.changed", row, before=before, after=_facts(row))
    return row


def close_round(session: Session, desk: Desk, round_id: int) -> PlanningRound:
    """End the round; what it leaves open has waited one round more when the next one comes.

    Those who asked for it are told by mail, with the reasons.
    """
    row = locked_round(session, round_id)
    if row.state is RoundState.CLOSED:
        return row
    require_idle(session, row)
    proposed = served(row.current_proposal) if row.current_proposal else frozenset()
    waiting = _waiting_requests(session, row)
    for request in waiting:
        _wait_on(session, desk, request, unplaced=request.code in proposed)
        if row.current_proposal is not None:
            no_date.tell_round_over(session, desk, request, row.id, row.current_proposal)
    before = {"state": row.state.value}
    row.state = RoundState.CLOSED
    after = {"state": row.state.value, "waiting": sorted(request.code for request in waiting)}
    audit.record(session, desk, "round.closed", row, before=before, after=after)
    return row


def _wait_on(session: Session, desk: Desk, request: Request, *, unplaced: bool) -> None:
    """The request has waited one round more; its evening in the closed round's plan is gone."""
    before = {"state": request.state.value, "waiting_rounds": request.waiting_rounds}
    if unplaced and request.state is RequestState.PROPOSED:
        request.state = RequestState.READY
    request.waiting_rounds += 1
    after = {"state": request.state.value, "waiting_rounds": request.waiting_rounds}
    audit.record(session, desk, UNSERVED, request, before=before, after=after)


def request_plan(session: Session, desk: Desk, round_id: int, *, keep: bool = False) -> SolveRun:
    """Ask for a plan; while one is being made, the same run is given again.

    `keep`: where the round has a plan, the new one leaves it as little as possible.
    """
    row = locked_round(session, round_id)
    running = active_run(session, round_id)
    if running is not None:
        return running
    require_working(session, row)
    run = SolveRun(
        round_id=row.id,
        keeps_plan=keep and row.current_proposal_id is not None,
        requested_at=desk.now,
        requested_by_id=desk.actor.id,
    )
    session.add(run)
    after = {"round": row.id, "keeps_plan": run.keeps_plan}
    audit.record(session, desk, "plan.requested", run, after=after)
    return run


def cancel_run(session: Session, desk: Desk, run_id: int) -> SolveRun:
    """Stop a run; the worker notices within seconds and keeps nothing. A finished one stays."""
    run = session.scalars(
        select(SolveRun).where(SolveRun.id == run_id).with_for_update()
    ).one_or_none()
    if run is None:
        raise NotFound(N_("There is no such run."))
    if run.state not in ACTIVE_RUNS:
        return run
    before = {"state": run.state.value}
    run.state, run.finished_at = RunState.CANCELLED, desk.now
    run.lease_owner = run.lease_until = None
    audit.record(session, desk, "plan.cancelled", run, before=before, after={"state": "cancelled"})
    return run


def active_run(session: Session, round_id: int) -> SolveRun | None:
    """The run that waits or works for the round."""
    return session.scalars(
        select(SolveRun)
        .where(SolveRun.round_id == round_id, SolveRun.state.in_(ACTIVE_RUNS))
        .order_by(SolveRun.id.desc())
        .limit(1)
    ).one_or_none()


def last_run(session: Session, round_id: int) -> SolveRun | None:
    return session.scalars(
        select(SolveRun).where(SolveRun.round_id == round_id).order_by(SolveRun.id.desc()).limit(1)
    ).one_or_none()


def find_round(session: Session, round_id: int) -> PlanningRound:
    row = session.get(PlanningRound, round_id)
    if row is None:
        raise NotFound(N_("There is no such planning round."))
    return row


def locked_round(session: Session, round_id: int) -> PlanningRound:
    """The round, and nobody else changes it until the transaction ends."""
    row = session.scalars(
        select(PlanningRound)
        .where(PlanningRound.id == round_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound(N_("There is no such planning round."))
    return row


def require_working(session: Session, row: PlanningRound) -> None:
    """NotPossible if the round is closed or a plan for it is being made at this moment."""
    if row.state is RoundState.CLOSED:
        raise NotPossible(N_("This round is closed. Please open a new one."))
    require_idle(session, row)


def require_idle(session: Session, row: PlanningRound) -> None:
    if active_run(session, row.id) is not None:
        raise NotPossible(
            N_("A plan is being made for this round. Please wait until it is there, or stop it.")
        )


def _waiting_requests(session: Session, row: PlanningRound) -> list[Request]:
    """Requests that the round's last plan looked at and that have no talk."""
    if row.current_proposal is None:
        return []
    content = row.current_proposal.content
    codes = [entry["request"] for entry in (*content["assignments"], *content["unassigned"])]
    waiting = (RequestState.READY, RequestState.PROPOSED)
    return list(
        session.scalars(
            select(Request)
            .where(Request.code.in_(codes), Request.state.in_(waiting))
            .order_by(Request.code)
        )
    )


def _require_valid(name: str, first_day: date, last_day: date, earliest: date) -> None:
    faults: dict[str, str] = {}
    if not name:
        faults["name"] = N_("Please give the round a name, for example “2nd quarter 2027”.")
    elif len(name) > LONGEST_NAME:
        faults["name"] = N_("Please choose a name of at most 120 characters.")
    if last_day < first_day:
        faults["last_day"] = N_("The last day must not be before the first one.")
    elif last_day - first_day > LONGEST_ROUND:
        faults["last_day"] = N_("A round lasts one year at most. Please choose an earlier day.")
    if last_day < earliest:
        faults["last_day"] = N_("The last day has passed already. Please choose a later one.")
    if faults:
        raise Invalid(faults)


def _require_weights(weights: dict[str, Any]) -> None:
    known = {field.name for field in fields(Weights)}
    fault = N_("Please give whole numbers from 0 to 100000 for known weights.")
    for name, points in weights.items():
        if name not in known or type(points) is not int or not 0 <= points <= HIGHEST_WEIGHT:
            raise Invalid({"weights": fault})
    merged = Weights(**weights)
    if not merged.fair_first >= merged.fair_second >= merged.fair_third:
        raise Invalid({"weights": N_("The points for fairness must not rise.")})


def _facts(row: PlanningRound) -> dict[str, Any]:
    return {
        "name": row.name,
        "first_day": row.first_day.isoformat(),
        "last_day": row.last_day.isoformat(),
        "weights": dict(row.weights),
    }
