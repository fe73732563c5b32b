"""`matchmaker/repair@1`: what `matchmaker repair` writes (see `docs/planning-problem.md`)."""

from __future__ import annotations

from datetime import date
from typing import Any

from matchmaker.scheduling.events import Absence, Event, VenueLoss
from matchmaker.scheduling.formats.encode import encoded
from matchmaker.scheduling.formats.explanation import points_to_json
from matchmaker.scheduling.problem import Days
from matchmaker.scheduling.repairing import Option, Repair

REPAIR = "matchmaker/repair@1"
KINDS = {
    "Decline": "decline",
    "Absence": "absence",
    "Cancellation": "cancellation",
    "VenueLoss": "venue_loss",
    "LateRequest": "late_request",
}


def repair_to_json(repair: Repair) -> dict[str, Any]:
    return {
        "format": REPAIR,
        "event": _event_to_json(repair.event),
        "lost": list(repair.lost),
        "options": [_option_to_json(row) for row in repair.options],
    }


def _event_to_json(event: Event) -> dict[str, Any]:
    entries = {"kind": KINDS[type(event).__name__], **encoded(event)}
    if isinstance(event, Absence | VenueLoss):
        del entries["days"]
        entries |= _days_to_json(event.days)
    return entries


def _days_to_json(days: Days | None) -> dict[str, Any]:
    """`null`: from the beginning, to the end."""
    first, last = days or (date.min, date.max)
    return {
        "from": None if first == date.min else encoded(first),
        "to": None if last == date.max else encoded(last),
    }


def _option_to_json(row: Option) -> dict[str, Any]:
    return {
        "changes": encoded(row.changes),
        "others_moved": len(row.moved),
        "moved": list(row.moved),
        "left_out": list(row.left_out),
        "gained": list(row.gained),
        "difference": points_to_json(row.difference),
        "proof": {
            "others_moved": row.proof.moved,
            "around": list(row.proof.around),
            "limit": row.proof.limit,
            "best": row.difference.total == row.proof.limit,
        },
    }
