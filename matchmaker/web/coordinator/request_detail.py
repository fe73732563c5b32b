"""Anfragen: one request with everything about it, and the steps that can be taken with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import or_, select
from werkzeug.wrappers import Response

from matchmaker.models import Person, Request
from matchmaker.models.states import CLOSED_REQUESTS, OPEN_REQUESTS
from matchmaker.services.errors import Conflict, Invalid, NotPossible
from matchmaker.services.intake import drafts
from matchmaker.services.intake.need import typed_need
from matchmaker.services.intake.offer import Offer, load_offer
from matchmaker.services.intake.submit import BY_LINK
from matchmaker.services.planning.plan_view import load_plan
from matchmaker.services.planning.reason_names import names_for
from matchmaker.services.planning.reasons import WhyOpen, why_open
from matchmaker.services.requests import asking, duplicates
from matchmaker.services.requests import clearing as steps
from matchmaker.services.requests.request_status import talk_of
from matchmaker.services.sending import request_letters
from matchmaker.web import intake_words as words
from matchmaker.web.access import for_roles
from matchmaker.web.context import commit, desk
from matchmaker.web.coordinator import request_words
from matchmaker.web.coordinator.reason_words import reason_item
from matchmaker.web.coordinator.request_room import blueprint
from matchmaker.web.coordinator.room import READERS, WRITERS, Page, may_write
from matchmaker.web.db import db
from matchmaker.web.errors import error_text
from matchmaker.web.numbers import sent_number
from matchmaker.web.texts import _


@blueprint.get("/<code>")
@for_roles(*READERS)
def detail(code: str) -> str:
    return page(steps.request_by_code(db.session(), code))


@blueprint.post("/<code>/bereit")
@for_roles(*WRITERS)
def ready(code: str) -> Page:
    row, version = _asked(code)
    had_question = asking.is_waiting(db.session(), row)
    try:
        steps.set_ready(db.session(), desk(), row, version=version)
    except (Conflict, NotPossible) as refusal:
        return _refused(code, error_text(refusal))
    return _done(
        code, _("%(code)s is ready for planning.", code=code), _question_after(had_question, row)
    )


@blueprint.post("/<code>/klaeren")
@for_roles(*WRITERS)
def clarify(code: str) -> Page:
    row, version = _asked(code)
    reason = request.form.get("question", "")
    try:
        mailed = steps.clarify(db.session(), desk(), row, reason=reason, version=version)
    except Invalid as invalid:
        return _refused(code, "", _faults(invalid, "question"), 422)
    except (Conflict, NotPossible) as refusal:
        return _refused(code, error_text(refusal))
    if mailed:
        text = _("%(code)s is in clarification. 1 mail with the question goes out.", code=code)
    else:
        text = _("%(code)s is in clarification. No mail goes out.", code=code)
    return _done(code, text)


@blueprint.post("/<code>/unmoeglich")
@for_roles(*WRITERS)
def not_possible(code: str) -> Page:
    row, version = _asked(code)
    reason = request.form.get("reason", "")
    try:
        steps.not_possible(db.session(), desk(), row, reason, version=version)
    except Invalid as invalid:
        return _refused(code, "", _faults(invalid, "reason"), 422)
    except (Conflict, NotPossible) as refusal:
        return _refused(code, error_text(refusal))
    return _done(code, _("%(code)s is not possible at present.", code=code))


@blueprint.post("/<code>/zuruecknehmen")
@for_roles(*WRITERS)
def withdraw(code: str) -> Page:
    row, version = _asked(code)
    try:
        steps.withdraw(db.session(), desk(), row, version=version)
    except (Conflict, NotPossible) as refusal:
        return _refused(code, error_text(refusal))
    return _done(code, _("%(code)s is withdrawn.", code=code))


@blueprint.post("/<code>/wieder-oeffnen")
@for_roles(*WRITERS)
def reopen(code: str) -> Page:
    row, version = _asked(code)
    try:
        steps.reopen(db.session(), desk(), row, version=version)
    except (Conflict, NotPossible) as refusal:
        return _refused(code, error_text(refusal))
    return _done(code, _("%(code)s is open again, in clarification.", code=code))


@blueprint.post("/<code>/rueckgaengig")
@for_roles(*WRITERS)
def undo(code: str) -> Page:
    row, version = _asked(code)
    had_question = asking.is_waiting(db.session(), row)
    try:
        steps.undo(db.session(), desk(), row, version=version)
    except (Conflict, NotPossible) as refusal:
        return _refused(code, error_text(refusal))
    return _done(code, _("The last step is undone."), _question_after(had_question, row))


@blueprint.post("/<code>/mitglied")
@for_roles(*WRITERS)
def join_contact(code: str) -> Page:
    row, _version = _asked(code)
    steps.join_contact(db.session(), desk(), row)
    return _done(code, _("The contact belongs to the association now."))


def _faults(invalid: Invalid, field: str) -> dict[str, str]:
    """The fault of a reason under the name of its field on the page."""
    (message,) = invalid.fields.values()
    return {field: _(message)}


def _asked(code: str) -> tuple[Request, int | None]:
    """The request and the version that the page showed."""
    row = steps.request_by_code(db.session(), code, to_write=True)
    return row, sent_number("version", None)


def _question_after(was_waiting: bool, row: Request) -> str:
    """What to say of a question that a step has kept from being mailed."""
    if was_waiting and not asking.is_waiting(db.session(), row):
        return _("The question is not sent any more.")
    return ""


def _done(code: str, *sentences: str) -> Response:
    commit()
    flash(" ".join(filter(None, sentences)), "good")
    return redirect(url_for(".detail", code=code), 303)


def _refused(
    code: str, message: str, faults: dict[str, str] | None = None, status: int = 409
) -> tuple[str, int]:
    """The page as it is now, with why nothing was done and what was typed."""
    db.session.rollback()
    row = steps.request_by_code(db.session(), code)
    return page(row, message, faults or {}), status


def page(row: Request, message: str = "", faults: dict[str, str] | None = None) -> str:
    offer = load_offer(db.session(), desk(), row)
    typed = typed_need(row) | drafts.who_of(row)
    history = steps.history(db.session(), row)
    why = why_open(db.session(), row)
    return render_template(
        "coordinator/requests/detail.html",
        asked=row,
        message=message,
        faults=faults or {},
        typed_reason=request.form.get("reason", ""),
        typed_question=request.form.get("question", ""),
        lines=[
            line for line in words.lines(typed, offer, own=False) if line.values and line.step > 1
        ],
        said_otherwise=said_otherwise(row),
        missing=[request_words.missing_name(part) for part in steps.missing(row)],
        doubles=duplicates.flags_of(db.session(), row),
        talk=talk_of(db.session(), row),
        plan=_plan(row, why),
        history=_history(history, offer),
        undoable=steps.undoable(db.session(), desk(), row) is not None,
        may=_may(row),
        source=request_words.source_name(row.source),
        can_ask=request_letters.can_write(desk(), row),
        duplicate_of=db.session.get(Request, row.duplicate_of_id) if row.duplicate_of_id else None,
    )


def _may(row: Request) -> dict[str, bool]:
    writes = may_write()
    allowed = {
        state.value: writes and row.state in before for state, before in steps.ALLOWED.items()
    }
    contact = row.contact
    return allowed | {
        "edit": writes and row.state in OPEN_REQUESTS,
        "reopen": writes and row.state in CLOSED_REQUESTS,
        "join": writes and contact is not None and contact.organisation_id is None,
        "write": writes,
    }


def said_otherwise(row: Request) -> list[dict[str, str]]:
    """What the form says of the contact where the address book says something else."""
    contact, typed = row.contact, drafts.who_of(row)
    if contact is None:
        return []
    pairs = (
        (_("Name"), contact.name, str(typed["name"])),
        (_("Phone"), contact.phone or "", str(typed["phone"])),
    )
    return [
        {"label": label, "before": known, "after": said}
        for label, known, said in pairs
        if said and said != known
    ]


def _plan(row: Request, why: WhyOpen) -> dict[str, Any] | None:
    """Why the newest plan has no evening for it, and what would help."""
    if why.round is None or why.proposal is None:
        return None
    plan = load_plan(db.session(), why.round, why.proposal)
    waiting = plan.open_of(row.code)
    if waiting is None:
        return None
    item = reason_item(waiting, plan, names_for(db.session(), plan, (waiting,)))
    return {"round": why.round, "number": why.proposal.number, "reasons": [item]}


def _history(entries: Any, offer: Offer) -> list[dict[str, Any]]:
    numbers = {
        number
        for entry in entries
        for name in ("wanted_speakers", "unwanted_speakers")
        for facts in (entry.before, entry.after)
        for number in facts.get(name) or []
    }
    actors = {entry.actor_id for entry in entries if entry.actor_id}
    links = {entry.actor.removesuffix(BY_LINK) for entry in entries}
    found = db.session.scalars(
        select(Person).where(or_(Person.id.in_(numbers | actors), Person.code.in_(links)))
    ).all()
    people = {person.id: person.name for person in found}
    by_link = {person.code + BY_LINK: person.name for person in found}
    return [
        {
            "at": entry.at,
            "who": people.get(entry.actor_id or 0, _actor(entry.actor, by_link)),
            "what": request_words.action_name(entry),
            "changes": request_words.changes(entry, offer, people),
        }
        for entry in entries
    ]


def _actor(label: str, by_link: Mapping[str, str]) -> str:
    if label in by_link:
        return _("by the link of %(name)s", name=by_link[label])
    return {"system": _("the service"), "public": _("the association")}.get(label, label)
