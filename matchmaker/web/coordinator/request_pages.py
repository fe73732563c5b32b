"""One request of a plan: why it lies there, and everything that a coordinator can do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import flash, redirect, render_template, request
from werkzeug.wrappers import Response

from matchmaker.dates import read_day
from matchmaker.i18n import N_
from matchmaker.models import Person, Proposal, Request
from matchmaker.models.states import QuestionKind, Role
from matchmaker.scheduling.judge import Breach
from matchmaker.scheduling.problem import Assignment
from matchmaker.services.errors import Invalid, NotFound
from matchmaker.services.planning import decisions, edits
from matchmaker.services.planning.judging import RulesBroken, is_final
from matchmaker.services.planning.plan_view import Open, Plan, load_requests
from matchmaker.services.planning.proposals import find_proposal
from matchmaker.services.planning.reason_names import names_for
from matchmaker.services.planning.request_view import (
    Workbench,
    may_change,
    open_workbench,
    planned_people,
)
from matchmaker.services.problems.aliases import spoken
from matchmaker.web.access import for_roles
from matchmaker.web.context import commit, desk
from matchmaker.web.coordinator import move_form, placement_words, plan_answers
from matchmaker.web.coordinator.plan_answers import Asked, Reply
from matchmaker.web.coordinator.plan_room import blueprint, plan_of, plan_url, request_url
from matchmaker.web.coordinator.reason_words import reason_item
from matchmaker.web.coordinator.room import READERS, WRITERS, Page, told
from matchmaker.web.db import db
from matchmaker.web.texts import _

PATH = "/<int:number>/anfrage/<code>"


@blueprint.get(PATH)
@for_roles(*READERS)
def request_page(round_id: int, number: int, code: str) -> str:
    reply = _reply(round_id, number, code, wait=plan_answers.WAIT_SECONDS)
    return _page(plan_of(round_id, number), code, None, {}, reply=reply)


@blueprint.get(f"{PATH}/antwort")
@for_roles(*READERS)
def request_answer(round_id: int, number: int, code: str) -> str:
    """The part of the page that is fetched until the worker has answered."""
    reply = _reply(round_id, number, code, wait=0)
    waiting = plan_answers.without_answer(reply)
    if waiting is not None:
        return waiting
    plan = plan_of(round_id, number)
    asked = _require_asked(plan, code)
    return render_template(
        "coordinator/planning/_explained.html",
        round=plan.round,
        plan=plan,
        asked=asked,
        way_name=move_form.WAY,
        **_explained(plan, code, _bench(plan, code), reply),
    )


@blueprint.post(f"{PATH}/verschieben")
@for_roles(*WRITERS)
def move(round_id: int, number: int, code: str) -> Page:
    """Put the request on an evening; with `insist` also against a rule, for a reason."""
    plan = plan_of(round_id, number)
    _require_asked(plan, code)
    typed = move_form.from_request(request.form)
    faults = typed.faults(plan.round.first_day, plan.round.last_day)
    if faults:
        return _page(plan, code, typed, faults), 422
    override = typed.reason if "insist" in request.form else None
    gone = _making_way(plan.proposal, code)
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
        return _page(plan_of(round_id, number), code, typed, {}, broken.breaches), 422
    except Invalid as invalid:
        db.session.rollback()
        plan = plan_of(round_id, number)
        return _page(plan, code, typed, invalid.fields, _breaches(plan, typed, code)), 422
    commit()
    flash(_("%(request)s is placed and stays fixed there.", request=code), "good")
    if gone:
        flash(_("Open again: %(requests)s.", requests=", ".join(gone)), "info")
    return redirect(plan_url(round_id, made.number), 303)


@blueprint.post(f"{PATH}/entfernen")
@for_roles(*WRITERS)
def remove(round_id: int, number: int, code: str) -> Response:
    made = edits.remove(db.session(), desk(), round_id, code, base=number, reason=_reason())
    commit()
    text = _("%(request)s is taken out of the plan and left out of this round.", request=code)
    flash(text, "good")
    return redirect(plan_url(round_id, made.number), 303)


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


def _require_asked(plan: Plan, code: str) -> Request:
    asked = plan.requests.get(code)
    if asked is None:
        raise NotFound(N_("This request is not part of this plan."))
    return asked


def _breaches(plan: Plan, typed: move_form.Typed, code: str) -> Sequence[Breach]:
    """The rules that the typed placement breaks, to be shown beside the missing reason."""
    bench = _bench(plan, code)
    return () if bench is None else bench.breaches(typed.assignment(code))


def _making_way(proposal: Proposal, code: str) -> tuple[str, ...]:
    """Which requests lose their evenings for this one, as the link or the form says."""
    return move_form.making_way(request.values, proposal, code)


def _bench(plan: Plan, code: str) -> Workbench | None:
    making_way = _making_way(plan.proposal, code)
    return open_workbench(db.session(), desk(), plan, code, making_way)


def _question(proposal: Proposal, code: str) -> Asked:
    """Without those that make way, if there are any."""
    making_way = _making_way(proposal, code)
    without = {"without": list(making_way)} if making_way else {}
    return Asked(proposal, QuestionKind.EXPLAIN, {"request": code, **without})


def _reply(round_id: int, number: int, code: str, *, wait: float) -> Reply | None:
    """What the worker says of the request; None where nothing can be changed anyway."""
    proposal = find_proposal(db.session(), round_id, number)
    entries = (*proposal.content["assignments"], *proposal.content["unassigned"])
    if code not in {row["request"] for row in entries} or not may_change(db.session(), proposal):
        return None
    return _question(proposal, code).reply(wait=wait)


def _page(
    plan: Plan,
    code: str,
    typed: move_form.Typed | None,
    faults: Mapping[str, str],
    breaches: Sequence[Breach] = (),
    *,
    reply: Reply | None = None,
) -> str:
    asked = _require_asked(plan, code)
    placed = plan.placed_of(code)
    bench = _bench(plan, code)
    people = planned_people(db.session()) if bench else {}
    typed = typed or move_form.from_link(request.args)
    ready = _prepared(plan, bench, people) if typed is None else None
    if ready is not None:
        typed = move_form.of_assignment(ready)
    elif typed is None:
        typed = move_form.of_assignment(placed.assignment) if placed else _blank(asked)
        typed = move_form.prepared(typed, request.args, people)
    named = {one for breach in breaches for one in breach.requests}
    persons = {**plan.people, **people}
    if reply is None and bench is not None:
        reply = _question(plan.proposal, code).known()
    return render_template(
        "coordinator/planning/request.html",
        plan=plan,
        round=plan.round,
        asked=asked,
        prepared="day" in request.args,
        ready=placement_words.team_words(ready, persons) if ready else "",
        decisions=plan.decisions_of(code),
        why=placement_words.why(bench, placed, plan) if bench and placed else [],
        typed=typed,
        faults=told(faults),
        breaches=breaches,
        final=any(is_final(breach) for breach in breaches),
        requests={**plan.requests, **load_requests(db.session(), named - set(plan.requests))},
        way_name=move_form.WAY,
        people=persons,
        speaker_choices=_choices(people, asked, Role.SPEAKER) if bench else {},
        interpreter_choices=_choices(people, asked, Role.INTERPRETER) if bench else {},
        language_tags=[spoken(tag) for tag in bench.request.languages] if bench else [],
        **_explained(plan, code, bench, reply, persons),
    )


def _explained(
    plan: Plan,
    code: str,
    bench: Workbench | None,
    reply: Reply | None,
    people: Mapping[str, Person] | None = None,
) -> dict[str, Any]:
    """What the worker's answer adds to the page, or that it is still to come."""
    waiting = plan.open_of(code)
    told_by = reply.answer if reply is not None and bench is not None else None
    options: list[placement_words.Option] = []
    if told_by is not None and bench is not None:
        persons = people or {**plan.people, **planned_people(db.session())}
        options = placement_words.options(told_by["alternatives"], bench, persons)
        if waiting is not None and told_by["talk"] is None:
            reasons = tuple(told_by["reasons"])
            waiting = replace(waiting, reasons=reasons, detail=told_by["detail"])
    gain = told_by["gain"] if told_by is not None and told_by["talk"] else None
    return {
        "bench": bench,
        "making_way": _making_way(plan.proposal, code) if bench is not None else (),
        "reply": reply if bench is not None else None,
        "answer_url": reply.address(".request_answer") if reply else "",
        "placed": plan.placed_of(code),
        "waiting": waiting,
        "reason": _reason_of(plan, waiting, fits=bool(options)) if waiting else None,
        "parts": placement_words.point_rows(gain) if gain else [],
        "total": placement_words.written(gain["total"]) if gain else "",
        "options": options,
    }


def _reason_of(plan: Plan, waiting: Open, *, fits: bool) -> dict[str, Any]:
    item = reason_item(waiting, plan, names_for(db.session(), plan, (waiting,)))
    if fits and not waiting.reasons:
        item |= {"text": _("It fits the plan as it is now: choose a place below."), "label": ""}
    return item


def _prepared(
    plan: Plan, bench: Workbench | None, people: Mapping[str, Person]
) -> Assignment | None:
    """The evening that a link speaks of with language and people, as the judge likes it best."""
    start, person = move_form.moment_of(request.args), request.args.get("person", "")
    if bench is None or start is None or (person and person not in people):
        return None
    if not plan.round.first_day <= start.date() <= plan.round.last_day:
        return None
    row = bench.completed(start, person)
    return None if row is None else replace(row, language=spoken(row.language))


def _blank(asked: Request) -> move_form.Typed:
    tags = [row.language_tag for row in asked.languages]
    return replace(move_form.Typed(), language=tags[0] if tags else "")


def _choices(
    people: Mapping[str, Person], asked: Request, role: Role
) -> dict[str, list[tuple[str, str]]]:
    """Who could be chosen: those who fit first, in groups for the list."""
    topics = {row.topic_code for row in asked.topics}
    tags = {row.language_tag for row in asked.languages}
    fitting: list[tuple[str, str]] = []
    others: list[tuple[str, str]] = []
    for code, person in people.items():
        profile = person.profile
        if profile is None or profile.kind != role:
            continue
        if role is Role.SPEAKER:
            fits = bool(topics & {row.topic_code for row in profile.topics})
        else:
            fits = bool(tags & {row.language_tag for row in profile.languages})
        (fitting if fits else others).append((code, placement_words.choice_name(person)))
    label = _("Knows the topic") if role is Role.SPEAKER else _("Interprets the language")
    return {label: fitting, _("Everybody else"): others}
