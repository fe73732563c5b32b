"""A plan in figures, and two plans side by side."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from matchmaker.scheduling.problem import Assignment
from matchmaker.services.planning.plan_view import Plan, changes
from matchmaker.services.problems.plan_rows import score_of
from matchmaker.services.times.calendar_days import school_names
from matchmaker.web import context
from matchmaker.web.coordinator.placement_words import parts
from matchmaker.web.i18n import when
from matchmaker.web.plan_words import person_name, request_name
from matchmaker.web.texts import _, ngettext


def figures(plan: Plan) -> list[dict[str, Any]]:
    """The four figures that say what a plan is worth."""
    placed = len(plan.placed)
    shown: list[dict[str, Any]] = [
        {"value": f"{placed} / {plan.asked}", "label": _("requests met")},
        {
            "value": f"{plan.hosts_served} / {plan.hosts}",
            "label": _("associations with at least one talk"),
        },
        {"value": _in_wish_language(plan), "label": _("in the wished language, not interpreted")},
        {"value": _in_school_holidays(plan), "label": _("in the school holidays")},
    ]
    if plan.before is not None:
        changed = len(changes(plan.before, plan.proposal))
        label = ngettext(
            "change from version %(number)s",
            "changes from version %(number)s",
            changed,
            number=plan.before.number,
        )
        shown.append({"value": changed, "label": label})
    return shown


def side_by_side(before: Plan, plan: Plan) -> list[tuple[str, Any, Any]]:
    """Label and figure of both plans; points of all parts that either has."""
    rows = [
        (_("Talks placed"), len(before.placed), len(plan.placed)),
        (_("Requests open"), len(before.open), len(plan.open)),
        (_("Associations with at least one talk"), before.hosts_served, plan.hosts_served),
        (
            _("In the wished language, not interpreted"),
            _in_wish_language(before),
            _in_wish_language(plan),
        ),
        (_("With interpreting"), _interpreted(before), _interpreted(plan)),
        (_("In the school holidays"), _in_school_holidays(before), _in_school_holidays(plan)),
        (_("Most talks of one person"), _highest_load(before), _highest_load(plan)),
    ]
    points_before = dict(parts(score_of(before.proposal)))
    points_now = dict(parts(score_of(plan.proposal)))
    names = dict.fromkeys([*points_before, *points_now])
    rows += [
        (_("Points: %(part)s", part=name), points_before.get(name, 0), points_now.get(name, 0))
        for name in names
    ]
    return [*rows, (_("Points together"), before.proposal.total, plan.proposal.total)]


def change_rows(before: Plan, plan: Plan) -> list[dict[str, str]]:
    """Every request that differs, for the macro `change_list`."""
    requests = {**before.requests, **plan.requests}
    people = {**before.people, **plan.people}

    def side(row: Assignment | None) -> str:
        if row is None:
            return ""
        end = row.start + timedelta(minutes=requests[row.request].minutes)
        names = ", ".join(person_name(people[code]) for code in row.people if code in people)
        return f"{when(row.start, end)} · {names}"

    return [
        {"label": request_name(code, requests), "before": side(was), "after": side(now)}
        for code, was, now in changes(before.proposal, plan.proposal)
        if code in requests
    ]


def _in_wish_language(plan: Plan) -> int:
    return sum(row.in_wish_language for row in plan.placed)


def _interpreted(plan: Plan) -> int:
    return sum(bool(row.interpreters) for row in plan.placed)


def _in_school_holidays(plan: Plan) -> int:
    rules = context.rules()
    days = school_names(plan.round.first_day, plan.round.last_day, rules.subdivision)
    return sum(row.start.date() in days for row in plan.placed)


def _highest_load(plan: Plan) -> int:
    return max(plan.load.values(), default=0)
