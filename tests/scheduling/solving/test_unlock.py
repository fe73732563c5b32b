"""What unlocks most: every gain is that of solving anew, and nothing better is missing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from matchmaker.scheduling.problem import Interpreting, Mode, Organisation, Problem, RequestMode
from matchmaker.scheduling.proposal import Proposal
from matchmaker.scheduling.solving import solve
from matchmaker.scheduling.solving.unlock import unlock
from matchmaker.scheduling.unlocking import (
    AnyMode,
    Change,
    Evening,
    FurtherWindow,
    HostLimit,
    NewInterpreter,
    NewSpeaker,
    PersonLimit,
    WithInterpreting,
)
from tests.scheduling import small
from tests.scheduling.solving.singles import every_change, gain
from tests.scheduling.solving.tiny import crowded_problem, tiny_problem

WITH_OPEN_REQUESTS = (0, 8, 13, 24, 29, 43, 45, 54)


def solved(problem: Problem) -> Proposal:
    return solve(problem, threads=1)


def lonely(**fields: object) -> Problem:
    """R1 alone could come to A1 on one evening, unless a test says otherwise."""
    usual: dict[str, object] = {
        "speakers": (small.speaker(max_per_day=1),),
        "interpreters": (),
        "requests": (small.request(windows=small.windows("2027-01-12")),),
    }
    return small.problem(**{**usual, **fields})


def helps(problem: Problem) -> list[Change]:
    """The changes that place a request, the best first."""
    found = unlock(problem, solved(problem).assignments, most=100, threads=1)
    assert found.proven
    return [row.change for row in found.by_requests]


@pytest.mark.parametrize("seed", WITH_OPEN_REQUESTS)
def test_unlock_finds_what_trying_every_change_finds(seed: int) -> None:
    problem = tiny_problem(seed)
    before = solved(problem)
    changes = every_change(problem, before)
    gains = [gain(problem, change, before) for change in changes]
    found = unlock(problem, before.assignments, most=1000, threads=1)
    assert (found.proven, found.without, found.looked_at) == (True, (0, 0), len(changes))
    best = sorted((points for _, points in gains if points > 0), reverse=True)
    assert [row.points for row in found.by_points] == best
    assert sorted((row.requests, row.points) for row in found.by_requests) == sorted(
        row for row in gains if min(row) > 0
    )


@pytest.mark.parametrize("seed", WITH_OPEN_REQUESTS)
def test_unlock_lists_the_same_in_short(seed: int) -> None:
    problem = tiny_problem(seed)
    plan = solved(problem).assignments
    short, long = (unlock(problem, plan, most=most, threads=1) for most in (2, 1000))
    assert [row.points for row in short.by_points] == [row.points for row in long.by_points[:2]]
    for one, other in zip(short.by_requests, long.by_requests, strict=False):
        assert (one.requests, one.points) == (other.requests, other.points)


@pytest.mark.parametrize("seed", WITH_OPEN_REQUESTS)
def test_unlock_states_no_more_of_a_change_than_it_takes(seed: int) -> None:
    problem = tiny_problem(seed)
    before = solved(problem)
    for row in unlock(problem, before.assignments, most=1000, threads=1).by_points:
        assert gain(problem, row.change, before) == (row.requests, row.points)


def test_unlock_is_right_where_many_compete() -> None:
    problem = crowded_problem(3)
    before = solved(problem)
    found = unlock(problem, before.assignments, most=3, threads=1)
    assert found.proven
    for row in found.by_points:
        assert gain(problem, row.change, before)[1] == row.points
    least = found.by_points[-1].points
    changes = every_change(problem, before)
    assert all(
        gain(problem, change, before)[1] <= least for change in changes[:: len(changes) // 9]
    )


def test_unlock_gives_the_same_whatever_the_threads() -> None:
    problem = crowded_problem(4)
    plan = solved(problem).assignments
    assert unlock(problem, plan, threads=1) == unlock(problem, plan, threads=3)


def test_unlock_has_nothing_to_say_where_nothing_is_open() -> None:
    problem = lonely()
    found = unlock(problem, solved(problem).assignments)
    assert (found.open, found.proven, found.looked_at) == ((), True, 0)
    assert (found.by_requests, found.by_points) == ((), ())


def test_unlock_asks_for_the_hours_of_the_talk_alone() -> None:
    day = small.windows("2027-01-14")
    problem = lonely(requests=(small.request(windows=day),))
    change = next(row for row in helps(problem) if isinstance(row, Evening))
    start, end = small.evening("2027-01-14", "16:00", "18:00")
    assert change == Evening("R1", start, end)


def test_unlock_shortens_notice_and_groups_no_more_than_needed() -> None:
    speaker = small.speaker(lead_days=60)
    assert PersonLimit("R1", "lead_days", 60, 42) in helps(lonely(speakers=(speaker,)))
    few = small.request(windows=small.windows("2027-01-12"), people=7)
    problem = lonely(speakers=(small.speaker(min_people=10),), requests=(few,))
    assert PersonLimit("R1", "min_people", 10, 7) in helps(problem)


@pytest.mark.parametrize("limit", ["max_per_day", "max_per_week", "max_per_month", "max_talks"])
@pytest.mark.parametrize("count", [0, 1])
def test_unlock_raises_the_limit_of_a_person_by_one(limit: str, count: int) -> None:
    rows = [
        small.request(f"A{number}", f"MO{number}", windows=small.windows("2027-01-12"))
        for number in range(1, count + 2)
    ]
    values: dict[str, Any] = {limit: count}
    speaker = small.speaker(**values)
    hosts = tuple(Organisation(row.organisation) for row in rows)
    problem = lonely(speakers=(speaker,), requests=tuple(rows), organisations=hosts)
    assert PersonLimit("R1", limit, count, count + 1) in helps(problem)


def test_unlock_raises_the_limit_of_an_organisation() -> None:
    rows = tuple(small.request(f"A{number}") for number in (1, 2))
    host = Organisation("MO1", max_talks=1)
    changes = helps(lonely(requests=rows, organisations=(host,)))
    assert HostLimit("MO1", "max_talks", 1, 2) in changes


def test_unlock_looks_at_windows_modes_and_interpreting_of_requests() -> None:
    late = small.request(windows=small.windows("2027-01-14"))
    one_evening = small.speaker(available=(small.evening("2027-01-12"),), max_per_day=1)
    start, end = small.evening("2027-01-12", "16:00", "18:00")
    changes = helps(lonely(speakers=(one_evening,), requests=(late,)))
    assert FurtherWindow("A1", start, end) in changes
    online = replace(small.speaker(), modes=(Mode.ONLINE,))
    assert AnyMode("A1", RequestMode.ONSITE) in helps(lonely(speakers=(online,)))
    arabic = small.request(languages=("ar",), interpreting=Interpreting.NEVER)
    problem = lonely(requests=(arabic,), interpreters=(small.interpreter(),))
    assert WithInterpreting("A1") in helps(problem)


def test_unlock_invents_people_who_live_where_they_are_asked_for() -> None:
    arabic = small.request(languages=("ar",), topics=("T1",), district="02")
    change = next(
        row for row in helps(lonely(requests=(arabic,))) if isinstance(row, NewInterpreter)
    )
    assert (change.language, change.person.home, change.person.max_per_day) == ("ar", "02", 1)
    other = small.request(topics=("T9",), languages=("tr", "de"), district="02")
    speaker = next(row for row in helps(lonely(requests=(other,))) if isinstance(row, NewSpeaker))
    assert (speaker.topic, speaker.person.home) == ("T9", "02")
    assert (speaker.person.languages, speaker.person.topics) == (("de", "tr"), {"T9": 2})


def test_unlock_measures_from_the_best_plan_and_says_what_it_has_more() -> None:
    rows = (
        small.request(windows=small.windows("2027-01-12")),
        small.request("A2", windows=small.windows("2027-01-14")),
    )
    found = unlock(lonely(requests=rows), ())
    assert found.without == (1, solved(lonely(requests=rows)).score.total)
    assert found.by_requests[0].placed == ("A2",)


def test_unlock_takes_a_plan_that_breaks_rules_as_none() -> None:
    rows = (
        small.request(windows=small.windows("2027-01-12")),
        small.request("A2", windows=small.windows("2027-01-14")),
    )
    problem = lonely(requests=rows)
    found = unlock(problem, [small.talk("A1", "2027-01-13T17:00")])
    assert (found.open, found.proven, found.by_requests[0].placed) == (("A2",), True, ("A2",))


def test_unlock_out_of_time_proves_nothing() -> None:
    problem = crowded_problem(3)
    found = unlock(problem, solved(problem).assignments, time_limit=0)
    assert (found.proven, found.by_points) == (False, ())
