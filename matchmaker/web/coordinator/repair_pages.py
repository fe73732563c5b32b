"""What can be done about a plan when somebody is away, a talk is cancelled or a room is lost."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from flask import flash, redirect, render_template, url_for

from matchmaker.dates import read_day
from matchmaker.i18n import N_
from matchmaker.models import PlanQuestion, Proposal
from matchmaker.models.states import QuestionKind
from matchmaker.services.errors import Invalid, NotFound
from matchmaker.services.people.availability import LONGEST
from matchmaker.services.planning import absences, plan_view, repairs
from matchmaker.services.planning.judging import RulesBroken
from matchmaker.services.planning.plan_view import Plan
from matchmaker.services.planning.proposals import find_proposal
from matchmaker.services.planning.request_view import may_change
from matchmaker.services.planning.rounds import find_round
from matchmaker.services.problems.requests import load_requests, missing_parts, venue_id
from matchmaker.web.access import for_roles
from matchmaker.web.context import commit, desk
from matchmaker.web.coordinator import repair_words
from matchmaker.web.coordinator.plan_answers import WAIT_SECONDS, Asked, Reply, without_answer
from matchmaker.web.coordinator.plan_room import blueprint, plan_of, plan_url, refused
from matchmaker.web.coordinator.room import READERS, WRITERS, Page, asked, sent, told
from matchmaker.web.coordinator.steps import onward
from matchmaker.web.db import db
from matchmaker.web.i18n import day
from matchmaker.web.numbers import sent_number
from matchmaker.web.plan_words import person_name, request_name
from matchmaker.web.texts import _

PATH = "/<int:number>/ausfall"
FIELDS = {
    "absence": ("person",),
    "decline": ("person", "request"),
    "cancellation": ("request",),
    "late_request": ("request",),
    "venue_loss": ("venue",),
}
"""By kind of event, whom and what it is about."""
DAYS = {"from": "first", "to": "last"}
"""What the page calls the days of an event."""
WITH_DAYS = ("absence", "venue_loss")
TYPED = ("kind", "person", "request", "venue", *DAYS.values())
NEEDED = {
    "absence": ("person", N_("Please choose who is away.")),
    "decline": ("person", N_("Please choose who is away.")),
    "cancellation": ("request", N_("Please choose a talk.")),
    "late_request": ("request", N_("Please choose a request.")),
    "venue_loss": ("venue", N_("Please choose a room.")),
}
"""By kind of event, the field without which nothing can be asked."""


@blueprint.get(PATH)
@for_roles(*READERS)
def repair(round_id: int, number: int) -> Page:
    """Forms for what has happened; with an event in the address, what can be done about it."""
    typed = {name: asked(name) for name in TYPED}
    if typed["kind"] not in NEEDED:
        return _form(plan_of(round_id, number), typed, {})
    faults = _faults(round_id, typed)
    if faults:
        return _form(plan_of(round_id, number), typed, faults), 422
    reply = _reply(round_id, number, _event(typed), wait=WAIT_SECONDS)
    return render_template(
        "coordinator/planning/repair.html", **_facts(plan_of(round_id, number), typed, reply)
    )


@blueprint.get(f"{PATH}/antwort")
@for_roles(*READERS)
def repair_answer(round_id: int, number: int) -> str:
    """The part of the page that is fetched until the worker has answered."""
    typed = {name: asked(name) for name in TYPED}
    known = typed["kind"] in NEEDED and not _faults_as_typed(typed)
    reply = _reply(round_id, number, _event(typed), wait=0) if known else None
    return without_answer(reply) or render_template(
        "coordinator/planning/_repairs.html", **_facts(plan_of(round_id, number), typed, reply)
    )


@blueprint.post(PATH)
@for_roles(*WRITERS)
def take_over(round_id: int, number: int) -> Page:
    """Make an option the current version."""
    question, option = sent_number("question", 0), sent_number("option", 0)
    try:
        made = repairs.take_over(db.session(), desk(), round_id, question, option, base=number)
    except RulesBroken as broken:
        db.session.rollback()
        return refused(round_id, number, broken)
    except Invalid as invalid:
        db.session.rollback()
        return _form(
            plan_of(round_id, number), _typed(_event_of(question)), _on_page(invalid.fields)
        ), 422
    commit()
    text = _("Version %(number)s is made. What was placed stays fixed there.", number=made.number)
    flash(text, "good")
    plan = plan_of(round_id, made.number)
    if plan.made_by_hand is not None and plan.made_by_hand["entered"] is not None:
        name = _name(plan, _event_of(question)["person"])
        flash(_("The absence is entered in the times of %(name)s.", name=name), "good")
    return onward(plan_url(round_id, made.number))


@blueprint.post(f"{PATH}/abwesenheit")
@for_roles(*WRITERS)
def enter_absence(round_id: int, number: int) -> Page:
    """The days off alone, without an option: where no talk is lost, or only approved ones are."""
    typed = {name: sent(name) for name in TYPED} | {"kind": "absence"}
    faults = _faults(round_id, typed)
    if faults:
        return _form(plan_of(round_id, number), typed, faults), 422
    if absences.enter_alone(db.session(), desk(), round_id, number, _event(typed)):
        commit()
        flash(_("The absence is entered."), "good")
    given: dict[str, Any] = {name: text for name, text in typed.items() if text}
    return redirect(url_for(".repair", round_id=round_id, number=number, **given), 303)


def _reply(round_id: int, number: int, event: Mapping[str, Any], *, wait: float) -> Reply | None:
    proposal: Proposal = find_proposal(db.session(), round_id, number)
    if not may_change(db.session(), proposal):
        return None
    return Asked(proposal, QuestionKind.REPAIR, {"event": dict(event)}).reply(wait=wait)


def _facts(plan: Plan, typed: Mapping[str, str], reply: Reply | None) -> dict[str, Any]:
    talks = {row.code: row.talk for row in plan.placed if row.agreed}
    answer = reply.answer if reply is not None else None
    return {
        "plan": plan,
        "round": plan.round,
        "typed": typed,
        "happened": _happened(plan, typed),
        "reply": reply,
        "lost": [request_name(code, plan.requests) for code in answer["lost"]] if answer else [],
        "choices": repair_words.choices(answer, talks) if answer else [],
        "absence": _absence(plan, typed) if answer and typed["kind"] == "absence" else None,
        "answer_url": reply.address(".repair_answer") if reply else "",
    }


def _absence(plan: Plan, typed: Mapping[str, str]) -> dict[str, Any]:
    """Who is away on which days, and whether their times say so already."""
    event = _event(typed)
    first, last = absences.days_of(event, plan.round, desk().today)
    return {
        "entered": absences.is_entered(db.session(), desk(), plan.round, event),
        "name": _name(plan, typed["person"]),
        "first": first,
        "last": last,
        "fields": {name: text for name, text in typed.items() if text},
    }


def _form(plan: Plan, typed: Mapping[str, str], faults: Mapping[str, str]) -> str:
    people = {one.code: person_name(one) for row in plan.placed for one in row.people}
    # Who was asked about stays chosen, also without a talk in this version.
    asked_for = plan_view.load_people(db.session(), {typed["person"]} - {""})
    people |= {code: person_name(one) for code, one in asked_for.items()}
    rooms = {
        venue_id(row.request.venue.id): f"{row.request.venue.name}, {row.request.venue.address}"
        for row in plan.placed
        if row.request.venue is not None
    }
    return render_template(
        "coordinator/planning/repair_form.html",
        plan=plan,
        round=plan.round,
        typed=typed,
        faults=told(faults),
        movable=may_change(db.session(), plan.proposal),
        people_choices=sorted(people.items(), key=lambda row: row[1]),
        talk_choices=[
            (row.code, f"{request_name(row.code, plan.requests)}, {day(row.start.date())}")
            for row in plan.placed
            if not row.agreed
        ],
        room_choices=sorted(rooms.items(), key=lambda row: row[1]),
        late_choices=_without_place(plan),
    )


def _without_place(plan: Plan) -> list[tuple[str, str]]:
    """Complete requests that this version has no evening for, also those that came after it."""
    waiting = [row for row in load_requests(db.session()) if not missing_parts(row)]
    known = {row.code: row for row in waiting if plan.placed_of(row.code) is None}
    return [(code, f"{request_name(code, known)} ({code})") for code in known]


def _faults(round_id: int, typed: Mapping[str, str]) -> dict[str, str]:
    """Of what was typed, or else of days that cannot be entered with the person's times."""
    found = _faults_as_typed(typed)
    if typed["kind"] == "absence" and not found:
        planning_round = find_round(db.session(), round_id)
        # Of people whom nobody knows, the worker says that they do not fit the plan.
        with suppress(NotFound):
            found = _on_page(
                absences.faults_of(db.session(), desk(), planning_round, _event(typed))
            )
    return found


def _faults_as_typed(typed: Mapping[str, str]) -> dict[str, str]:
    field, fault = NEEDED[typed["kind"]]
    found = {} if typed[field] else {field: fault}
    for name in ("first", "last"):
        if typed[name] and read_day(typed[name]) is None:
            found[name] = N_("Please give a day. Example: 19.01.2027.")
    first, last = read_day(typed["first"]), read_day(typed["last"])
    if first is not None and last is not None and last < first:
        found["last"] = N_("The last day must not be before the first one.")
    elif last is not None and last < desk().today:
        found["last"] = N_("This day is over. Please choose a day to come.")
    elif last is not None and last - (first or desk().today) > LONGEST:
        found["last"] = N_("Last day: please give a day within one year of the first one.")
    return found


def _on_page(faults: Mapping[str, str]) -> dict[str, str]:
    """By the names that the fields of an event have on the page."""
    return {DAYS.get(name, name): fault for name, fault in faults.items()}


def _event(typed: Mapping[str, str]) -> dict[str, Any]:
    """As `matchmaker/repair@1` has it."""
    event: dict[str, Any] = {"kind": typed["kind"]}
    event |= {name: typed[name] for name in FIELDS[typed["kind"]] if typed[name]}
    if typed["kind"] in WITH_DAYS:
        for name, field in DAYS.items():
            found = read_day(typed[field])
            event[name] = None if found is None else found.isoformat()
    return event


def _event_of(question_id: int) -> Mapping[str, Any]:
    event: Mapping[str, Any] = db.session.get_one(PlanQuestion, question_id).arguments["event"]
    return event


def _typed(event: Mapping[str, Any]) -> dict[str, str]:
    """An event as it was typed."""
    given = {DAYS.get(name, name): text or "" for name, text in event.items()}
    return dict.fromkeys(TYPED, "") | given


def _happened(plan: Plan, typed: Mapping[str, str]) -> str:
    """The event as a heading."""
    name = _name(plan, typed["person"])
    asked_for = plan_view.load_requests(db.session(), {typed["request"]} - {""})
    request_ = request_name(typed["request"], asked_for) if typed["request"] else ""
    texts = {
        "absence": _("%(name)s is away%(days)s", name=name, days=_days(typed)),
        "decline": _("%(name)s does not come to %(request)s", name=name, request=request_),
        "cancellation": _("%(request)s is cancelled", request=request_),
        "late_request": _("%(request)s is to get a place", request=request_),
        "venue_loss": _("A room cannot be used%(days)s", days=_days(typed)),
    }
    return texts.get(typed["kind"], "")


def _name(plan: Plan, code: str) -> str:
    """Also of somebody who has no talk in this version any more."""
    known = plan.people if code in plan.people else plan_view.load_people(db.session(), {code})
    return known[code].name if code in known else code


def _days(typed: Mapping[str, str]) -> str:
    """` from … to …`, or nothing for always."""
    first, last = read_day(typed["first"]), read_day(typed["last"])
    if first and last:
        return " " + _("from %(first)s to %(last)s", first=day(first), last=day(last))
    if first:
        return " " + _("from %(first)s on", first=day(first))
    return " " + _("until %(last)s", last=day(last)) if last else ""
