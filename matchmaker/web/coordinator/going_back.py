"""Going back from the pages of a plan: an older version taken over, the last change undone."""

from __future__ import annotations

from flask import flash, redirect, render_template

from matchmaker.services.planning import going_back
from matchmaker.services.planning.absences import TimesChanged
from matchmaker.services.planning.judging import RulesBroken
from matchmaker.web.access import for_roles
from matchmaker.web.context import commit, desk
from matchmaker.web.coordinator.plan_room import blueprint, plan_of, plan_url, refused
from matchmaker.web.coordinator.room import WRITERS, Page, sent
from matchmaker.web.db import db
from matchmaker.web.errors import error_text
from matchmaker.web.numbers import sent_number
from matchmaker.web.texts import _

TAKE_BACK = "back"
"""What the form sends where absences entered since are to be taken back."""


@blueprint.post("/<int:number>/uebernehmen")
@for_roles(*WRITERS)
def adopt(round_id: int, number: int) -> Page:
    """Make this version the current one again."""
    try:
        gone = going_back.adopt(
            db.session(),
            desk(),
            round_id,
            number,
            base=sent_number("base", 0),
            without_absences=sent("absences") == TAKE_BACK,
        )
    except RulesBroken as broken:
        db.session.rollback()
        return refused(round_id, number, broken)
    except TimesChanged as changed:
        db.session.rollback()
        title = _("Version %(number)s cannot be taken over yet", number=number)
        return _times_first(round_id, number, changed, title)
    commit()
    flash(_("Version %(number)s is the current plan again.", number=number), "good")
    for absence in gone:
        flash(_("The absence of %(name)s is taken back.", name=absence.person.name), "good")
    return redirect(plan_url(round_id, number), 303)


@blueprint.post("/<int:number>/rueckgaengig")
@for_roles(*WRITERS)
def revert(round_id: int, number: int) -> Page:
    """Undo the change by hand that has made this version."""
    try:
        row = going_back.revert(db.session(), desk(), round_id, base=number)
    except RulesBroken as broken:
        db.session.rollback()
        before = plan_of(round_id, number).before
        return refused(round_id, before.number if before else number, broken)
    except TimesChanged as changed:
        db.session.rollback()
        title = _("This change cannot be undone yet")
        return _times_first(round_id, number, changed, title)
    commit()
    flash(_("The change is undone. Version %(number)s counts again.", number=row.number), "good")
    undone = plan_of(round_id, number).made_by_hand
    if undone is not None and undone.get("entered") is not None:
        flash(_("The absence that it had entered is taken back."), "good")
    return redirect(plan_url(round_id, row.number), 303)


def _times_first(round_id: int, number: int, changed: TimesChanged, title: str) -> Page:
    """Where the absence has to be looked at before."""
    plan = plan_of(round_id, number)
    page = render_template(
        "coordinator/planning/times_first.html",
        plan=plan,
        round=plan.round,
        title=title,
        reason=error_text(changed),
        code=changed.code,
        name=changed.name,
    )
    return page, 409
