"""Going back from the pages of a plan: an older version taken over, the last change undone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from matchmaker.models import Proposal
from matchmaker.services.planning import absences, going_back
from matchmaker.services.planning.absences import Absence, TimesChanged
from matchmaker.services.planning.judging import RulesBroken
from matchmaker.services.planning.plan_view import Plan, load_requests
from matchmaker.services.planning.staying_out import StaysOut
from matchmaker.services.problems import LeftOut
from matchmaker.web.access import for_roles
from matchmaker.web.context import commit, desk
from matchmaker.web.coordinator.plan_room import blueprint, plan_of, plan_url, refused
from matchmaker.web.coordinator.room import WRITERS, Page
from matchmaker.web.db import db
from matchmaker.web.errors import error_text
from matchmaker.web.i18n import when
from matchmaker.web.numbers import sent_number, typed_number
from matchmaker.web.plan_words import left_out_text, request_name
from matchmaker.web.texts import _, ngettext

BASE, TAKING_BACK, WITHOUT = "base", "absence", "without"
"""What the forms send: the current version, the entries of absences that are to be taken back, and
the requests of which the page has said that they stay out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StayedOut:
    """A request that stays out of a version taken over, or has stayed out of it, and why."""

    code: str
    name: str
    why: str
    evening: str = ""


@blueprint.post("/<int:number>/uebernehmen")
@for_roles(*WRITERS)
def adopt(round_id: int, number: int) -> Page:
    """Make this version the current one again."""
    base, entries = sent_number(BASE, 0), _entries()
    try:
        back = going_back.adopt(
            db.session(),
            desk(),
            round_id,
            number,
            base=base,
            taking_back=entries,
            without=request.form.getlist(WITHOUT),
        )
    except RulesBroken as broken:
        db.session.rollback()
        return refused(round_id, number, broken)
    except StaysOut as question:
        db.session.rollback()
        return _adopt_without(plan_of(round_id, number), question, base, entries)
    except TimesChanged as changed:
        db.session.rollback()
        title = _("Version %(number)s cannot be taken over yet", number=number)
        return _times_first(round_id, number, changed, title)
    commit()
    plan = plan_of(round_id, back.version.number)
    flash(_adopted(plan, number), "good")
    if back.absences:
        flash(_taken_back(back.absences), "good")
    return redirect(plan_url(round_id, plan.proposal.number), 303)


@blueprint.post("/<int:number>/rueckgaengig")
@for_roles(*WRITERS)
def revert(round_id: int, number: int) -> Page:
    """Undo the change by hand that has made this version."""
    try:
        row = going_back.revert(
            db.session(), desk(), round_id, base=number, without=request.form.getlist(WITHOUT)
        )
    except RulesBroken as broken:
        db.session.rollback()
        before = plan_of(round_id, number).before
        return refused(round_id, before.number if before else number, broken)
    except StaysOut as question:
        db.session.rollback()
        return _revert_without(plan_of(round_id, question.number), question, number)
    except TimesChanged as changed:
        db.session.rollback()
        title = _("This change cannot be undone yet")
        return _times_first(round_id, number, changed, title)
    commit()
    undone = plan_of(round_id, number)
    flash(_reverted(plan_of(round_id, row.number), undone.before), "good")
    if undone.made_by_hand is not None and undone.made_by_hand.get("entered") is not None:
        flash(_("The absence that it had entered is taken back."), "good")
    return redirect(plan_url(round_id, row.number), 303)


def stayed_out(plan: Plan) -> list[StayedOut]:
    """What this version lacks of the one that it repeats."""
    return [] if plan.without is None else _in_words(plan.without.requests)


def _in_words(rows: Sequence[LeftOut], plan: Plan | None = None) -> list[StayedOut]:
    """With the evenings that the requests have in the `plan`, if one is given."""
    known = load_requests(db.session(), [row.request for row in rows])
    placed = {} if plan is None else {row.code: row for row in plan.placed}
    return [
        StayedOut(
            code=row.request,
            name=request_name(row.request, known),
            why=left_out_text(row.reason, row.missing),
            evening=when(placed[row.request].start, placed[row.request].end)
            if row.request in placed
            else "",
        )
        for row in rows
    ]


def _adopted(plan: Plan, wanted: int) -> str:
    """That the `wanted` version is back, in the `plan` that is current now."""
    number = plan.proposal.number
    if plan.without is None or number == wanted:
        return _("Version %(number)s is the current plan again.", number=number)
    return ngettext(
        "Version %(before)s is the current plan again, now as version %(number)s and without "
        "%(num)s request. Below stands which one, and why.",
        "Version %(before)s is the current plan again, now as version %(number)s and without "
        "%(num)s requests. Below stands which ones, and why.",
        len(plan.without.requests),
        before=plan.without.version,
        number=number,
    )


def _reverted(plan: Plan, wanted: Proposal | None) -> str:
    """The same for a change that was undone."""
    number = plan.proposal.number
    if plan.without is None or plan.proposal is wanted:
        return _("The change is undone. Version %(number)s counts again.", number=number)
    return ngettext(
        "The change is undone. Version %(before)s counts again, now as version %(number)s and "
        "without %(num)s request. Below stands which one, and why.",
        "The change is undone. Version %(before)s counts again, now as version %(number)s and "
        "without %(num)s requests. Below stands which ones, and why.",
        len(plan.without.requests),
        before=plan.without.version,
        number=number,
    )


def _taken_back(rows: Sequence[Absence]) -> str:
    names = dict.fromkeys(row.person.name for row in rows)
    return ngettext(
        "The absence of %(name)s is taken back.",
        "%(num)s absences are taken back: %(name)s.",
        len(rows),
        name=", ".join(names),
    )


def _entries() -> list[int]:
    return [typed_number(text) for text in request.form.getlist(TAKING_BACK)]


def _adopt_without(plan: Plan, question: StaysOut, base: int, entries: Collection[int]) -> Page:
    """Asks before a version comes back without some of its requests."""
    number, out = plan.proposal.number, len(question.rows)
    offered = absences.entered_since(db.session(), desk(), plan.proposal)
    chosen = [row for row in offered if row.entry_id in entries]
    return _without(
        plan,
        question,
        title=ngettext(
            "Take over version %(number)s without %(num)s request?",
            "Take over version %(number)s without %(num)s requests?",
            out,
            number=number,
        ),
        label=_("Take it over like this"),
        action=url_for(".adopt", round_id=plan.round.id, number=number),
        back=plan_url(plan.round.id, number),
        fields=[(BASE, base), *((TAKING_BACK, row.entry_id) for row in chosen)],
        taking_back=chosen,
    )


def _revert_without(plan: Plan, question: StaysOut, number: int) -> Page:
    """The same where the change is undone that has made version `number` of the `plan`."""
    return _without(
        plan,
        question,
        title=ngettext(
            "Undo this change, but without %(num)s request?",
            "Undo this change, but without %(num)s requests?",
            len(question.rows),
        ),
        label=_("Undo it like this"),
        action=url_for(".revert", round_id=plan.round.id, number=number),
        back=plan_url(plan.round.id, number),
        fields=[],
        taking_back=[],
    )


def _without(
    plan: Plan, question: StaysOut, *, fields: list[tuple[str, int]], **words: Any
) -> Page:
    codes = [(WITHOUT, row.request) for row in question.rows]
    page = render_template(
        "coordinator/planning/without.html",
        plan=plan,
        round=plan.round,
        out=_in_words(question.rows, plan),
        fields=[*fields, *codes],
        **words,
    )
    return page, 409


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
