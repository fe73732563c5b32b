"""Plans that are allowed but not the best, drawn by a seed: what questions are asked about."""

from __future__ import annotations

from random import Random

from matchmaker.scheduling.problem import Assignment, Problem
from tests.scheduling.solving.brute import candidates, fit_together

MOST_TRIED = 200


def some_plan(problem: Problem, seed: int, share: float = 0.8) -> list[Assignment]:
    """The fixed talks, and for a share of the other requests any talk that fits beside them."""
    random = Random(seed)
    plan = list(problem.fixed)
    for request in random.sample(problem.requests, len(problem.requests)):
        if all(talk.request != request.id for talk in plan) and random.random() < share:
            talks = candidates(problem, request)
            random.shuffle(talks)
            tried = talks[:MOST_TRIED]
            plan += [talk for talk in tried if fit_together(problem, plan, talk)][:1]
    return plan
