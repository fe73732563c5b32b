"""Planung: the rounds, what goes into each, and the plan in the making."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from matchmaker.i18n import N_
from matchmaker.models import PlanningRound, Proposal, SolveRun
from matchmaker.models.states import ACTIVE_RUNS, RunState
from matchmaker.services.errors import Invalid, NotFound
from matchmaker.services.house.signs import worker_silent
from matchmaker.services.planning import decisions, rounds
from matchmaker.services.planning.goals import GOALS, Importance, choices_of
from matchmaker.services.planning.round_view import load_round
from matchmaker.web.access import for_roles
from matchmaker.web.context import commit, desk
from matchmaker.web.coordinator import plan_context, round_form
from matchmaker.web.coordinator.room import READERS, WRITERS, Page, told
from matchmaker.web.db import db
from matchmaker.web.plan_words import (
    goal_name,
    importance_name,
    left_out_text,
    note_text,
    progress_of,
)
from matchmaker.web.texts import _

ANEW = "any"
"""The choice to plan again whatever that changes; without it, a plan is kept where it can be."""

blueprint = Blueprint("coordinator_planning", __name__, url_prefix="/koordination/planung")
plan_context.install(blueprint)


@dataclass(frozen=True, slots=True)
class Entry:
    """A round in the list, with the figures of its current version."""

    round: PlanningRound
    number: int | None
    served: int | None
    unserved: int | None
    running: bool


@blueprint.get("")
@for_roles(*READERS)
def index() -> str:
    return render_template("coordinator/planning/index.html", entries=_entries())


@blueprint.get("/neu")
@for_roles(*WRITERS)
def new() -> str:
    return _form(round_form.empty(desk().today), {}, None)


@blueprint.post("/neu")
@for_roles(*WRITERS)
def create() -> Page:
    typed = round_form.from_request(request.form)
    try:
        facts = typed.facts()
        made = rounds.open_round(db.session(), desk(), **facts)
    except Invalid as invalid:
        return _form(typed, invalid.fields, None), 422
    commit()
    return redirect(url_for(".detail", round_id=made.id), 303)


@blueprint.get("/<int:round_id>")
@for_roles(*READERS)
def detail(round_id: int) -> str:
    view = load_round(db.session(), desk(), round_id)
    return render_template(
        "coordinator/planning/round.html",
        view=view,
        round=view.round,
        progress=progress_of(view.run) if view.run else None,
        goals=_other_goals(choices_of(view.round.weights)),
        left_out_text=left_out_text,
        note_text=note_text,
    )


@blueprint.get("/<int:round_id>/aendern")
@for_roles(*WRITERS)
def edit(round_id: int) -> str:
    row = rounds.find_round(db.session(), round_id)
    typed = round_form.of_round(row, choices_of(row.weights))
    return _form(typed, {}, row)


@blueprint.post("/<int:round_id>/aendern")
@for_roles(*WRITERS)
def change(round_id: int) -> Page:
    row = rounds.find_round(db.session(), round_id)
    typed = round_form.from_request(request.form)
    try:
        rounds.change_round(db.session(), desk(), round_id, version=typed.version, **typed.facts())
    except Invalid as invalid:
        return _form(typed, invalid.fields, row), 422
    commit()
    flash(_("The round is changed. The next plan follows it."), "good")
    return redirect(url_for(".detail", round_id=round_id), 303)


@blueprint.post("/<int:round_id>/planen")
@for_roles(*WRITERS)
def plan(round_id: int) -> Response:
    keep = request.form.get("changes") != ANEW
    run = rounds.request_plan(db.session(), desk(), round_id, keep=keep)
    commit()
    return redirect(url_for(".run", round_id=round_id, run_id=run.id), 303)


@blueprint.get("/<int:round_id>/lauf/<int:run_id>")
@for_roles(*READERS)
def run(round_id: int, run_id: int) -> Page:
    """The plan in the making; once it is there, the plan itself."""
    row, number = _run(round_id, run_id)
    if number is not None:
        return redirect(_plan_url(round_id, number))
    planning_round = rounds.find_round(db.session(), round_id)
    return render_template(
        "coordinator/planning/run.html",
        round=planning_round,
        run=row,
        progress=progress_of(row),
        worker_silent=worker_silent(db.session(), desk().now),
    )


@blueprint.get("/<int:round_id>/lauf/<int:run_id>/stand")
@for_roles(*READERS)
def state(round_id: int, run_id: int) -> str:
    """The part of the page that is fetched again and again."""
    row, number = _run(round_id, run_id)
    done = url_for(".run", round_id=round_id, run_id=run_id)
    if number is not None:
        done = _plan_url(round_id, number)
    return render_template(
        "coordinator/planning/_progress.html",
        run=row,
        progress=progress_of(row),
        worker_silent=worker_silent(db.session(), desk().now),
        done=None if row.state in ACTIVE_RUNS else done,
    )


@blueprint.post("/<int:round_id>/lauf/<int:run_id>/abbrechen")
@for_roles(*WRITERS)
def cancel(round_id: int, run_id: int) -> Response:
    _run(round_id, run_id)
    rounds.cancel_run(db.session(), desk(), run_id)
    commit()
    flash(_("The search is stopped. Nothing was changed."), "info")
    return redirect(url_for(".detail", round_id=round_id), 303)


@blueprint.get("/<int:round_id>/abschliessen")
@for_roles(*WRITERS)
def confirm_close(round_id: int) -> str:
    view = load_round(db.session(), desk(), round_id)
    return render_template("coordinator/planning/close.html", view=view, round=view.round)


@blueprint.post("/<int:round_id>/abschliessen")
@for_roles(*WRITERS)
def close(round_id: int) -> Response:
    rounds.close_round(db.session(), desk(), round_id)
    commit()
    flash(_("The round is closed. What is open waits for the next round."), "good")
    return redirect(url_for(".index"), 303)


@blueprint.post("/<int:round_id>/entscheidung/<int:decision_id>/aufheben")
@for_roles(*WRITERS)
def undo_decision(round_id: int, decision_id: int) -> Response:
    decisions.undo(db.session(), desk(), round_id, decision_id)
    commit()
    flash(_("The decision is undone. The next plan is free again here."), "good")
    return redirect(url_for(".detail", round_id=round_id, _anchor="decisions"), 303)


def _entries() -> list[Entry]:
    rows = db.session.execute(
        select(PlanningRound, Proposal.number, Proposal.served, Proposal.unserved)
        .outerjoin(Proposal, Proposal.id == PlanningRound.current_proposal_id)
        .order_by(PlanningRound.first_day.desc(), PlanningRound.id.desc())
    )
    running = set(
        db.session.scalars(select(SolveRun.round_id).where(SolveRun.state.in_(ACTIVE_RUNS)))
    )
    return [Entry(*row, running=row[0].id in running) for row in rows]


def _run(round_id: int, run_id: int) -> tuple[SolveRun, int | None]:
    """A run of this round, and the number of the version that it has made."""
    row = db.session.get(SolveRun, run_id)
    if row is None or row.round_id != round_id:
        raise NotFound(N_("There is no such run."))
    if row.state is not RunState.DONE or row.proposal_id is None:
        return row, None
    return row, db.session.scalar(select(Proposal.number).where(Proposal.id == row.proposal_id))


def _plan_url(round_id: int, number: int) -> str:
    return url_for("coordinator_proposals.show", round_id=round_id, number=number)


def _form(typed: round_form.Typed, faults: Mapping[str, str], row: PlanningRound | None) -> str:
    return render_template(
        "coordinator/planning/form.html",
        typed=typed,
        faults=told(faults),
        round=row,
        goals=[
            (
                goal.key,
                goal_name(goal.key),
                [(level.value, importance_name(level)) for level in goal.levels],
            )
            for goal in GOALS
        ],
    )


def _other_goals(choices: Mapping[str, Importance]) -> list[tuple[str, str]]:
    """Goals that the round weighs differently than usual, in words."""
    return [
        (goal_name(key), importance_name(level))
        for key, level in choices.items()
        if level is not Importance.NORMAL
    ]
