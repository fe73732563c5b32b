"""Who is free where: people at the places of requests, with their points."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import numpy as np
import pytest

from matchmaker.scheduling.problem import (
    Assignment,
    Commitment,
    Interpreting,
    Mode,
    Person,
    Problem,
    Request,
    RequestMode,
    Speaker,
    Window,
)
from matchmaker.scheduling.solving.cells import first_start
from matchmaker.scheduling.solving.wall import moment
from tests.scheduling import small
from tests.scheduling.solving.brute import has_room, person_fits
from tests.scheduling.solving.brute import starts as starts_by_definition
from tests.scheduling.solving.choices import Spot, block_of, cells, starts
from tests.scheduling.solving.tiny import tiny_problem
from tests.scheduling.solving.wide import wide_problem

MANY = [(tiny_problem, range(40)), (wide_problem, range(8))]


def when(text: str) -> Any:
    return small.when(f"2027-01-{text}")


def january(**fields: Any) -> Problem:
    """One hour of R1 for A1 on 12 January, on site or online, on the quarter."""
    usual: dict[str, Any] = {
        "first_day": date(2027, 1, 11),
        "last_day": date(2027, 1, 16),
        "start_grid_minutes": 15,
        "speakers": (free(),),
        "requests": (asked(),),
        "interpreters": (),
    }
    return small.problem(**{**usual, **fields})


def asked(name: str = "A1", **fields: Any) -> Request:
    usual: dict[str, Any] = {
        "minutes": 60,
        "windows": (Window(when("12T12:00"), when("12T22:00")),),
        "mode": RequestMode.EITHER,
    }
    return small.request(name, **{**usual, **fields})


def free(name: str = "R1", **fields: Any) -> Speaker:
    usual: dict[str, Any] = {"available": ((when("11T00:00"), when("17T00:00")),), "max_per_day": 1}
    return small.speaker(name, **{**usual, **fields})


def quarters(first: str, last: str) -> list[str]:
    """The quarters of an hour of 12 January from one to another, both included."""
    low, high = (int(text[:2]) * 60 + int(text[3:]) for text in (first, last))
    return [f"01-12 {minute // 60:02}:{minute % 60:02}" for minute in range(low, high + 1, 15)]


def understood(request: Request, person: Person) -> bool:
    """Whether somebody could hold the talk, or (an interpreter) be of use in it."""
    into = set(request.languages) - {"de"}
    can = request.interpreting is Interpreting.IF_NEEDED and bool(into)
    if not isinstance(person, Speaker):
        return can and bool(into & set(person.languages))
    return bool(set(request.languages) & set(person.languages)) or (
        can and "de" in person.languages
    )


def suits(request: Request, person: Person) -> bool:
    if isinstance(person, Speaker):
        topics = request.topics[:1] if request.max_speakers == 1 else request.topics
        if person.id in request.excluded_speakers or request.people < person.min_people:
            return False
        if not set(topics) & set(person.topics):
            return False
    return understood(request, person)


def by_definition(problem: Problem) -> Iterator[Spot]:
    for request in problem.requests:
        able = [row for row in problem.person.values() if suits(request, row)]
        for start in starts_by_definition(problem, request):
            for mode in filter(request.mode.allows, Mode):
                for person in able:
                    talk = small.talk(request.id, str(start), speakers=(person.id,))
                    fits = person_fits(problem, request, person, start, mode)
                    if fits and has_room(person, [], talk):
                        yield Spot(request.id, (person.id,), mode.value, f"{start:%m-%d %H:%M}")


@pytest.mark.parametrize(("make", "seeds"), MANY)
def test_people_are_free_where_the_definition_says(
    make: Callable[[int], Problem], seeds: range
) -> None:
    for problem in map(make, seeds):
        assert set(cells(problem)) == set(by_definition(problem))


@pytest.mark.parametrize(
    ("district", "onsite", "online"),
    [
        ("02", ("15:30", "18:45"), ("15:45", "18:15")),
        (None, ("15:45", "18:15"), ("15:45", "18:15")),
        ("09", ("15:00", "19:00"), ("15:45", "18:15")),
    ],
)
def test_a_commitment_leaves_the_way_there_and_back(
    district: str | None, onsite: tuple[str, str], online: tuple[str, str]
) -> None:
    busy = Commitment(when("12T17:00"), when("12T18:00"), district)
    found = cells(january(speakers=(free(commitments=(busy,)), free("R2"))))
    for mode, (last, first) in (("onsite", onsite), ("online", online)):
        expected = quarters("12:00", last) + quarters(first, "21:00")
        assert starts(found, "R1", mode=mode) == expected
        assert starts(found, "R2", mode=mode) == quarters("12:00", "21:00")


def test_every_commitment_of_a_day_counts_and_none_of_another_day() -> None:
    busy = [("11T08:00", "12T13:00"), ("12T15:00", "12T15:15"), ("12T17:00", "12T17:30")]
    busy += [("12T20:00", "12T20:15"), ("12T21:15", "13T12:00"), ("13T12:00", "13T20:00")]
    commitments = tuple(Commitment(when(begin), when(end)) for begin, end in busy)
    found = cells(january(speakers=(free("R0"), free(commitments=commitments), free("R2"))))
    between = quarters("13:15", "13:45") + quarters("15:30", "15:45") + quarters("17:45", "18:45")
    assert starts(found, "R1", mode="online") == between
    assert starts(found, "R0", mode="online") == quarters("12:00", "21:00")


def test_a_day_of_commitments_leaves_nothing() -> None:
    busy = Commitment(when("12T12:30"), when("12T21:30"))
    assert cells(january(speakers=(free(commitments=(busy,)),))) == {}


def test_a_standing_talk_leaves_the_way_there_and_back_as_well() -> None:
    other = asked("A2", district="02", organisation="MO2", minutes=90)
    problem = january(requests=(asked(), other), speakers=(free(max_per_day=2), free("R2")))
    onsite = small.talk("A2", "2027-01-12T17:00", mode=Mode.ONSITE)
    found = cells(problem, onsite)
    assert starts(found, "R1") == quarters("12:00", "15:30") + quarters("19:15", "21:00")
    assert starts(found, "R2") == quarters("12:00", "21:00")
    assert starts(found, "R1", "A2") == []
    online = small.talk("A2", "2027-01-12T17:00", mode=Mode.ONLINE)
    apart = quarters("12:00", "15:45") + quarters("18:45", "21:00")
    assert starts(cells(problem, online), "R1") == apart


def test_commitments_count_in_every_band_of_a_day() -> None:
    busy = Commitment(when("12T15:00"), when("12T15:10"))
    problem = january(speakers=(free(commitments=(busy,)),), start_grid_minutes=1)
    found = [start[6:] for start in starts(cells(problem), "R1", mode="online")]
    everything = [f"{minute // 60}:{minute % 60:02}" for minute in range(12 * 60, 21 * 60 + 1)]
    assert found == [text for text in everything if not "13:45" < text < "15:25"]


def test_talks_of_different_lengths_leave_different_starts() -> None:
    busy = Commitment(when("12T14:00"), when("12T20:00"))
    requests = (asked(), asked("A2", minutes=30, organisation="MO2"))
    problem = january(requests=requests, speakers=(free(commitments=(busy,)),))
    found = cells(problem)
    late = quarters("20:15", "21:00")
    assert starts(found, "R1", "A1", "online") == quarters("12:00", "12:45") + late
    later = quarters("20:15", "21:30")
    assert starts(found, "R1", "A2", "online") == quarters("12:00", "13:15") + later


def points(problem: Problem, person: str = "R1", mode: str = "online") -> dict[str, int]:
    found = cells(problem)
    times = starts(found, person, mode=mode)
    return {start[6:]: found[Spot("A1", (person,), mode, start)] for start in times}


@pytest.mark.parametrize("max_per_day", [1, 2])
def test_starts_to_avoid_cost_their_points(max_per_day: int) -> None:
    window = (Window(when("12T16:00"), when("12T20:00")),)
    avoid = ((when("12T18:00"), when("12T18:30")), (when("12T19:30"), when("12T21:00")))
    problem = january(
        speakers=(free(avoid=avoid, past_talks=1, max_per_day=max_per_day), free("R2")),
        requests=(asked(windows=window),),
        start_grid_minutes=30,
    )
    liked, disliked = -10, -50
    expected = {
        "16:00": liked,
        "16:30": liked,
        "17:00": liked,
        "17:30": disliked,
        "18:00": disliked,
        "18:30": liked,
        "19:00": disliked,
    }
    assert points(problem) == expected
    assert points(problem, mode="onsite") == {time: own - 20 for time, own in expected.items()}
    assert points(problem, "R2") == dict.fromkeys(expected, 0)


def sizes(problem: Problem, *standing: Assignment) -> list[tuple[str, int, bool]]:
    """(person, starts, whether they count one by one) of every speakers' cell at the places."""
    found = block_of(problem, *standing).speakers
    several = np.isin(np.arange(len(found)), found.several)
    names = [problem.speakers[row].id for row in found.person]
    counts = np.bitwise_count(found.bits).tolist()
    return list(zip(names, counts, several.tolist(), strict=True))


def test_starts_lie_in_cells_of_their_own_where_a_day_has_room_for_several_talks() -> None:
    window = (Window(when("12T16:00"), when("12T18:00")),)
    avoid = ((when("12T16:00"), when("12T16:15")),)
    problem = january(
        speakers=(free(avoid=avoid), free("R2", max_per_day=2), free("R3")),
        requests=(asked(windows=window, mode=RequestMode.ONLINE),),
        start_grid_minutes=30,
    )
    assert sorted(sizes(problem)) == [
        ("R1", 1, False),
        ("R1", 2, False),
        *[("R2", 1, True)] * 3,
        ("R3", 3, False),
    ]
    assert len(cells(problem)) == 9


def test_a_day_with_a_single_start_counts_too_where_it_has_room_for_several_talks() -> None:
    window = (Window(when("12T16:00"), when("12T17:00")),)
    problem = january(
        speakers=(free(), free("R2", max_per_day=2)),
        requests=(asked(windows=window, mode=RequestMode.ONLINE),),
    )
    assert sizes(problem) == [("R1", 1, False), ("R2", 1, True)]


def test_a_standing_talk_may_leave_room_for_one_more() -> None:
    window = (Window(when("12T16:00"), when("12T18:00")),)
    second = asked("A2", organisation="MO2")
    problem = january(
        speakers=(free(max_per_day=2), free("R2", max_per_day=3)),
        requests=(asked(windows=window, mode=RequestMode.ONLINE), second),
        start_grid_minutes=30,
    )
    standing = small.talk("A2", "2027-01-12T12:00", speakers=("R1", "R2"))
    assert sorted(sizes(problem, standing)) == [("R1", 3, False), *[("R2", 1, True)] * 3]


def test_first_start_counts_on_from_the_first_time_of_the_day() -> None:
    window = (
        Window(when("12T12:00"), when("12T22:00")),
        Window(when("14T08:30"), when("14T09:30")),
    )
    problem = january(
        requests=(asked(windows=window, mode=RequestMode.ONLINE),), start_grid_minutes=6
    )
    block = block_of(problem)
    case, hours, places = block.around.case, block.around.hours, block.places
    assert hours.daytimes.first == 8 * 60 + 30
    slots = np.array([35, 0, 6, 0])
    where = [(1, 0), (1, 1), (1, 1), (3, 0)]
    row_of = {spot: n for n, spot in enumerate(zip(places.day, places.band, strict=True))}
    rows = np.array([row_of[spot] for spot in where])
    found = [
        f"{moment(n):%d %H:%M}" for n in first_start(case, hours, places, rows, slots).tolist()
    ]
    assert found == ["12 12:00", "12 14:54", "12 15:30", "14 08:30"]
