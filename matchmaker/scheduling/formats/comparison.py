"""`matchmaker/comparison@1`: what `matchmaker compare` writes (see `docs/planning-problem.md`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from matchmaker.scheduling.compare import Comparison, Place, Points, Side, TalkChange
from matchmaker.scheduling.departures import Departures
from matchmaker.scheduling.formats.encode import encoded
from matchmaker.scheduling.judge import Breach

FORMAT = "matchmaker/comparison@1"


def comparison_to_json(comparison: Comparison) -> dict[str, Any]:
    """Every key is always there; `null` and empty lists say that there is nothing."""
    sides = {"before": comparison.before, "after": comparison.after}
    return {
        "format": FORMAT,
        "served": encoded(comparison.served),
        "score": _points_to_json(comparison.score),
        "fairness": {name: encoded(side.fairness) for name, side in sides.items()},
        "published": {name: _departures_to_json(side.published) for name, side in sides.items()},
        "violations": {name: _violations_to_json(side) for name, side in sides.items()},
        "talks": [_talk_to_json(row) for row in comparison.talks],
    }


def breach_to_json(breach: Breach) -> dict[str, Any]:
    """A broken rule with the ids of everything that is part of it, and an English sentence."""
    return {
        "code": breach.code,
        "requests": list(breach.requests),
        "persons": list(breach.persons),
        "message": breach.message,
    }


def _points_to_json(points: Mapping[str, Points]) -> dict[str, Any]:
    return {name: {**encoded(row), "difference": row.difference} for name, row in points.items()}


def _departures_to_json(row: Departures) -> dict[str, Any]:
    counts = {item.name: len(getattr(row, item.name)) for item in fields(row)}
    return {"counts": counts, **encoded(row)}


def _violations_to_json(side: Side) -> list[dict[str, Any]]:
    return [breach_to_json(row) for row in side.violations]


def _talk_to_json(row: TalkChange) -> dict[str, Any]:
    return {
        "request": row.request,
        "changed": list(row.changed),
        "before": encoded(row.before),
        "after": encoded(row.after),
        "points": _points_to_json(row.points),
        "old_place": _place_to_json(row.old_place),
        "new_place": _place_to_json(row.new_place),
        "made_room_for": list(row.made_room_for),
        "room_made_by": list(row.room_made_by),
    }


def _place_to_json(place: Place | None) -> dict[str, Any] | None:
    if place is None:
        return None
    obstacles = [breach_to_json(row) for row in place.obstacles]
    return {"obstacles": obstacles, "points": place.points}
