"""Whether one talk may join a plan, against the definition written down a second time."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

import pytest

from matchmaker.scheduling.problem import Assignment
from matchmaker.scheduling.solving.explain.legal import fits, in_the_way
from matchmaker.scheduling.solving.explain.world import World
from matchmaker.scheduling.solving.kept import keep
from tests.scheduling import small
from tests.scheduling.solving.brute import candidates, fit_together
from tests.scheduling.solving.plans import open_requests, team_talks


def test_fits_is_true_of_exactly_the_talks_that_are_allowed() -> None:
    found: Counter[bool] = Counter()
    random = Random(0)
    for problem, plan, kept, request in open_requests(range(120)):
        world = World.of(kept, kept.row(request.id))
        allowed = candidates(problem, request)
        drawn = [*team_talks(problem, request)]
        talks = random.sample(drawn, min(60, len(drawn))) + allowed[:40]
        for talk in talks:
            expected = talk in allowed and fit_together(problem, plan, talk)
            assert fits(world, talk) == expected
            found[expected] += 1
    assert min(found.values()) > 100


@pytest.mark.parametrize(
    "change",
    [
        {"start": small.when("2027-01-12T17:10")},
        {"start": small.when("2027-01-12T23:00")},
        {"start": small.when("2027-01-14T17:00")},
        {"language": "tr"},
        {"speakers": ()},
        {"speakers": ("R1", "R1")},
        {"speakers": ("R1", "R2")},
        {"speakers": ("R3",)},
        {"interpreters": ("S1",)},
    ],
)
def test_fits_refuses_what_no_list_of_choices_would_hold(change: dict[str, object]) -> None:
    problem = small.problem(
        speakers=(small.speaker(), small.speaker("R2"), small.speaker("R3")),
        requests=(small.request(excluded_speakers=("R3",)),),
    )
    world = World.of(keep(problem, []), 0)
    assert fits(world, small.talk())
    assert not fits(world, replace(small.talk(), **change))


def test_in_the_way_names_those_who_have_to_go_and_nobody_else() -> None:
    tried: Counter[int] = Counter()
    for problem, plan, kept, request in open_requests(range(60)):
        alone = [talk for talk in candidates(problem, request) if fit_together(problem, [], talk)]
        for talk in alone[:30]:
            going = in_the_way(World.of(kept, kept.row(request.id)), talk)
            assert fit_together(problem, staying(plan, going), talk)
            for name in going:
                rest = [row for row in going if row != name]
                assert not fit_together(problem, staying(plan, rest), talk)
            tried[len(going)] += 1
    assert min(tried[0], tried[1], tried[2]) > 5


def staying(plan: list[Assignment], going: list[str]) -> list[Assignment]:
    return [talk for talk in plan if talk.request not in going]
