"""What the comparison measures, and how it compares."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from planning import asked, compared, line, measure
from running import progress, run

from tests.scheduling.golden_cases import GOLDEN


def test_process_is_measured_by_itself() -> None:
    ran = run([sys.executable, "-c", "len(b'x' * 300_000_000)"], 30)
    assert ran.status == 0
    assert 280 < ran.memory < 400


def test_process_that_does_not_end_is_ended() -> None:
    assert run([sys.executable, "-c", "while True: pass"], 0.5).status == -9


def test_progress_is_found_among_other_lines() -> None:
    one = {"served": 1, "best": 10, "bound": None, "seconds": 0.1, "phase": "listing"}
    assert progress(f"a warning\n{json.dumps(one)}\n3\n") == [one]


@pytest.mark.parametrize("who", ["matchmaker", "greedy"])
def test_real_command_is_measured_and_judged(who: str, tmp_path: Path) -> None:
    case = GOLDEN["basic"]
    problem = tmp_path / "problem.json"
    problem.write_text(json.dumps(case["problem"]), "utf-8")
    row = measure(who, problem, 5, 1)
    assert (row["exit"], row["right"], row["total"]) == (0, True, case["optimum"])
    assert bool(row.get("progress")) == (who == "matchmaker")


def test_refused_problem_is_reported_with_its_fault(tmp_path: Path) -> None:
    problem = tmp_path / "problem.json"
    problem.write_text("{}", "utf-8")
    row = {"problem": "S fresh 1"} | measure("matchmaker", problem, 5, 1)
    assert row["exit"] == 2
    assert "no answer" in line(row)


def answer(who: str, total: int, bound: int | None, **more: Any) -> dict[str, Any]:
    return {"who": who, "total": total, "bound": bound, "right": True, "seconds": 2.0, **more}


def test_gap_is_to_the_best_bound_that_anybody_proved() -> None:
    rows = [answer("matchmaker", 990, 1010), answer("greedy", 900, None, seconds=1.0)]
    rows.append(answer("highs", 950, 1000))
    compared(rows)
    assert [row["gap"] for row in rows] == [1.0, 10.0, 5.0]
    assert [row["ratio"] for row in rows] == [1.0, 0.5, 1.0]


def test_wrong_proposal_neither_sets_the_bound_nor_gets_a_gap() -> None:
    rows = [answer("matchmaker", 990, 1000), answer("greedy", 900, 910, right=False)]
    compared(rows)
    assert rows[0]["best_bound"] == 1000
    assert "gap" not in rows[1]


def test_large_problems_are_left_to_peers_that_can_hold_them() -> None:
    assert asked("XL", None) == ["matchmaker", "greedy"]
    assert asked("XL", ["highs"]) == ["matchmaker", "highs"]
    assert asked("S", []) == ["matchmaker"]
