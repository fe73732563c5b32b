"""Why a request is open and what would help, as a card shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from matchmaker.services.planning.plan_view import Open, Plan
from matchmaker.services.planning.reason_names import Names
from matchmaker.services.planning.reasons import telling
from matchmaker.web.coordinator.plan_room import request_url
from matchmaker.web.coordinator.remedy_actions import actions
from matchmaker.web.plan_words import (
    left_out_text,
    reason_text,
    request_name,
    rule_name,
    topic_name,
)
from matchmaker.web.remedy_words import remedy_text, requests_text
from matchmaker.web.texts import _, ngettext

COMPETITION = "competition"

COMBINED = "combination"
"""Several rules together: named only where no single one is to blame."""

MOST_REMEDIES = 3


def reason_item(row: Open, plan: Plan, names: Names) -> dict[str, Any]:
    """An entry for the macro `reasons`."""
    causes = [code for code in telling(row.reasons) if code != COMBINED] or list(row.reasons[:1])
    text = reason_text(causes[0]) if causes else ""
    if row.left_out:
        text = left_out_text(row.left_out, row.missing)
    return {
        "title": f"{request_name(row.code, plan.requests)}: {topic_name(row.request)}",
        "label": _("Left out") if row.left_out else ", ".join(rule_name(code) for code in causes),
        "tone": "neutral" if row.left_out else "attention",
        "text": text or _("Nothing is known yet about why. “Plan again” finds it out."),
        "url": request_url(plan.round.id, plan.proposal.number, row.code),
        "remedies": list(_remedies(row, plan, names)),
    }


def _remedies(row: Open, plan: Plan, names: Names) -> Iterator[dict[str, Any]]:
    """The cheapest way out of each reason, then further ones, three in all."""
    listed = [(code, list(row.detail.get(code, ()))) for code in row.reasons]
    deepest = max((len(ways) for _code, ways in listed), default=0)
    ordered = [
        (code, ways[nth]) for nth in range(deepest) for code, ways in listed if nth < len(ways)
    ]
    single = [pair for pair in ordered if pair[0] != COMBINED] or ordered
    beside = row.detail.get("competes_with", []) if COMPETITION not in row.reasons else []
    for code, way in single[:MOST_REMEDIES]:
        rivals = way.get("competes_with", []) if code == COMPETITION else beside
        texts = [remedy_text(code, way, row, names), *_of_rivals(code, rivals, names)]
        yield {
            "text": " ".join(texts),
            "verified": True,
            "actions": actions(code, way, row, plan, names=names, rivals=rivals),
        }


def _of_rivals(code: str, rivals: Sequence[str], names: Names) -> Iterator[str]:
    """Who has to make way as well, and who of them is approved already."""
    if rivals and code not in {COMPETITION, COMBINED}:
        yield ngettext(
            "And %(requests)s would have to make way.",
            "And %(requests)s would have to make way.",
            len(rivals),
            requests=requests_text(rivals, names),
        )
    agreed = [one for one in rivals if one in names.talks]
    if agreed:
        yield ngettext(
            "%(requests)s is approved: first its talk would have to change, under “Talks”.",
            "%(requests)s are approved: first their talks would have to change, under “Talks”.",
            len(agreed),
            requests=requests_text(agreed, names),
        )
