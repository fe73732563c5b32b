"""The drills of the planning commands, small."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.drills import interruption, repeatability
from tests.scheduling.golden_cases import DEMO_PROBLEM


@pytest.mark.slow
def test_solve_repeats_in_fresh_processes_and_under_load() -> None:
    seen = repeatability.drill(DEMO_PROBLEM, runs=3, threads=2)
    assert list(seen.values()) == [3]


@pytest.mark.slow
@pytest.mark.parametrize("sign", interruption.SIGNALS)
@pytest.mark.parametrize("after", [0.0, 0.4, 0.9])
def test_solve_ended_by_a_signal_leaves_a_whole_file(sign: signal.Signals, after: float) -> None:
    ended = interruption.interrupted(DEMO_PROBLEM, after, sign)
    assert list(interruption.faults(ended, sign)) == []


@pytest.mark.slow
def test_solve_with_a_short_limit_still_writes_a_right_proposal(tmp_path: Path) -> None:
    out = tmp_path / "proposal.json"
    process = interruption.solving(DEMO_PROBLEM, out, 0.05)
    assert process.wait() == 0
    assert interruption.left_in(out, interruption.load_problem(str(DEMO_PROBLEM))) == "new"
