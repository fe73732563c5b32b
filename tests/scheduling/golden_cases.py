"""The golden problems: tiny, with a proven optimum and plans of known faults."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
GOLDEN: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text("utf-8")) for path in sorted(HERE.glob("golden/*.json"))
}
DEMO_PROBLEM = HERE / "demo_problem.json"


def proposal_json(case: dict[str, Any], plan: dict[str, Any]) -> dict[str, Any]:
    """A plan of a golden case as a proposal that states its figures truthfully."""
    placed = {row["request"] for row in plan["assignments"]}
    rest = [row["id"] for row in case["problem"]["requests"] if row["id"] not in placed]
    return {
        "format": "matchmaker/proposal@1",
        "status": "optimal" if plan["score"]["total"] == case["optimum"] else "feasible",
        "assignments": plan["assignments"],
        "unassigned": [{"request": name} for name in rest],
        "score": plan["score"],
        "bound": case["optimum"],
        "seconds": 0.1,
        "seed": 0,
    }
