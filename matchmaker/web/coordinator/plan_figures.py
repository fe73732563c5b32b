"""A plan in figures: how many talks of which kind, and how evenly they are spread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matchmaker.services.planning.comparison import fairness_figures
from matchmaker.services.planning.plan_view import Plan, changes
from matchmaker.services.times.calendar_days import school_names
from matchmaker.web import context
from matchmaker.web.texts import _, ngettext, number


def figures(plan: Plan) -> list[dict[str, Any]]:
    """The four figures that say what a plan is worth."""
    placed, hosts = len(plan.placed), _hosts(plan)
    shown: list[dict[str, Any]] = [
        {"value": f"{placed} / {plan.asked}", "label": _("requests met")},
        {
            "value": f"{hosts['with_talk']} / {hosts['counted']}",
            "label": _("associations with at least one talk"),
            "detail": _("of all with a request that went into the plan"),
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


def fairness_rows(figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    """How the talks are spread, one row a group, for the macro `share_chart`."""
    return [
        {
            "label": label,
            "with_talk": figures[group]["with_talk"],
            "counted": figures[group]["counted"],
            "in_plan": _spread(figures[group]["in_plan"]),
            "with_past": _spread(figures[group]["with_past"]),
        }
        for group, label in (
            ("organisations", _("Associations")),
            ("speakers", _("Speakers")),
            ("interpreters", _("Interpreters")),
        )
        if figures[group]["counted"]
    ]


def _spread(figures: Mapping[str, float]) -> list[str]:
    """Fewest, average, most, unevenness."""
    names = ("minimum", "mean", "maximum", "gini")
    return [number(round(figures[name], 2)) for name in names]


def talks_side_by_side(before: Plan, plan: Plan) -> list[tuple[str, Any, Any]]:
    """Label and figure of both plans, as far as they count talks."""
    return [
        (_("Talks placed"), len(before.placed), len(plan.placed)),
        (_("Requests open"), len(before.open), len(plan.open)),
        (
            _("Associations with at least one talk"),
            _hosts(before)["with_talk"],
            _hosts(plan)["with_talk"],
        ),
        (
            _("In the wished language, not interpreted"),
            _in_wish_language(before),
            _in_wish_language(plan),
        ),
        (_("With interpreting"), _interpreted(before), _interpreted(plan)),
        (_("In the school holidays"), _in_school_holidays(before), _in_school_holidays(plan)),
        (_("Most talks of one person"), _highest_load(before), _highest_load(plan)),
    ]


def _hosts(plan: Plan) -> Mapping[str, Any]:
    """Counted like everything that says how evenly the talks are spread."""
    hosts: Mapping[str, Any] = fairness_figures(plan.proposal)["organisations"]
    return hosts


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
