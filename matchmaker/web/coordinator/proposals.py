"""A version of a plan: as a calendar, as a list, what is open and why, in pictures, compared."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from flask import render_template, request

from matchmaker.models.states import Role
from matchmaker.services.planning import absences
from matchmaker.services.planning.absences import Absence
from matchmaker.services.planning.comparison import compared, fairness_figures
from matchmaker.services.planning.going_back import since
from matchmaker.services.planning.plan_view import Placed, Plan
from matchmaker.services.planning.reason_names import names_for
from matchmaker.services.planning.round_changes import changed_since
from matchmaker.services.planning.rounds import active_run
from matchmaker.services.problems import plan_rows
from matchmaker.web import context
from matchmaker.web.access import for_roles
from matchmaker.web.context import desk
from matchmaker.web.coordinator import (
    comparison_words,
    going_back,
    placement_words,
    plan_board,
    plan_figures,
    repair_pages,
    request_pages,
    unlock_pages,
)
from matchmaker.web.coordinator.plan_room import blueprint, plan_of
from matchmaker.web.coordinator.reason_words import reason_item
from matchmaker.web.coordinator.room import READERS, asked
from matchmaker.web.db import db
from matchmaker.web.i18n import locale
from matchmaker.web.plan_words import summary
from matchmaker.web.texts import number as written

__all__ = ["blueprint", "going_back", "repair_pages", "request_pages", "unlock_pages"]

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
        since=since(db.session(), desk(), plan.proposal),
        stayed_out=going_back.stayed_out(plan),
        lapsed=_lapsed(plan) if plan.is_current else None,
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


def _lapsed(plan: Plan) -> Absence | None:
    """The absence to come that the version was made for by hand, if it is not entered any more."""
    entry_id = plan.made_by_hand.get("entered") if plan.made_by_hand is not None else None
    found = None if entry_id is None else absences.entered(db.session(), entry_id)
    return None if found is None or found.stands or found.last < desk().today else found


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
