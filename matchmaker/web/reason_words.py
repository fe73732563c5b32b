"""Why a request is open and what would help, as a card shows it."""

from __future__ import annotations

from typing import Any

from flask import url_for

from matchmaker.services.plan_view import Open, Plan
from matchmaker.web.plan_words import (
    left_out_text,
    reason_text,
    request_name,
    rule_name,
)
from matchmaker.web.texts import _


def reason_item(row: Open, plan: Plan) -> dict[str, Any]:
    """An entry for the macro `reasons`."""
    first = row.reasons[0] if row.reasons else ""
    return {
        "title": request_name(row.code, plan.requests),
        "label": _("Left out") if row.left_out else (rule_name(first) if first else ""),
        "tone": "neutral" if row.left_out else "attention",
        "text": left_out_text(row.left_out, row.missing) if row.left_out else reason_text(first),
        "url": url_for(
            "coordinator_proposals.request_page",
            round_id=plan.round.id,
            number=plan.proposal.number,
            code=row.code,
        ),
        "remedies": [],
    }
