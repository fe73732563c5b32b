"""One request of a plan: why it lies there, and everything that a coordinator can do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from flask import flash, redirect, render_template, request
from werkzeug.wrappers import Response

from matchmaker.dates import read_day
from matchmaker.i18n import N_
from matchmaker.models import Proposal
from matchmaker.models.states import TO_PLAN, QuestionKind
from matchmaker.scheduling.judge import Breach
from matchmaker.services.errors import Invalid
from matchmaker.services.planning import decisions, edits
from matchmaker.services.planning.judging import RulesBroken, is_final
from matchmaker.services.planning.plan_view import load_requests
from matchmaker.services.planning.proposals import find_proposal
from matchmaker.services.planning.request_view import may_change
from matchmaker.web.access import for_roles
from matchmaker.web.context import commit, desk
from matchmaker.web.coordinator import making_way, move_form, placement_words, plan_answers
from matchmaker.web.coordinator.plan_answers import Asked, Reply
from matchmaker.web.coordinator.plan_room import blueprint, plan_of, plan_url, request_url
from matchmaker.web.coordinator.request_sheet import (
    Sheet,
    explained,
    filled,
    form_facts,
    open_sheet,
    prepared,
    require_asked,
)
from matchmaker.web.coordinator.room import READERS, WRITERS, Page, told
from matchmaker.web.coordinator.steps import onward
from matchmaker.web.db import db
from matchmaker.web.texts import _

PATH = "/<int:number>/anfrage/<code>"


@blueprint.get(PATH)
@for_roles(*READERS)
def request_page(round_id: int, number: int, code: str) -> str:
    proposal = find_proposal(db.session(), round_id, number)
    gone = making_way.of_address(proposal, code).making
    reply = _reply(proposal, code, gone, wait=plan_answers.WAIT_SECONDS)
    return _page(open_sheet(plan_of(round_id, number), code, gone), reply=reply)


@blueprint.get(f"{PATH}/antwort")
@for_roles(*READERS)
def request_answer(round_id: int, number: int, code: str) -> str:
    """The part of the page that is fetched until the worker has answered."""
    proposal = find_proposal(db.session(), round_id, number)
    gone = making_way.of_address(proposal, code).making
    reply = _reply(proposal, code, gone, wait=0)
    waiting = plan_answers.without_answer(reply)
    if waiting is not None:
        return waiting
    sheet = open_sheet(plan_of(round_id, number), code, gone)
    return render_template(
        "coordinator/planning/_explained.html", **explained(sheet, prepared(sheet), reply)
    )


@blueprint.post(f"{PATH}/verschieben")
@for_roles(*WRITERS)
def move(round_id: int, number: int, code: str) -> Page:
    """Put the request on an evening; with `insist` also against a rule, for a reason."""
    plan = plan_of(round_id, number)
    require_asked(plan, code)
    gone = making_way.of_address(plan.proposal, code).making
    typed = move_form.from_request(request.form)
    faults = typed.faults(plan.round.first_day, plan.round.last_day)
    if faults:
        return _page(open_sheet(plan, code, gone), typed, faults), 422
    override = typed.reason if "insist" in request.form else None
    assignment = typed.assignment(code)
    try:
        made = edits.place(
            db.session(),
            desk(),
            round_id,
            assignment,
            base=number,
            override=override,
            making_way=gone,
        )
    except RulesBroken as broken:
        db.session.rollback()
        sheet = open_sheet(plan_of(round_id, number), code, gone)
        return _page(sheet, typed, breaches=broken.breaches), 422
    except Invalid as invalid:
        db.session.rollback()
        sheet = open_sheet(plan_of(round_id, number), code, gone)
        # The rules that it breaks are shown beside the missing reason.
        breaches = sheet.bench.breaches(assignment) if sheet.bench else ()
        return _page(sheet, typed, invalid.fields, breaches), 422
    commit()
    flash(_("%(request)s is placed and stays fixed there.", request=code), "good")
    if gone:
        flash(_("Open again: %(requests)s.", requests=", ".join(gone)), "info")
    return onward(plan_url(round_id, made.number))


@blueprint.post(f"{PATH}/entfernen")
@for_roles(*WRITERS)
def remove(round_id: int, number: int, code: str) -> Response:
    made = edits.remove(db.session(), desk(), round_id, code, base=number, reason=_reason())
    commit()
    text = _("%(request)s is taken out of the plan and left out of this round.", request=code)
    flash(text, "good")
    return onward(plan_url(round_id, made.number))


@blueprint.post(f"{PATH}/weglassen")
@for_roles(*WRITERS)
def leave_out(round_id: int, number: int, code: str) -> Response:
    decisions.leave_out(db.session(), desk(), round_id, code, reason=_reason())
    return _decided(
        round_id, number, code, _("%(request)s is left out of the next plan.", request=code)
    )


@blueprint.post(f"{PATH}/festlegen")
@for_roles(*WRITERS)
def pin(round_id: int, number: int, code: str) -> Response:
    decisions.pin(db.session(), desk(), round_id, code, reason=_reason())
    text = _("%(request)s is fixed. Every new plan keeps this evening.", request=code)
    return _decided(round_id, number, code, text)


@blueprint.post(f"{PATH}/person-sperren")
@for_roles(*WRITERS)
def ban_person(round_id: int, number: int, code: str) -> Response:
    person = request.form.get("person", "")
    decisions.ban_person(db.session(), desk(), round_id, code, person, reason=_reason())
    text = _("The next plan sends somebody else to %(request)s.", request=code)
    return _decided(round_id, number, code, text)


@blueprint.post(f"{PATH}/tag-sperren")
@for_roles(*WRITERS)
def ban_day(round_id: int, number: int, code: str) -> Response:
    day = read_day(request.form.get("day", ""))
    if day is None:
        raise Invalid({"day": N_("Please give a day. Example: 19.01.2027.")})
    decisions.ban_day(db.session(), desk(), round_id, code, day, reason=_reason())
    text = _("The next plan puts %(request)s on another day.", request=code)
    return _decided(round_id, number, code, text)


@blueprint.post(f"{PATH}/aufheben/<int:decision_id>")
@for_roles(*WRITERS)
def undo(round_id: int, number: int, code: str, decision_id: int) -> Response:
    decisions.undo(db.session(), desk(), round_id, decision_id)
    text = _("The decision is undone. The next plan is free again here.")
    return _decided(round_id, number, code, text)


def _decided(round_id: int, number: int, code: str, text: str) -> Response:
    commit()
    flash(text, "good")
    return redirect(request_url(round_id, number, code), 303)


def _reason() -> str:
    return request.form.get("reason", "").strip()[:1000]


def _question(proposal: Proposal, code: str, gone: tuple[str, ...]) -> Asked:
    """Without those that make way, if there are any."""
    without = {"without": list(gone)} if gone else {}
    return Asked(proposal, QuestionKind.EXPLAIN, {"request": code, **without})


def _reply(proposal: Proposal, code: str, gone: tuple[str, ...], *, wait: float) -> Reply | None:
    """What the worker says of the request; None where nothing can be changed anyway."""
    if code not in _codes(proposal) or not may_change(db.session(), proposal):
        return None
    return _question(proposal, code, gone).reply(wait=wait)


def _page(
    sheet: Sheet,
    typed: move_form.Typed | None = None,
    faults: Mapping[str, str] = MappingProxyType({}),
    breaches: Sequence[Breach] = (),
    *,
    reply: Reply | None = None,
) -> str:
    plan, bench, placed = sheet.plan, sheet.bench, sheet.placed
    ready = prepared(sheet) if typed is None else None
    named = {one for breach in breaches for one in breach.requests}
    if reply is None and bench is not None:
        reply = _question(plan.proposal, sheet.code, sheet.making_way).known()
    return render_template(
        "coordinator/planning/request.html",
        decisions=plan.decisions_of(sheet.code),
        waits_no_more=sheet.asked.state not in TO_PLAN,
        staying=_staying(sheet),
        current_url=_current_url(sheet),
        why=placement_words.why(bench, placed, plan) if bench and placed else [],
        faults=told(faults),
        breaches=breaches,
        taking_out=move_form.OUT in request.args,
        final=any(is_final(breach) for breach in breaches),
        requests={**plan.requests, **load_requests(db.session(), named - set(plan.requests))},
        **form_facts(sheet, typed or filled(sheet, ready), ready),
        **explained(sheet, ready, reply),
    )


def _staying(sheet: Sheet) -> list[making_way.Staying]:
    """Whatever the address names that makes no way: in older versions it is no question."""
    if sheet.bench is None:
        return []
    return making_way.staying(making_way.of_address(sheet.plan.proposal, sheet.code), sheet.plan)


def _current_url(sheet: Sheet) -> str:
    """The same page in the current version, if that knows the request."""
    current = sheet.plan.round.current_proposal
    if current is None or sheet.plan.is_current or sheet.code not in _codes(current):
        return ""
    way = {move_form.WAY: request.args[move_form.WAY]} if move_form.WAY in request.args else {}
    return request_url(current.round_id, current.number, sheet.code, **way)


def _codes(proposal: Proposal) -> set[str]:
    entries = (*proposal.content["assignments"], *proposal.content["unassigned"])
    return {row["request"] for row in entries}
