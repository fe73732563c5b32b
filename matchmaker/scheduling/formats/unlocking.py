"""`matchmaker/unlock@1`: what `matchmaker unlock` writes (see `docs/planning-problem.md`)."""

from __future__ import annotations

from typing import Any

from matchmaker.scheduling.formats.encode import encoded
from matchmaker.scheduling.unlocking import Change, Unlocked, Unlocking

UNLOCK = "matchmaker/unlock@1"

_RENAMED = {"start": "from", "end": "to"}


def unlocking_to_json(found: Unlocking) -> dict[str, Any]:
    """Every key is always there; empty lists say that there is nothing."""
    requests, points = found.without
    return {
        "format": UNLOCK,
        "open": list(found.open),
        "without": {"requests": requests, "points": points},
        "proven": found.proven,
        "looked_at": found.looked_at,
        "solved": found.solved,
        "by_requests": [_unlocked_to_json(row) for row in found.by_requests],
        "by_points": [_unlocked_to_json(row) for row in found.by_points],
    }


def _unlocked_to_json(row: Unlocked) -> dict[str, Any]:
    return {**encoded(row), "change": _change_to_json(row.change)}


def _change_to_json(change: Change) -> dict[str, Any]:
    facts = {_RENAMED.get(name, name): value for name, value in encoded(change).items()}
    return {"kind": change.kind, "words": change.words, **facts}
