"""A version of a plan: as a calendar, as a list, what is open and why, in pictures, compared."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from flask import flash, redirect, render_template, request

from matchmaker.models.states import Role
from matchmaker.services.planning import edits, proposals
from matchmaker.services.planning.absences import TimesChanged
from matchmaker.services.planning.comparison import compared, fairness_figures
from matchmaker.services.planning.judging import RulesBroken
from matchmaker.services.planning.plan_view import Placed, Plan
from matchmaker.services.planning.reason_names import names_for
from matchmaker.services.planning.round_changes import changed_since
from matchmaker.services.planning.rounds import active_run
from matchmaker.services.problems import plan_rows
from matchmaker.web import context
from matchmaker.web.access import for_roles
from matchmaker.web.context import commit, desk
from matchmaker.web.coordinator import (
    comparison_words,
    placement_words,
    plan_board,
    plan_figures,
    repair_pages,
    request_pages,
    unlock_pages,
)
from matchmaker.web.coordinator.plan_room import blueprint, plan_of, plan_url, refused
from matchmaker.web.coordinator.reason_words import reason_item
from matchmaker.web.coordinator.room import READERS, WRITERS, Page, asked
from matchmaker.web.db import db
from matchmaker.web.errors import error_text
from matchmaker.web.i18n import locale
from matchmaker.web.numbers import sent_number
from matchmaker.web.plan_words import summary
from matchmaker.web.texts import _
from matchmaker.web.texts import number as written

__all__ = ["blueprint", "repair_pages", "request_pages", "unlock_pages"]

VIEWS = ("calendar", "list", "open", "figures")


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list shows: text in names and codes, and one kind of talk."""

    text: str = ""
    kind: str = ""

    def keeps(self, row: Placed) -> bool:
        kinds = {
            "pinned": row.pin is not None,
            "changed": row.is_changed,
            "interpreted": bool(row.interpreters),
            "broken": bool(row.broken),
            "agreed": row.agreed,
        }
        wanted = self.text.casefold()
        return kinds.get(self.kind, True) and (not wanted or wanted in _words(row).casefold())


@blueprint.get("/<int:number>")
@for_roles(*READERS)
def show(round_id: int, number: int) -> str:
    """The calendar; `ansicht` chooses another view of the same plan."""
    plan = plan_of(round_id, number)
    view = request.args.get("ansicht", VIEWS[0])
    view = view if view in VIEWS else VIEWS[0]
    return render_template(
        f"coordinator/planning/plan_{view}.html",
        plan=plan,
        round=plan.round,
        view=view,
        summary=summary(plan),
        run=active_run(db.session(), round_id),
        changed=changed_since(db.session(), plan) if plan.is_current else None,
        wanting=plan.wanting(desk().now) if plan.is_current else (),
        current_number=_current_number(plan),
        figures=plan_figures.figures(plan),
        **_VIEW_FACTS[view](plan),
    )


@blueprint.get("/<int:number>/vergleich/<int:other>")
@for_roles(*READERS)
def compare(round_id: int, number: int, other: int) -> str:
    """What is different in `number`, seen from `other`."""
    plan, before = plan_of(round_id, number), plan_of(round_id, other)
    found = compared(before.proposal, plan.proposal)
    return render_template(
        "coordinator/planning/compare.html",
        plan=plan,
        before=before,
        round=plan.round,
        rows=comparison_words.change_rows(before, plan, found),
        figures=comparison_words.figure_rows(before, plan),
        measured=comparison_words.measured_rows(before, plan, found),
    )


@blueprint.post("/<int:number>/uebernehmen")
@for_roles(*WRITERS)
def adopt(round_id: int, number: int) -> Page:
    """Make this version the current one again."""
    base = sent_number("base", 0)
    try:
        proposals.adopt(db.session(), desk(), round_id, number, base=base)
    except RulesBroken as broken:
        db.session.rollback()
        return refused(round_id, number, broken)
    commit()
    flash(_("Version %(number)s is the current plan again.", number=number), "good")
    return redirect(plan_url(round_id, number), 303)


@blueprint.post("/<int:number>/rueckgaengig")
@for_roles(*WRITERS)
def revert(round_id: int, number: int) -> Page:
    """Undo the change by hand that has made this version."""
    try:
        row = edits.revert(db.session(), desk(), round_id, base=number)
    except RulesBroken as broken:
        db.session.rollback()
        before = plan_of(round_id, number).before
        return refused(round_id, before.number if before else number, broken)
    except TimesChanged as changed:
        db.session.rollback()
        return _not_undone(plan_of(round_id, number), changed)
    commit()
    flash(_("The change is undone. Version %(number)s counts again.", number=row.number), "good")
    undone = plan_of(round_id, number).made_by_hand
    if undone is not None and undone.get("entered") is not None:
        flash(_("The absence that it had entered is taken back."), "good")
    return redirect(plan_url(round_id, row.number), 303)


def _not_undone(plan: Plan, changed: TimesChanged) -> Page:
    """What to do first, and where."""
    page = render_template(
        "coordinator/planning/undo_refused.html",
        plan=plan,
        round=plan.round,
        reason=error_text(changed),
        code=changed.code,
        name=changed.name,
    )
    return page, 409


def _current_number(plan: Plan) -> int | None:
    current = plan.round.current_proposal
    return None if current is None else current.number


def _calendar(plan: Plan) -> dict[str, Any]:
    rules = context.rules()
    return {
        "columns": plan_board.columns(locale()),
        "weeks": plan_board.board(plan, rules.subdivision, locale()),
    }


def _list(plan: Plan) -> dict[str, Any]:
    chosen = Filter(asked("q"), asked("zeige"))
    return {"filter": chosen, "rows": [row for row in plan.placed if chosen.keeps(row)]}


def _figures(plan: Plan) -> dict[str, Any]:
    return {
        "weeks": plan_board.talks_by_week(plan),
        "speakers": plan_board.loads(plan, Role.SPEAKER),
        "interpreters": plan_board.loads(plan, Role.INTERPRETER),
        "fairness": plan_figures.fairness_rows(fairness_figures(plan.proposal)),
        "points": placement_words.point_rows(asdict(plan_rows.score_of(plan.proposal))),
        "written": written,
    }


def _open(plan: Plan) -> dict[str, Any]:
    names = names_for(db.session(), plan, plan.open)
    return {"reasons": [reason_item(row, plan, names) for row in plan.open]}


_VIEW_FACTS = {
    "calendar": _calendar,
    "list": _list,
    "open": _open,
    "figures": _figures,
}


def _words(row: Placed) -> str:
    """Everything by which somebody might look for a talk."""
    host = row.request.organisation.name if row.request.organisation else ""
    topics = (f"{one.topic.name_de} {one.topic.name_en}" for one in row.request.topics)
    people = (person.name for person in row.people)
    institutions = (person.organisation.name for person in row.people if person.organisation)
    return " ".join([row.code, host, *topics, *people, *institutions])
