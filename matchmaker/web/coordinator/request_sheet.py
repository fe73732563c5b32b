"""What the page of a request shows: where it lies and could lie, and the form for that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import request, url_for

from matchmaker.i18n import N_
from matchmaker.models import Person, Request
from matchmaker.models.states import Role
from matchmaker.scheduling.problem import Assignment
from matchmaker.services.errors import NotFound
from matchmaker.services.planning.plan_view import Open, Placed, Plan
from matchmaker.services.planning.reason_names import names_for
from matchmaker.services.planning.request_view import Workbench, open_workbench, planned_people
from matchmaker.services.problems.aliases import spoken
from matchmaker.web.context import desk
from matchmaker.web.coordinator import move_form, placement_words
from matchmaker.web.coordinator.plan_answers import Reply
from matchmaker.web.coordinator.reason_words import reason_item
from matchmaker.web.db import db
from matchmaker.web.plan_words import rule_name
from matchmaker.web.texts import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
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


def open_sheet(plan: Plan, code: str, making_way: tuple[str, ...]) -> Sheet:
    asked = require_asked(plan, code)
    bench = open_workbench(db.session(), desk(), plan, code, making_way)
    return Sheet(
        plan=plan,
        asked=asked,
        making_way=making_way if bench else (),
        bench=bench,
        people=planned_people(db.session()) if bench else {},
    )


def require_asked(plan: Plan, code: str) -> Request:
    asked = plan.requests.get(code)
    if asked is None:
        raise NotFound(N_("This request is not part of this plan."))
    return asked


def form_facts(sheet: Sheet, typed: move_form.Typed, ready: Assignment | None) -> dict[str, Any]:
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


def filled(sheet: Sheet, ready: Assignment | None) -> move_form.Typed:
    """The form as a link has filled it in, otherwise with where the request lies now."""
    typed = move_form.from_link(request.args)
    if typed is not None:
        return typed
    if ready is not None:
        return move_form.of_assignment(ready)
    placed = sheet.placed
    typed = move_form.of_assignment(placed.assignment) if placed else _blank(sheet.asked)
    return move_form.prepared(typed, request.args, sheet.people)


def explained(sheet: Sheet, ready: Assignment | None, reply: Reply | None) -> dict[str, Any]:
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


def _broken(sheet: Sheet, ready: Assignment | None) -> list[str]:
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


def prepared(sheet: Sheet) -> Assignment | None:
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
