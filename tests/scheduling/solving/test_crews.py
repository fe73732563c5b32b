"""Which interpreters could come together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import combinations, groupby
from typing import Any

import pytest

from matchmaker.scheduling.problem import Interpreter, Problem, Request
from tests.scheduling import small
from tests.scheduling.solving.choices import Spot, block_of, cells, crews
from tests.scheduling.solving.tiny import tiny_problem
from tests.scheduling.solving.wide import wide_problem

TWO_HOURS = (small.evening("2027-01-12", "16:00", "18:00"),)


def asked(name: str, needed: int, *languages: str) -> Request:
    windows = small.windows("2027-01-12")
    return small.request(
        name, minutes=60, windows=windows, languages=languages, interpreters_needed=needed
    )


def helper(name: str, *languages: str, **fields: Any) -> Interpreter:
    usual = {"available": TWO_HOURS, "max_per_day": 1}
    return small.interpreter(name, languages=languages, **{**usual, **fields})


def january(requests: tuple[Request, ...], interpreters: tuple[Interpreter, ...]) -> Problem:
    """Talks on the hour, on site."""
    return small.problem(
        first_day=date(2027, 1, 11),
        last_day=date(2027, 1, 13),
        start_grid_minutes=60,
        requests=requests,
        interpreters=interpreters,
    )


def groups_by_definition(problem: Problem) -> dict[Spot, tuple[int, tuple[str, ...]]]:
    """All groups of interpreters who are free at the same start and share a language."""
    free_there = {
        spot: own for spot, own in cells(problem).items() if spot.who[0] not in problem.speaker
    }
    found = {}
    for there, rows in groupby(sorted(free_there, key=apart), apart):
        request = problem.request[there.request]
        for group in combinations(rows, request.interpreters_needed):
            names = tuple(sorted(spot.who[0] for spot in group))
            shared = tuple(
                language
                for language in request.languages
                if language != "de"
                and all(language in problem.interpreter[name].languages for name in names)
            )
            if shared:
                cost = problem.weights.interpreter * len(names)
                worth = sum(free_there[spot] for spot in group) - cost
                found[there._replace(who=names)] = worth, shared
    return found


def apart(spot: Spot) -> Spot:
    return spot._replace(who=())


@pytest.mark.parametrize(("make", "seeds"), [(tiny_problem, range(40)), (wide_problem, range(8))])
def test_groups_of_interpreters_are_all_that_could_work_together(
    make: Callable[[int], Problem], seeds: range
) -> None:
    for problem in map(make, seeds):
        assert crews(problem) == groups_by_definition(problem)


def evening(needed: int, *interpreters: Interpreter) -> dict[tuple[str, ...], Any]:
    """The groups by names and start, for a talk in Turkish, German or Arabic."""
    found = crews(january((asked("A1", needed, "tr", "de", "ar"),), interpreters))
    return {(*spot.who, spot.start[6:]): value for spot, value in found.items()}


def test_one_interpreter_is_a_group_with_all_of_their_languages() -> None:
    found = evening(1, helper("S1", "ar"), helper("S2", "tr", "ar", past_talks=2, home="02"))
    assert found == {
        ("S1", "16:00"): (-40, ("ar",)),
        ("S1", "17:00"): (-40, ("ar",)),
        ("S2", "16:00"): (-85, ("tr", "ar")),
        ("S2", "17:00"): (-85, ("tr", "ar")),
    }


def test_a_group_shares_a_language_and_a_start() -> None:
    early = (small.evening("2027-01-12", "16:00", "17:00"),)
    late = (small.evening("2027-01-12", "17:00", "18:00"),)
    helpers = [
        helper("S1", "ar", "tr", available=early),
        helper("S2", "ar", "tr"),
        helper("S3", "ar", available=late),
        helper("S4", "tr"),
    ]
    assert evening(2, *helpers) == {
        ("S1", "S2", "16:00"): (-80, ("tr", "ar")),
        ("S1", "S4", "16:00"): (-80, ("tr",)),
        ("S2", "S3", "17:00"): (-80, ("ar",)),
        ("S2", "S4", "16:00"): (-80, ("tr",)),
        ("S2", "S4", "17:00"): (-80, ("tr",)),
    }
    assert evening(3, *helpers) == {("S1", "S2", "S4", "16:00"): (-120, ("tr",))}


def test_a_group_needs_as_many_different_people_as_the_request_says() -> None:
    avoid = (small.evening("2027-01-12", "17:00", "18:00"),)
    pair = [helper("S1", "ar", avoid=avoid, max_per_day=2), helper("S2", "ar", avoid=avoid)]
    assert evening(2, *pair) == {
        ("S1", "S2", "16:00"): (-80, ("ar",)),
        ("S1", "S2", "17:00"): (-160, ("ar",)),
    }
    assert evening(3, *pair) == {}


def test_members_of_groups_are_rows_of_their_cells_and_of_others_nobody() -> None:
    requests = asked("A1", 3, "ar"), asked("A2", 1, "ar"), asked("A3", 2, "ar")
    helpers = helper("S1", "ar"), helper("S2", "ar"), helper("S3", "ar")
    groups = block_of(january(requests, helpers)).crews
    assert groups.members.tolist() == [
        [0, 1, 2],
        [3, -1, -1],
        [4, -1, -1],
        [5, -1, -1],
        [6, 7, -1],
        [6, 8, -1],
        [7, 8, -1],
    ]
    assert (groups.begins.tolist(), len(groups)) == ([0, 1, 4, 7], 7)
