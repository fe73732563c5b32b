"""The judge says of every golden plan exactly what it must."""

from __future__ import annotations

from typing import Any

import pytest

from matchmaker.scheduling.formats import read_problem, read_proposal
from matchmaker.scheduling.judge import Verdict, check
from tests.scheduling.golden_cases import GOLDEN, proposal_json

PLANS = [
    pytest.param(case, plan, id=f"{name}-{plan['what']}")
    for name, case in GOLDEN.items()
    for plan in (
        *case["proposals"],
        {
            "what": "optimum",
            "assignments": case["plan"],
            "score": case["score"],
            "codes": [],
            "warnings": None,
        },
    )
]


def points(verdict: Verdict) -> dict[str, int]:
    names = type(verdict.score).__dataclass_fields__
    parts = {name: getattr(verdict.score, name) for name in names}
    return {"total": verdict.score.total, **parts}


@pytest.mark.parametrize(("case", "plan"), PLANS)
def test_check_golden_plan_finds_exactly_its_codes_and_score(
    case: dict[str, Any], plan: dict[str, Any]
) -> None:
    verdict = check(read_problem(case["problem"]), read_proposal(proposal_json(case, plan)))
    assert sorted({breach.code for breach in verdict.violations}) == plan["codes"]
    if plan["warnings"] is not None:
        assert sorted({breach.code for breach in verdict.warnings}) == plan["warnings"]
    assert points(verdict) == plan["score"]
    assert verdict.misstatements == ()
    assert verdict.right == (not plan["codes"])
