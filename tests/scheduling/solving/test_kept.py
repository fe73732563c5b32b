"""The kept state: changed talk by talk it is the same as built anew, and it counts right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from random import Random

import numpy as np
import pytest

from matchmaker.scheduling.problem import Assignment, Problem
from matchmaker.scheduling.solving.kept import Kept, keep
from matchmaker.scheduling.solving.kept.counts import Counts
from tests.scheduling import small
from tests.scheduling.solving.plans import some_plan
from tests.scheduling.solving.tiny import crowded_problem, tiny_problem


def arrays(kept: Kept) -> dict[str, list[object]]:
    parts = {
        "times": kept.times,
        "seats": kept.seats,
        "people": kept.people,
        "hosts": kept.hosts,
    }
    found = {
        f"{name}.{field}": getattr(part, field).tolist()
        for name, part in parts.items()
        for field in part.__slots__
        if isinstance(getattr(part, field), np.ndarray)
    }
    return {**found, "talks": sorted(kept.talks.items())}


def cases() -> Iterator[tuple[Problem, list[Assignment]]]:
    for seed in range(25):
        problem = tiny_problem(seed)
        yield problem, some_plan(problem, seed)


def test_kept_without_a_talk_is_as_if_built_without_it() -> None:
    for problem, plan in cases():
        kept = keep(problem, plan)
        for talk in plan:
            rest = [row for row in plan if row is not talk]
            assert arrays(kept.without(kept.row(talk.request))) == arrays(keep(problem, rest))


def test_kept_beside_a_talk_is_as_if_built_with_it() -> None:
    for problem, plan in cases():
        for talk in plan:
            rest = [row for row in plan if row is not talk]
            assert arrays(keep(problem, rest).beside(talk)) == arrays(keep(problem, plan))


def test_kept_stays_right_over_many_changes() -> None:
    problem = crowded_problem(1)
    problem = small_part(problem)
    plan = some_plan(problem, 1, share=1.0)
    random, kept, standing = Random(0), keep(problem, plan), list(plan)
    for _ in range(60):
        talk = random.choice(plan)
        if talk in standing:
            standing.remove(talk)
            kept = kept.without(kept.row(talk.request))
        else:
            standing.append(talk)
            kept = kept.beside(talk)
    assert arrays(kept) == arrays(keep(problem, standing))


def small_part(problem: Problem) -> Problem:
    chosen = problem.requests[:15]
    names = {row.id for row in chosen}
    values = {field.name: getattr(problem, field.name) for field in fields(problem)}
    published = tuple(talk for talk in problem.published if talk.request in names)
    return Problem(**{**values, "requests": chosen, "published": published})


def test_kept_without_leaves_the_original_alone() -> None:
    problem = small.problem()
    kept = keep(problem, [small.talk()])
    before = arrays(kept)
    kept.without(0).beside(small.talk(speakers=("R2",)))
    assert arrays(kept) == before


def test_kept_without_a_request_that_has_no_talk_is_the_same() -> None:
    kept = keep(small.problem(), [small.talk()])
    assert kept.without(kept.row("A2")) is kept


@pytest.mark.parametrize(
    ("limit", "day", "full"),
    [
        ({"max_per_day": 1}, "2027-01-12", True),
        ({"max_per_day": 1}, "2027-01-13", False),
        ({"max_per_week": 1}, "2027-01-13", True),
        ({"max_per_week": 1}, "2027-01-19", False),
        ({"max_per_month": 1}, "2027-01-19", True),
        ({"max_per_month": 1}, "2027-02-02", False),
        ({"max_talks": 1}, "2027-02-02", True),
        ({"max_talks": 2}, "2027-02-02", False),
        ({"max_talks": 0}, "2027-02-02", True),
    ],
)
def test_kept_knows_the_days_on_which_somebody_has_no_room(
    limit: dict[str, int], day: str, full: bool
) -> None:
    problem = small.problem(speakers=(small.speaker(**limit),))
    kept = keep(problem, [small.talk()])
    spot = small.when(f"{day}T00:00").toordinal() - kept.tables.days.first
    assert bool(kept.people.full[0, spot]) == full


def test_kept_counts_talks_outside_the_horizon_where_their_week_reaches_in() -> None:
    """The horizon begins on a Tuesday; a fixed talk stands on the Monday before."""
    fixed = small.talk(start="2027-01-11T17:00")
    problem = small.problem(first_day=small.when("2027-01-12T00:00").date(), fixed=(fixed,))
    people: Counts = keep(problem, [fixed]).people
    assert (people.day[0].sum(), people.week[0, 0], people.in_all[0]) == (0, 1, 1)


def test_kept_names_the_talks_of_a_person_host_and_venue() -> None:
    problem = small.problem(
        requests=(small.request(venue="V1"), small.request("A2", "MO2", venue="V1"))
    )
    plan = [small.talk(), small.talk("A2", "2027-01-13T17:00", speakers=("R1", "R2"))]
    kept = keep(problem, plan)
    assert kept.talks_of(kept.tables.person_row["R1"]) == plan
    assert kept.held_by(kept.tables.organisation_row["MO2"]).tolist() == [1]
    assert kept.held_in(0).tolist() == [0, 1]
    assert kept.held_in(-1).tolist() == []
    assert kept.without(0).open_requests() == [0]
