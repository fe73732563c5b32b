"""The solver against trying everything, on problems where much is possible."""

from __future__ import annotations

from collections import Counter

import pytest

from matchmaker.scheduling.solving import solve
from tests.drills.everything import faults, features
from tests.scheduling.solving.wide import wide_problem


@pytest.mark.parametrize("block", range(5))
def test_solve_of_wide_problems_is_never_wrong(block: int) -> None:
    for seed in range(40 * block, 40 * (block + 1)):
        assert (seed, list(faults(wide_problem(seed), seed))) == (seed, [])


def test_wide_problems_make_use_of_everything() -> None:
    seen: Counter[str] = Counter()
    for seed in range(200):
        problem = wide_problem(seed)
        seen.update(features(problem, solve(problem, threads=1)))
    for name in (
        "4 talks",
        "3 speakers",
        "2 interpreters",
        "3 interpreters",
        "a person's day with several talks",
        "a shared room",
        "a talk up to midnight",
        "fixed talks",
        "published talks",
        "grid of 1 minutes",
    ):
        assert (name, seen[name] > 0) == (name, True)
