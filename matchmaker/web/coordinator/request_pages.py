"""One request of a plan: why it lies there, and everything that a coordinator can do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from flask import flash, redirect, render_template, request, url_for
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
from matchmaker.services.planning.plan_view import Open, Placed, Plan, load_requests
from matchmaker.services.planning.proposals import find_proposal
from matchmaker.services.planning.reason_names import names_for
from matchmaker.services.planning.repairs import talks_of
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
from matchmaker.web.coordinator.room import READERS, WRITERS, Page, may_write, told
from matchmaker.web.db import db
from matchmaker.web.plan_words import rule_name
from matchmaker.web.texts import _

PATH = "/<int:number>/anfrage/<code>"


@blueprint.get(PATH)
@for_roles(*READERS)
def request_page(round_id: int, number: int, code: str) -> str:
    proposal = find_proposal(db.session(), round_id, number)
    making_way = _making_way(proposal, code)
    reply = _reply(proposal, code, making_way, wait=plan_answers.WAIT_SECONDS)
    return _page(_sheet(plan_of(round_id, number), code, making_way), reply=reply)


@blueprint.get(f"{PATH}/antwort")
@for_roles(*READERS)
def request_answer(round_id: int, number: int, code: str) -> str:
    """The part of the page that is fetched until the worker has answered."""
    proposal = find_proposal(db.session(), round_id, number)
    making_way = _making_way(proposal, code)
    reply = _reply(proposal, code, making_way, wait=0)
    waiting = plan_answers.without_answer(reply)
    if waiting is not None:
        return waiting
    sheet = _sheet(plan_of(round_id, number), code, making_way)
    return render_template(
        "coordinator/planning/_explained.html", **_explained(sheet, _prepared(sheet), reply)
    )


@blueprint.post(f"{PATH}/verschieben")
@for_roles(*WRITERS)
def move(round_id: int, number: int, code: str) -> Page:
    """Put the request on an evening; with `insist` also against a rule, for a reason."""
    plan = plan_of(round_id, number)
    _require_asked(plan, code)
    gone = _making_way(plan.proposal, code)
    typed = move_form.from_request(request.form)
    faults = typed.faults(plan.round.first_day, plan.round.last_day)
    if faults:
        return _page(_sheet(plan, code, gone), typed, faults), 422
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
        sheet = _sheet(plan_of(round_id, number), code, gone)
        return _page(sheet, typed, breaches=broken.breaches), 422
    except Invalid as invalid:
        db.session.rollback()
        sheet = _sheet(plan_of(round_id, number), code, gone)
        # The rules that it breaks are shown beside the missing reason.
        breaches = sheet.bench.breaches(assignment) if sheet.bench else ()
        return _page(sheet, typed, invalid.fields, breaches), 422
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """A request of a version beside the plan, without those that make way for it.

    `people` can be chosen for it. Where nothing can be changed, `bench` is None and they are none.
    """

    plan: Plan
    asked: Request
    making_way: tuple[str, ...]
    bench: Workbench | None
    people: Mapping[str, Person]

    @property
    def code(self) -> str:
        return self.asked.code

    @property
    def placed(self) -> Placed | None:
        return self.plan.placed_of(self.code)

    @property
    def named(self) -> Mapping[str, Person]:
        """Everybody whom the page may speak of."""
        return {**self.plan.people, **self.people}

    @property
    def move_url(self) -> str:
        way: dict[str, Any] = {move_form.WAY: ",".join(self.making_way)} if self.making_way else {}
        number, round_id = self.plan.proposal.number, self.plan.round.id
        return url_for(".move", round_id=round_id, number=number, code=self.code, **way)


def _sheet(plan: Plan, code: str, making_way: tuple[str, ...]) -> _Sheet:
    asked = _require_asked(plan, code)
    bench = open_workbench(db.session(), desk(), plan, code, making_way)
    return _Sheet(
        plan=plan,
        asked=asked,
        making_way=making_way if bench else (),
        bench=bench,
        people=planned_people(db.session()) if bench else {},
    )


def _making_way(proposal: Proposal, code: str) -> tuple[str, ...]:
    """Which requests lose their evenings for this one, as the address says.

    An approved talk does not: it is changed where it stands. For who only reads, nothing does.
    """
    named = move_form.making_way(request.args, proposal, code) if may_write() else ()
    agreed = talks_of(db.session(), named) if named else {}
    return tuple(one for one in named if one not in agreed)


def _question(proposal: Proposal, code: str, making_way: tuple[str, ...]) -> Asked:
    """Without those that make way, if there are any."""
    without = {"without": list(making_way)} if making_way else {}
    return Asked(proposal, QuestionKind.EXPLAIN, {"request": code, **without})


def _reply(
    proposal: Proposal, code: str, making_way: tuple[str, ...], *, wait: float
) -> Reply | None:
    """What the worker says of the request; None where nothing can be changed anyway."""
    entries = (*proposal.content["assignments"], *proposal.content["unassigned"])
    if code not in {row["request"] for row in entries} or not may_change(db.session(), proposal):
        return None
    return _question(proposal, code, making_way).reply(wait=wait)


def _page(
    sheet: _Sheet,
    typed: move_form.Typed | None = None,
    faults: Mapping[str, str] = MappingProxyType({}),
    breaches: Sequence[Breach] = (),
    *,
    reply: Reply | None = None,
) -> str:
    plan, bench, placed = sheet.plan, sheet.bench, sheet.placed
    ready = _prepared(sheet) if typed is None else None
    named = {one for breach in breaches for one in breach.requests}
    if reply is None and bench is not None:
        reply = _question(plan.proposal, sheet.code, sheet.making_way).known()
    return render_template(
        "coordinator/planning/request.html",
        decisions=plan.decisions_of(sheet.code),
        why=placement_words.why(bench, placed, plan) if bench and placed else [],
        faults=told(faults),
        breaches=breaches,
        taking_out=move_form.OUT in request.args,
        final=any(is_final(breach) for breach in breaches),
        requests={**plan.requests, **load_requests(db.session(), named - set(plan.requests))},
        **_form(sheet, typed or _filled(sheet, ready), ready),
        **_explained(sheet, ready, reply),
    )


def _form(sheet: _Sheet, typed: move_form.Typed, ready: Assignment | None) -> dict[str, Any]:
    """The form for an evening of one’s own choice, and what it offers."""
    bench, people = sheet.bench, sheet.people
    return {
        "typed": typed,
        "prepared": "day" in request.args,
        "ready": placement_words.team_words(ready, sheet.named) if ready else "",
        "people": sheet.named,
        "speaker_choices": _choices(people, sheet.asked, Role.SPEAKER) if bench else {},
        "interpreter_choices": _choices(people, sheet.asked, Role.INTERPRETER) if bench else {},
        "language_tags": [spoken(tag) for tag in bench.request.languages] if bench else [],
    }


def _filled(sheet: _Sheet, ready: Assignment | None) -> move_form.Typed:
    """The form as a link has filled it in, otherwise with where the request lies now."""
    typed = move_form.from_link(request.args)
    if typed is not None:
        return typed
    if ready is not None:
        return move_form.of_assignment(ready)
    placed = sheet.placed
    typed = move_form.of_assignment(placed.assignment) if placed else _blank(sheet.asked)
    return move_form.prepared(typed, request.args, sheet.people)


def _explained(sheet: _Sheet, ready: Assignment | None, reply: Reply | None) -> dict[str, Any]:
    """What the worker's answer adds to the page, or that it is still to come."""
    plan, bench = sheet.plan, sheet.bench
    waiting = plan.open_of(sheet.code)
    reply = reply if bench is not None else None
    told_by = reply.answer if reply is not None else None
    options: list[placement_words.Option] = []
    if told_by is not None and bench is not None:
        options = placement_words.options(told_by["alternatives"], bench, sheet.named)
        if waiting is not None and told_by["talk"] is None:
            reasons = tuple(told_by["reasons"])
            waiting = replace(waiting, reasons=reasons, detail=told_by["detail"])
    gain = told_by["gain"] if told_by is not None and told_by["talk"] else None
    return {
        "plan": plan,
        "round": plan.round,
        "asked": sheet.asked,
        "bench": bench,
        "making_way": sheet.making_way,
        "move_url": sheet.move_url,
        "reply": reply,
        "answer_url": reply.address(".request_answer") if reply else "",
        "placed": sheet.placed,
        "waiting": waiting,
        "reason": _reason_of(plan, waiting, fits=bool(options)) if waiting else None,
        "parts": placement_words.point_rows(gain) if gain else [],
        "total": placement_words.written(gain["total"]) if gain else "",
        "options": options,
        "set_aside": _broken(sheet, ready) if not options else [],
    }


def _broken(sheet: _Sheet, ready: Assignment | None) -> list[str]:
    """The rules that the prepared evening breaks, in words."""
    if sheet.bench is None or ready is None:
        return []
    breaches = sheet.bench.breaches(ready)
    return list(dict.fromkeys(rule_name(breach.code) for breach in breaches))


def _reason_of(plan: Plan, waiting: Open, *, fits: bool) -> dict[str, Any]:
    item = reason_item(waiting, plan, names_for(db.session(), plan, (waiting,)))
    if fits and not waiting.reasons:
        item |= {"text": _("It fits the plan as it is now: choose a place below."), "label": ""}
    return item


def _prepared(sheet: _Sheet) -> Assignment | None:
    """The evening that a link speaks of with language and people, as the judge likes it best.

    None where the link names the people too, or nothing that can be.
    """
    bench, days = sheet.bench, sheet.plan.round
    start, person = move_form.moment_of(request.args), request.args.get("person", "")
    if bench is None or start is None or (person and person not in sheet.people):
        return None
    if move_form.from_link(request.args) or not days.first_day <= start.date() <= days.last_day:
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
