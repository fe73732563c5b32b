"""Random plans that obey every rule, made without the solver."""

from __future__ import annotations

from random import Random

from matchmaker.scheduling.problem import Assignment, Problem
from tests.scheduling.solving.brute import candidates, fit_together


def random_plan(problem: Problem, seed: int) -> list[Assignment]:
    """The fixed talks and some others beside them, in random places; for tiny problems."""
    random = Random(seed)
    fixed = {row.request for row in problem.fixed}
    free = [row for row in problem.requests if row.id not in fixed]
    talks = list(problem.fixed)
    for request in random.sample(free, len(free)):
        places = candidates(problem, request)
        for talk in random.sample(places, min(len(places), 5)):
            if fit_together(problem, talks, talk):
                talks.append(talk)
                break
    return talks
