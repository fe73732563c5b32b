"""Where requests may lie on the calendar, before anybody is asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest

from matchmaker.scheduling.problem import (
    Interpreting,
    Organisation,
    Problem,
    Request,
    RequestMode,
    Window,
)
from matchmaker.scheduling.solving import market
from matchmaker.scheduling.solving.block import Surroundings
from matchmaker.scheduling.solving.case import make_case
from matchmaker.scheduling.solving.daytimes import Daytimes
from matchmaker.scheduling.solving.places import (
    by_the_hour,
    find_places,
    reach_of_windows,
    window_starts,
)
from matchmaker.scheduling.solving.tables import tabulate
from matchmaker.scheduling.solving.wall import moment
from tests.scheduling import small
from tests.scheduling.solving.brute import starts as starts_by_definition
from tests.scheduling.solving.choices import Spot, spots
from tests.scheduling.solving.tiny import tiny_problem
from tests.scheduling.solving.wide import wide_problem


def window(begin: str, end: str, preference: int = 0) -> Window:
    return Window(small.when(f"2027-01-{begin}"), small.when(f"2027-01-{end}"), preference)


def asked(*windows: Window, name: str = "A1", **fields: Any) -> Request:
    return small.request(name, windows=windows, **fields)


def january(*requests: Request, **fields: Any) -> Problem:
    """11 to 16 January, talks on the hour."""
    usual: dict[str, Any] = {
        "first_day": date(2027, 1, 11),
        "last_day": date(2027, 1, 16),
        "start_grid_minutes": 60,
        "requests": requests,
    }
    return small.problem(**{**usual, **fields})


def in_windows(problem: Problem, *chosen: int) -> list[tuple[str, str, int]]:
    """(request, start, preference) of every start in a window."""
    tables = tabulate(problem)
    found = window_starts(tables, np.array(chosen or range(len(problem.requests))))
    return [
        (tables.requests.ids[row], f"{moment(start):%d %H:%M}", preference)
        for row, start, preference in zip(*(column.tolist() for column in found), strict=True)
    ]


def starts_in(*windows: Window, **fields: Any) -> list[str]:
    return [start for _, start, _ in in_windows(january(asked(*windows, **fields)))]


def test_windows_reach_days_and_hold_starts() -> None:
    """An evening of three hours, a window over three days, and one that lies outside."""
    problem = january(
        asked(window("12 18:00", "12 21:00"), window("14 18:00", "14 20:30")),
        asked(window("12 00:00", "15 00:00"), name="A2"),
        asked(window("20 18:00", "20 21:00"), name="A3"),
    )
    days, starts = reach_of_windows(tabulate(problem), np.arange(3))
    assert days.tolist() == [2, 3, 0]
    minutes = problem.requests[0].minutes
    assert starts[:2].tolist() == [
        (180 - minutes) // 60 + 1 + (150 - minutes) // 60 + 1,
        (3 * 24 * 60 - minutes) // 60 + 1,
    ]


def test_requests_with_long_windows_are_looked_at_in_smaller_groups() -> None:
    """A window over the whole quarter is as dear as a window on each of its days.

    That holds where nobody gives several talks a day.
    """
    single = small.speaker(max_per_day=1)
    each_day = [window(f"{day} 18:00", f"{day} 21:00") for day in range(11, 17)]
    sizes = []
    for windows in ([each_day[0]], each_day, [window("11 00:00", "17 00:00")]):
        rows = (asked(*windows, name=f"A{number}") for number in range(40))
        case = make_case(january(*rows, speakers=(single,), interpreters=()), ())
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(market, "BLOCK_CELLS", 100)
            groups = market.groups_of(Surroundings.of(case))
        assert np.concatenate(groups).tolist() == [*range(40)]
        sizes.append(len(groups))
    assert sizes[0] < sizes[1] == sizes[2]


@pytest.mark.parametrize(
    ("begin", "end", "expected"),
    [
        ("12T16:00", "12T19:00", ["12 16:00", "12 17:00"]),
        ("12T16:00", "12T18:59", ["12 16:00"]),
        ("12T16:01", "12T19:00", ["12 17:00"]),
        ("12T16:01", "12T18:59", []),
        ("12T16:00", "12T17:00", []),
        ("12T16:00", "12T16:01", []),
        ("12T22:00", "13T00:00", ["12 22:00"]),
        ("12T00:00", "12T02:00", ["12 00:00"]),
        ("12T21:00", "13T03:00", ["12 21:00", "12 22:00", "13 00:00", "13 01:00"]),
        ("09T12:00", "11T03:00", ["11 00:00", "11 01:00"]),
        ("09T12:00", "10T03:00", []),
        ("10T12:00", "11T00:00", []),
        ("16T21:00", "19T12:00", ["16 21:00", "16 22:00"]),
        ("17T00:00", "17T12:00", []),
        ("19T10:00", "19T12:00", []),
    ],
)
def test_a_talk_lies_on_the_grid_in_a_window_and_on_one_day_of_the_horizon(
    begin: str, end: str, expected: list[str]
) -> None:
    assert starts_in(window(begin, end)) == expected


def test_a_window_over_days_holds_whole_days_between() -> None:
    found = starts_in(window("12T22:00", "14T03:00"))
    hours = [f"13 {hour:02}:00" for hour in range(23)]
    assert found == ["12 22:00", *hours, "14 00:00", "14 01:00"]


def test_windows_do_not_join() -> None:
    assert starts_in(window("12T16:00", "12T17:00"), window("12T17:00", "12T19:00")) == ["12 17:00"]


def test_starts_of_the_chosen_requests_come_in_their_order_with_the_best_preference() -> None:
    problem = january(
        asked(window("13T16:00", "13T18:00"), window("12T16:00", "12T18:00")),
        asked(window("12T16:00", "12T19:00"), name="A2"),
        asked(
            window("12T17:00", "12T20:00", 1),
            window("12T16:00", "12T19:00", 3),
            window("12T16:00", "12T18:00", 2),
            name="A3",
        ),
        asked(window("12T10:00", "12T11:00"), name="A4"),
        asked(window("12T10:00", "12T12:00"), name="A5"),
    )
    third = [("A3", "12 16:00", 3), ("A3", "12 17:00", 3), ("A3", "12 18:00", 1)]
    last = [("A5", "12 10:00", 0)]
    assert in_windows(problem, 0, 2, 3, 4) == [
        ("A1", "12 16:00", 0),
        ("A1", "13 16:00", 0),
        *third,
        *last,
    ]
    assert in_windows(problem, 2, 4) == third + last
    assert in_windows(problem, 3) == []


@pytest.mark.parametrize(("make", "seeds"), [(tiny_problem, range(40)), (wide_problem, range(8))])
def test_places_hold_the_starts_of_the_definition(
    make: Callable[[int], Problem], seeds: range
) -> None:
    for problem in map(make, seeds):
        assert {(spot.request, spot.start) for spot in spots(problem)} == {
            (row.id, f"{start:%m-%d %H:%M}")
            for row in problem.requests
            for start in starts_by_definition(problem, row)
        }


def starts_of(problem: Problem, name: str = "A1") -> list[str]:
    return sorted(spot.start for spot in spots(problem, *problem.fixed) if spot.request == name)


EVENING = window("12T16:00", "12T19:00")


@pytest.mark.parametrize(
    ("fields", "hours"),
    [
        ({}, [16, 17]),
        ({"now": small.when("2027-01-12T16:00")}, [16, 17]),
        ({"now": small.when("2027-01-12T16:01")}, [17]),
        ({"now": small.when("2027-01-12T17:01")}, []),
        ({"closed_days": frozenset([date(2027, 1, 12)])}, []),
        ({"closed_days": frozenset([date(2027, 1, 11), date(2027, 1, 13)])}, [16, 17]),
    ],
)
def test_talks_lie_in_the_future_and_not_on_closed_days(
    fields: dict[str, Any], hours: list[int]
) -> None:
    assert starts_of(january(asked(EVENING), **fields)) == [f"01-12 {hour}:00" for hour in hours]


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [(12, 12, [11, 13]), (11, 12, [13]), (12, 13, [11]), (10, 20, []), (14, 15, [11, 12, 13])],
)
def test_an_organisation_is_left_alone_on_its_blocked_days(
    first: int, last: int, days: list[int]
) -> None:
    blocked = ((date(2027, 1, first), date(2027, 1, last)),)
    windows = [window(f"{day}T16:00", f"{day}T18:00") for day in (11, 12, 13)]
    problem = january(
        asked(*windows),
        asked(*windows, name="A2", organisation="MO2"),
        organisations=(Organisation("MO1", blocked=blocked), Organisation("MO2")),
    )
    assert starts_of(problem) == [f"01-{day} 16:00" for day in days]
    assert starts_of(problem, "A2") == [f"01-{day} 16:00" for day in (11, 12, 13)]


def test_a_standing_talk_fills_the_day_and_the_week_of_its_organisation() -> None:
    windows = [window(f"{day}T16:00", f"{day}T18:00") for day in (11, 12, 18)]
    for limit, days in ((1, [18]), (2, [12, 18])):
        problem = january(
            asked(*windows),
            asked(*windows, name="A2"),
            asked(*windows, name="A3", organisation="MO2"),
            last_day=date(2027, 1, 18),
            organisations=(Organisation("MO1", max_per_week=limit), Organisation("MO2")),
            fixed=(small.talk("A2", "2027-01-11T08:00"),),
        )
        assert starts_of(problem) == [f"01-{day} 16:00" for day in days]
        assert starts_of(problem, "A2") == []
        assert starts_of(problem, "A3") == [f"01-{day} 16:00" for day in (11, 12, 18)]


def test_a_standing_talk_takes_the_venue_from_others_while_it_lasts() -> None:
    long = window("12T08:00", "12T16:00")
    problem = january(
        asked(long, venue="V1"),
        asked(long, name="A2", organisation="MO2", venue="V1", minutes=60),
        asked(long, name="A3", organisation="MO3", venue="V2"),
        asked(long, name="A4", organisation="MO4"),
        organisations=tuple(Organisation(f"MO{n}") for n in (1, 2, 3, 4)),
        fixed=(small.talk("A2", "2027-01-12T12:00"),),
    )
    anywhere = [f"01-12 {hour:02}:00" for hour in range(8, 15)]
    assert starts_of(problem) == [anywhere[n] for n in (0, 1, 2, 5, 6)]
    assert starts_of(problem, "A3") == anywhere
    assert starts_of(problem, "A4") == anywhere


@pytest.mark.parametrize(
    ("mode", "modes"),
    [
        (RequestMode.ONSITE, ["onsite"]),
        (RequestMode.ONLINE, ["online"]),
        (RequestMode.EITHER, ["onsite", "online"]),
    ],
)
def test_places_are_in_the_modes_that_the_request_allows(
    mode: RequestMode, modes: list[str]
) -> None:
    found = spots(january(asked(window("12T16:00", "12T18:00"), mode=mode)))
    assert found == {Spot("A1", (), name, "01-12 16:00"): 0 for name in modes}


def test_a_start_is_worth_its_preference_less_the_day_and_the_move() -> None:
    weights = small.problem().weights
    assert (weights.preference, weights.move) == (30, 200)
    problem = january(
        asked(window("12T16:00", "12T19:00", 2), window("13T16:00", "13T19:00", 1)),
        asked(window("12T16:00", "12T18:00"), name="A2"),
        asked(window("12T16:00", "12T18:00", 3), name="A3"),
        discouraged_days={date(2027, 1, 12): 7, date(2027, 1, 14): 900},
        published=(
            small.talk("A1", "2027-01-12T17:00"),
            small.talk("A2", "2027-01-11T16:00"),
        ),
    )
    assert {(spot.request, spot.start[3:]): value for spot, value in spots(problem).items()} == {
        ("A1", "12 16:00"): 60 - 7 - 200,
        ("A1", "12 17:00"): 60 - 7,
        ("A1", "13 16:00"): 30 - 200,
        ("A1", "13 17:00"): 30 - 200,
        ("A2", "12 16:00"): -7 - 200,
        ("A3", "12 16:00"): 90 - 7,
    }


def shape(problem: Problem, *, apart: bool) -> list[tuple[int, int, int, int]]:
    """(day, band, points, starts) of every place; `apart`: each start by itself."""
    case = make_case(problem, ())
    split = np.full(len(problem.requests), apart)
    daytimes = Daytimes.of(case.tables)
    found = find_places(case, daytimes, split, np.arange(len(problem.requests)))
    counts = np.bitwise_count(found.bits)
    columns = (found.day, found.band, found.value, counts)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def test_a_place_holds_all_starts_of_a_day_that_are_worth_the_same() -> None:
    problem = january(
        asked(window("12T16:00", "12T21:00"), window("12T17:00", "12T19:30", 1), EVENING),
        asked(window("12T16:00", "12T18:00"), window("13T16:00", "13T19:00"), name="A2"),
    )
    assert shape(problem, apart=False) == [(1, 0, 0, 3), (1, 0, 30, 1), (1, 0, 0, 1), (2, 0, 0, 2)]


def test_a_place_holds_a_single_start_where_the_hour_matters() -> None:
    problem = january(asked(window("12T16:00", "12T21:00"), window("12T17:00", "12T19:30", 1)))
    single = [(1, 0, 0, 1)] * 3
    assert shape(problem, apart=True) == [*single, (1, 0, 30, 1)]
    assert starts_of(problem) == [f"01-12 {hour}:00" for hour in (16, 17, 18, 19)]


@pytest.mark.parametrize("apart", [False, True])
def test_starts_beyond_the_64th_of_a_day_lie_in_the_next_band(apart: bool) -> None:
    problem = january(asked(window("12T16:00", "12T20:20")), start_grid_minutes=2)
    expected = [(1, 0, 0, 64), (1, 1, 0, 7)]
    if apart:
        expected = [(1, 0, 0, 1)] * 64 + [(1, 1, 0, 1)] * 7
    assert shape(problem, apart=apart) == expected
    hours = [f"01-12 {minute // 60}:{minute % 60:02}" for minute in range(960, 1101, 2)]
    assert starts_of(problem) == hours


def test_requests_without_any_start_have_no_places() -> None:
    none = window("12T16:00", "12T17:00")
    problem = january(
        asked(none), asked(EVENING, name="A2"), asked(none, name="A3"), asked(EVENING, name="A4")
    )
    case = make_case(problem, ())
    found = find_places(case, Daytimes.of(case.tables), by_the_hour(case), np.array([0, 1, 2, 3]))
    assert found.begins.tolist() == [0, 0, 1, 1, 2]
    some = find_places(case, Daytimes.of(case.tables), by_the_hour(case), np.array([2, 3]))
    assert (some.begins.tolist(), some.request.tolist()) == ([0, 0, 1], [3])
    nothing = find_places(case, Daytimes.of(case.tables), by_the_hour(case), np.array([0, 2]))
    assert (nothing.begins.tolist(), len(nothing)) == ([0, 0, 0], 0)


def hourly(*requests: Request, per_day: int = 1, **fields: Any) -> list[bool]:
    """For which requests the hour matters; interpreters S1 (ar, de) and S2 (tr)."""
    problem = january(
        *requests,
        speakers=(small.speaker(languages=("de", "ru"), max_per_day=3),),
        interpreters=(
            small.interpreter(languages=("ar", "de"), max_per_day=per_day),
            small.interpreter("S2", languages=("tr",), max_per_day=1),
        ),
        **fields,
    )
    found: list[bool] = by_the_hour(make_case(problem, problem.fixed)).tolist()
    return found


def test_the_hour_matters_where_requests_share_a_venue() -> None:
    rows = [
        asked(EVENING, venue="V1"),
        asked(EVENING, name="A2", venue="V1"),
        asked(EVENING, name="A3", venue="V2"),
        asked(EVENING, name="A4"),
        asked(EVENING, name="A5", venue="V2"),
    ]
    assert hourly(*rows, fixed=(small.talk("A5"),)) == [True, True, False, False, False]


def test_the_hour_matters_where_interpreters_take_several_talks_a_day() -> None:
    rows = [
        asked(EVENING, languages=("ar",)),
        asked(EVENING, name="A2", languages=("tr",)),
        asked(EVENING, name="A3", languages=("ru", "de", "tr", "ar")),
        asked(EVENING, name="A4", languages=("ar",), interpreting=Interpreting.NEVER),
        asked(EVENING, name="A5", languages=("de",)),
        asked(EVENING, name="A6", languages=("de", "ru")),
    ]
    assert hourly(*rows, per_day=2) == [True, False, True, False, False, False]
    assert hourly(*rows, per_day=1) == [False] * 6


def test_the_hour_matters_where_an_interpreter_takes_several_talks_on_some_of_the_days() -> None:
    rows = asked(EVENING, languages=("ar",)), asked(EVENING, name="A2", organisation="MO2")
    standing = small.talk("A2", "2027-01-12T12:00", interpreters=("S1",))
    assert hourly(*rows, per_day=2, fixed=(standing,)) == [True, False]
