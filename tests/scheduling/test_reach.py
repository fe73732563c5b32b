"""Who could come to some request: against trying every start, and rule by rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from matchmaker.scheduling.problem import (
    Interpreting,
    Mode,
    Organisation,
    Person,
    Problem,
    Request,
    RequestMode,
    Speaker,
)
from matchmaker.scheduling.reach import Reach
from tests.scheduling.small import evening, interpreter, problem, request, speaker, when
from tests.scheduling.solving.brute import person_fits, starts
from tests.scheduling.solving.tiny import tiny_problem


def suits(problem: Problem, request: Request, person: Person) -> bool:
    """Whether the request could use the person at all, by subject and language."""
    foreign = [row for row in request.languages if row != "de"]
    helped = bool(foreign) and request.interpreting is Interpreting.IF_NEEDED
    if not isinstance(person, Speaker):
        return helped and bool({*foreign} & {*person.languages})
    topics = request.topics if request.max_speakers > 1 else request.topics[:1]
    return (
        bool({*topics} & {*person.topics})
        and person.id not in request.excluded_speakers
        and request.people >= person.min_people
        and (
            bool({*request.languages} & {*person.languages}) or helped & ("de" in person.languages)
        )
    )


def could_come(problem: Problem, person: Person) -> bool:
    limits = (person.max_per_day, person.max_per_week, person.max_per_month, person.max_talks)
    return min(limits) > 0 and any(
        person_fits(problem, request, person, start, mode)
        for request in problem.requests
        if suits(problem, request, person)
        for start in starts(problem, request)
        for mode in Mode
        if request.mode.allows(mode)
    )


def uncommitted(problem: Problem) -> Problem:
    return replace(
        problem,
        speakers=tuple(replace(row, commitments=()) for row in problem.speakers),
        interpreters=tuple(replace(row, commitments=()) for row in problem.interpreters),
    )


def test_reach_agrees_with_trying_everything() -> None:
    found = []
    for seed in range(150):
        case = uncommitted(tiny_problem(seed))
        reach = Reach(case)
        for person in case.person.values():
            found.append(reach.can_come(person))
            assert (seed, person.id, found[-1]) == (seed, person.id, could_come(case, person))
    assert 0.2 < sum(found) / len(found) < 0.8


@pytest.mark.parametrize(
    "fields",
    [
        {"topics": {"T2": 3}},
        {"languages": ("tr",)},
        {"modes": (Mode.ONLINE,)},
        {"districts": ("02",)},
        {"available": ()},
        {"available": (evening("2027-01-12", "20:30"),)},
        {"available": (evening("2027-01-12", "16:01", "18:29"),)},
        {"lead_days": 64},
        {"lead_days": 1_000_000},
        {"womens_groups": False},
        {"min_people": 1},
        {"max_per_month": 0},
        {"max_talks": 0},
    ],
)
def test_reach_of_a_speaker_ends_at_each_rule(fields: dict[str, Any]) -> None:
    asked = (request(womens_group=True),)
    case = problem(requests=asked, speakers=(speaker(), speaker("R2", **fields)))
    assert [Reach(case).can_come(row) for row in case.speakers] == [True, False]


@pytest.mark.parametrize(
    "fields",
    [
        {"closed_days": frozenset({date(2027, 1, 12)})},
        {"organisations": (Organisation("MO1", blocked=((date(2027, 1, 1), date(2027, 1, 12)),)),)},
        {"first_day": date(2027, 1, 13)},
        {"last_day": date(2027, 1, 11)},
        {"now": when("2027-01-12T20:01")},
        {"start_grid_minutes": 11 * 60},
        {"requests": (request(excluded_speakers=("R1",)),)},
    ],
)
def test_reach_ends_where_the_talk_cannot_be(fields: dict[str, Any]) -> None:
    person = speaker(available=(evening("2027-01-12"),))
    assert Reach(problem(speakers=(person,))).can_come(person)
    assert not Reach(problem(**{"requests": (request(),), **fields})).can_come(person)


def test_reach_of_availability_over_midnight_stays_on_a_day() -> None:
    night = (when("2027-01-11T23:00"), when("2027-01-12T17:30"))
    case = problem(requests=(request(),))
    assert not Reach(case).can_come(speaker(available=(night,)))
    joined = (night, (when("2027-01-12T17:30"), when("2027-01-12T18:00")))
    assert Reach(case).can_come(speaker(available=joined))


def test_reach_of_a_second_speaker_needs_any_topic() -> None:
    other = speaker(topics={"T2": 1})
    for most, expected in ((1, False), (2, True)):
        case = problem(requests=(request(topics=("T1", "T2"), max_speakers=most),))
        assert Reach(case).can_come(other) is expected


def test_reach_online_needs_no_district() -> None:
    far = speaker(districts=())
    for mode, expected in ((RequestMode.ONSITE, False), (RequestMode.EITHER, True)):
        assert Reach(problem(requests=(request(mode=mode),))).can_come(far) is expected


def test_reach_of_interpreters_is_where_interpreting_may_be() -> None:
    for fields, expected in (
        ({"languages": ("de", "ar")}, True),
        ({"languages": ("de", "ar"), "interpreting": Interpreting.NEVER}, False),
        ({"languages": ("de",)}, False),
        ({"languages": ("fr",)}, False),
    ):
        case = problem(requests=(request(**fields),))
        assert Reach(case).can_come(interpreter(languages=("ar", "de"))) is expected
