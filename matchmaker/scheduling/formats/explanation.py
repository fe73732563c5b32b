"""`matchmaker/explanation@1` and `matchmaker/alternatives@1` (see `docs/planning-problem.md`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matchmaker.scheduling.explanation import Alternative, Explanation, Why
from matchmaker.scheduling.formats.encode import encoded
from matchmaker.scheduling.problem import Assignment
from matchmaker.scheduling.proposal import Score

EXPLANATION = "matchmaker/explanation@1"
ALTERNATIVES = "matchmaker/alternatives@1"


def explanations_to_json(rows: Sequence[Explanation]) -> dict[str, Any]:
    return {"format": EXPLANATION, "requests": [_explanation_to_json(row) for row in rows]}


def alternatives_to_json(
    request_id: str, talk: Assignment | None, found: Sequence[Alternative]
) -> dict[str, Any]:
    """`talk` is the one that the request has in the plan."""
    return {
        "format": ALTERNATIVES,
        "request": request_id,
        "talk": encoded(talk),
        "alternatives": [_alternative_to_json(row) for row in found],
    }


def _explanation_to_json(row: Explanation) -> dict[str, Any]:
    others = [_alternative_to_json(other) for other in row.alternatives]
    if isinstance(row.about, Why):
        return {
            "request": row.about.talk.request,
            "talk": encoded(row.about.talk),
            "fixed": row.about.fixed,
            "gain": points_to_json(row.about.gain),
            "alternatives": others,
        }
    return {"talk": None, **encoded(row.about), "alternatives": others}


def _alternative_to_json(row: Alternative) -> dict[str, Any]:
    return {"talk": encoded(row.talk), "change": points_to_json(row.change)}


def points_to_json(points: Score) -> dict[str, int]:
    return {"total": points.total, **encoded(points)}
