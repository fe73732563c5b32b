"""Plans that are allowed but not the best, drawn by a seed, and the requests left open by them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, product
from random import Random

from matchmaker.scheduling.problem import Assignment, Mode, Problem, Request
from matchmaker.scheduling.solving.kept import Kept, keep
from tests.scheduling import small
from tests.scheduling.solving.brute import candidates, fit_together, starts
from tests.scheduling.solving.tiny import tiny_problem

MOST_TRIED = 200

Case = tuple[Problem, list[Assignment], Kept, Request]


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


def open_requests(seeds: range) -> Iterator[Case]:
    for seed in seeds:
        problem = tiny_problem(seed)
        plan = some_plan(problem, seed)
        kept = keep(problem, plan)
        for row in kept.open_requests():
            yield problem, plan, kept, kept.request(row)


def team_talks(problem: Problem, request: Request) -> Iterator[Assignment]:
    """Every talk by any team inside the windows, on any day, whatever else it breaks."""
    bare = replace(problem, closed_days=frozenset(), now=small.when("2026-01-01T00:00"))
    hosts = tuple(replace(row, blocked=()) for row in problem.organisations)
    times = list(starts(replace(bare, organisations=hosts), request))
    able = sorted(set(problem.speaker) - {*request.excluded_speakers})
    teams = [
        team for size in range(1, request.max_speakers + 1) for team in combinations(able, size)
    ]
    sizes = (0, request.interpreters_needed)
    groups = [group for size in sizes for group in combinations(sorted(problem.interpreter), size)]
    for start, mode, language, team, group in product(
        times, Mode, request.languages, teams, groups
    ):
        yield Assignment(
            request=request.id,
            start=start,
            mode=mode,
            language=language,
            speakers=team,
            interpreters=group,
        )
