"""Times of day as bits, and when people are free for a talk."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from matchmaker.scheduling.problem import Assignment, Commitment, Problem, Window
from matchmaker.scheduling.solving.arrays import Ints, ints
from matchmaker.scheduling.solving.case import make_case
from matchmaker.scheduling.solving.daytimes import Bits, Daytimes, find_hours, lowest, split
from matchmaker.scheduling.solving.tables import tabulate
from tests.scheduling import small
from tests.scheduling.solving.choices import set_bits

WHOLE_DAYS = (Window(small.when("2027-01-01T00:00"), small.when("2027-12-31T00:00")),)


def of(*windows: tuple[str, str], grid: int = 30) -> tuple[int, int, int]:
    """The times of day of a problem with these windows of 12 January."""
    rows = tuple(
        small.request(f"A{n}", windows=(Window(*small.evening("2027-01-12", *row)),))
        for n, row in enumerate(windows)
    )
    found = Daytimes.of(tabulate(small.problem(requests=rows, start_grid_minutes=grid)))
    return found.first, found.step, found.count


@pytest.mark.parametrize(
    ("window", "grid", "first", "last"),
    [
        (("16:00", "22:00"), 30, "16:00", "21:30"),
        (("16:01", "22:01"), 30, "16:30", "22:00"),
        (("15:59", "21:59"), 30, "16:00", "21:30"),
        (("16:00", "22:00"), 45, "16:30", "21:45"),
        (("16:00", "22:00"), 1, "16:00", "21:59"),
        (("00:00", "01:00"), 60, "00:00", "00:00"),
        (("00:01", "12:01"), 720, "12:00", "12:00"),
    ],
)
def test_daytimes_are_all_of_the_grid_within_the_windows(
    window: tuple[str, str], grid: int, first: str, last: str
) -> None:
    begin, step, count = of(window, grid=grid)
    assert (clock(begin), clock(begin + step * (count - 1))) == (first, last)


def test_daytimes_reach_from_the_earliest_to_the_latest_window() -> None:
    assert of(("18:00", "20:00"), ("16:00", "17:00"), ("17:00", "19:00")) == (16 * 60, 30, 8)


def test_daytimes_of_a_window_over_midnight_are_the_whole_day() -> None:
    over = small.request(
        windows=(Window(small.when("2027-01-12T22:00"), small.when("2027-01-13T02:00")),)
    )
    late = small.request("A2", windows=(Window(*small.evening("2027-01-12")),))
    tables = tabulate(small.problem(requests=(over, late), start_grid_minutes=60))
    assert Daytimes.of(tables) == Daytimes(0, 60, 24)


@pytest.mark.parametrize("windows", [(), (("12:01", "12:59"),)])
def test_daytimes_without_any_start_are_one_that_nobody_uses(
    windows: tuple[tuple[str, str], ...],
) -> None:
    assert of(*windows, grid=60)[2] == 1


@pytest.mark.parametrize(("count", "bands"), [(1, 1), (64, 1), (65, 2), (128, 2), (1440, 23)])
def test_a_band_holds_64_times(count: int, bands: int) -> None:
    assert Daytimes(0, 1, count).bands == bands


def test_at_least_is_the_first_time_not_before() -> None:
    minutes = ints([-500, 959, 960, 961, 989, 990, 991, 1019, 1020, 1021, 5000])
    found = Daytimes(960, 30, 3).at_least(minutes)
    assert found.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3]


@pytest.mark.parametrize(
    ("low", "high", "band", "expected"),
    [
        (0, 3, 0, [0, 1, 2]),
        (62, 70, 0, [62, 63]),
        (62, 70, 1, [0, 1, 2, 3, 4, 5]),
        (0, 200, 1, list(range(64))),
        (70, 72, 0, []),
        (3, 5, 1, []),
        (5, 5, 0, []),
        (5, 3, 0, []),
    ],
)
def test_bits_of_a_band_stand_for_the_times_low_to_high(
    low: int, high: int, band: int, expected: list[int]
) -> None:
    bits = Daytimes(0, 10, 144).bits(ints([low]), ints([high]), band)
    assert set_bits(bits[0]) == expected


def test_lowest_is_the_number_of_the_lowest_bit() -> None:
    bits = np.array([1, 0b1100, 1 << 63, (1 << 64) - 1], dtype=np.uint64)
    assert lowest(bits).tolist() == [0, 2, 63, 0]


def test_split_gives_every_bit_apart_row_after_row() -> None:
    row, single = split(np.array([0b101, 0, 1 << 63 | 1], dtype=np.uint64))
    assert row.tolist() == [0, 0, 2, 2]
    assert single.tolist() == [1, 4, 1, 1 << 63]


def clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def january(**fields: Any) -> Problem:
    """R1 and R2 for one request of 120 minutes, hourly from 11 to 16 January."""
    usual: dict[str, Any] = {
        "first_day": date(2027, 1, 11),
        "last_day": date(2027, 1, 16),
        "start_grid_minutes": 60,
        "requests": (small.request(windows=WHOLE_DAYS),),
        "interpreters": (),
    }
    return small.problem(**{**usual, **fields})


def times(
    problem: Problem, table: str, *standing: Assignment, minutes: int = 120
) -> dict[str, dict[str, list[str]]]:
    """The times of day in a table of the hours: person -> day -> times; without empty days."""
    case = make_case(problem, standing)
    hours = find_hours(case)
    found: dict[str, dict[str, list[str]]] = {}
    for row, person in enumerate(case.tables.people.ids):
        for day in range(case.tables.days.count):
            starts = []
            for band in range(hours.daytimes.bands):
                spot = hours.index(*map(one, (minutes, row, day, band)))
                bits: Bits = getattr(hours, table)[spot]
                slots = [64 * band + number for number in set_bits(bits[0])]
                starts += [clock(hours.daytimes.first + hours.daytimes.step * n) for n in slots]
            if starts:
                name = f"{problem.first_day + timedelta(days=day):%m-%d}"
                found.setdefault(person, {})[name] = starts
    return found


def one(value: int) -> Ints:
    return np.array([value])


def free(available: tuple[tuple[str, str], ...], **fields: Any) -> dict[str, list[str]]:
    """When R1 is free for two hours; R2 never is."""
    spans = tuple((small.when(begin), small.when(end)) for begin, end in available)
    speakers = small.speaker(available=spans), small.speaker("R2", available=())
    return times(january(speakers=speakers, **fields), "free").get("R1", {})


@pytest.mark.parametrize(
    ("begin", "end", "expected"),
    [
        ("16:00", "19:00", ["16:00", "17:00"]),
        ("16:00", "18:59", ["16:00"]),
        ("16:01", "19:00", ["17:00"]),
        ("16:00", "17:59", None),
        ("00:00", "02:00", ["00:00"]),
        ("22:00", "23:59", None),
    ],
)
def test_people_are_free_where_they_are_available_for_the_whole_talk(
    begin: str, end: str, expected: list[str] | None
) -> None:
    found = free(((f"2027-01-12T{begin}", f"2027-01-12T{end}"),))
    assert found.get("01-12") == expected


def test_touching_times_count_as_one_and_others_do_not() -> None:
    touching = ("2027-01-12T17:00", "2027-01-12T19:00"), ("2027-01-12T16:00", "2027-01-12T17:00")
    assert free(touching) == {"01-12": ["16:00", "17:00"]}
    apart = ("2027-01-12T17:01", "2027-01-12T19:00"), ("2027-01-12T16:00", "2027-01-12T17:00")
    assert free(apart) == {}
    twice = ("2027-01-12T08:00", "2027-01-12T10:00"), ("2027-01-12T16:00", "2027-01-12T18:00")
    assert free(twice) == {"01-12": ["08:00", "16:00"]}


def test_a_talk_does_not_run_over_midnight() -> None:
    found = free((("2027-01-12T20:00", "2027-01-14T03:00"),))
    assert list(found) == ["01-12", "01-13", "01-14"]
    assert found["01-12"] == ["20:00", "21:00", "22:00"]
    assert found["01-13"] == [clock(60 * hour) for hour in range(23)]
    assert found["01-14"] == ["00:00", "01:00"]


def test_people_are_free_within_the_horizon_only() -> None:
    found = free(
        (("2027-01-09T12:00", "2027-01-11T03:00"), ("2027-01-16T21:00", "2027-01-19T12:00"))
    )
    assert found == {"01-11": ["00:00", "01:00"], "01-16": ["21:00", "22:00"]}


def test_each_length_of_talk_has_its_own_starts() -> None:
    spans = ((small.when("2027-01-12T16:00"), small.when("2027-01-12T19:00")),)
    problem = january(
        speakers=(small.speaker("R0", available=()), small.speaker(available=spans)),
        requests=(
            small.request(windows=WHOLE_DAYS, minutes=180),
            small.request("A2", windows=WHOLE_DAYS, minutes=60),
            small.request("A3", windows=WHOLE_DAYS, minutes=120),
        ),
    )
    found = {minutes: times(problem, "free", minutes=minutes)["R1"] for minutes in (60, 120, 180)}
    assert found == {
        60: {"01-12": ["16:00", "17:00", "18:00"]},
        120: {"01-12": ["16:00", "17:00"]},
        180: {"01-12": ["16:00"]},
    }


def test_days_with_many_starts_fill_several_bands() -> None:
    spans = ((small.when("2027-01-12T09:58"), small.when("2027-01-12T14:00")),)
    found = times(january(speakers=(small.speaker(available=spans),), start_grid_minutes=1), "free")
    assert found == {"R1": {"01-12": [clock(minute) for minute in range(9 * 60 + 58, 12 * 60 + 1)]}}


@pytest.mark.parametrize("day", ["2027-03-28", "2027-10-31"])
def test_the_clocks_of_the_wall_go_on_when_they_are_changed(day: str) -> None:
    found = free(
        ((f"{day}T00:00", f"{day}T05:00"),),
        first_day=date.fromisoformat(day),
        last_day=date.fromisoformat(day),
    )
    assert found == {day[5:]: ["00:00", "01:00", "02:00", "03:00"]}


@pytest.mark.parametrize(
    ("lead_days", "days"),
    [(0, ["01-12", "01-13", "01-14"]), (1, ["01-13", "01-14"]), (2, ["01-14"]), (3, [])],
)
def test_nobody_is_free_before_their_notice_has_passed(lead_days: int, days: list[str]) -> None:
    spans = tuple(small.evening(f"2027-01-{day}") for day in (12, 13, 14))
    problem = january(
        now=small.when("2027-01-12T23:00"),
        speakers=(small.speaker(available=spans, lead_days=lead_days),),
    )
    assert list(times(problem, "free").get("R1", {})) == days


def test_a_full_day_or_week_leaves_nobody_free() -> None:
    spans = tuple(small.evening(f"2027-01-{day}") for day in (15, 16, 18))
    problem = january(
        last_day=date(2027, 1, 18),
        speakers=(
            small.speaker(available=spans, max_per_day=1),
            small.speaker("R2", available=spans, max_per_week=1),
            small.speaker("R3", available=spans, max_talks=1),
            small.speaker("R4", available=spans),
        ),
        requests=(small.request(windows=WHOLE_DAYS), small.request("A2", minutes=30)),
    )
    standing = small.talk("A2", "2027-01-15T08:00", speakers=("R1", "R2", "R3"))
    found = {person: list(days) for person, days in times(problem, "free", standing).items()}
    assert found == {"R1": ["01-16", "01-18"], "R2": ["01-18"], "R4": ["01-15", "01-16", "01-18"]}


@pytest.mark.parametrize(
    ("avoid", "expected"),
    [
        (["12T18:00 12T19:00"], {"12": "17 18"}),
        (["12T18:01 12T18:59"], {"12": "17 18"}),
        (["12T18:00 12T19:01"], {"12": "17 18 19"}),
        (["12T17:59 12T19:00"], {"12": "16 17 18"}),
        (["12T18:00 12T19:00", "12T18:00 12T20:00"], {"12": "17 18 19"}),
        (["12T18:00 12T19:00", "12T08:00 12T09:00"], {"12": "07 08 17 18"}),
        (["12T22:00 13T00:00"], {"12": "21 22 23"}),
        (["12T22:00 13T00:01"], {"12": "21 22 23", "13": "00"}),
        (["12T22:00 13T01:00"], {"12": "21 22 23", "13": "00"}),
        (["09T12:00 11T02:00"], {"11": "00 01"}),
        (["16T23:00 19T02:00"], {"16": "22 23"}),
    ],
)
def test_people_avoid_every_start_whose_talk_meets_the_time(
    avoid: list[str], expected: dict[str, str]
) -> None:
    moments = [[small.when(f"2027-01-{text}") for text in row.split()] for row in avoid]
    spans = tuple((begin, end) for begin, end in moments)
    speakers = small.speaker("R0", avoid=()), small.speaker(avoid=spans), small.speaker("R2")
    days = {
        f"01-{day}": [f"{hour}:00" for hour in hours.split()] for day, hours in expected.items()
    }
    assert times(january(speakers=speakers), "avoid") == {"R1": days}


def test_times_to_avoid_may_lie_in_each_other_over_several_days() -> None:
    spans = (
        (small.when("2027-01-12T22:00"), small.when("2027-01-14T01:00")),
        (small.when("2027-01-12T20:00"), small.when("2027-01-12T21:00")),
        (small.when("2027-01-13T02:00"), small.when("2027-01-13T03:00")),
    )
    found = times(january(speakers=(small.speaker(avoid=spans),)), "avoid")["R1"]
    assert found == {
        "01-12": ["19:00", "20:00", "21:00", "22:00", "23:00"],
        "01-13": [clock(60 * hour) for hour in range(24)],
        "01-14": ["00:00"],
    }


def test_busy_days_are_those_of_commitments_and_standing_talks() -> None:
    over_midnight = Commitment(small.when("2027-01-12T23:00"), small.when("2027-01-13T00:01"))
    until_midnight = Commitment(small.when("2027-01-15T23:00"), small.when("2027-01-16T00:00"))
    problem = january(
        speakers=(
            small.speaker("R0"),
            small.speaker(commitments=(over_midnight, until_midnight)),
            small.speaker("R2"),
        )
    )
    busy = find_hours(make_case(problem, [small.talk(speakers=("R2",))])).busy_days
    assert [np.flatnonzero(row).tolist() for row in busy] == [[], [1, 2, 4], [1]]
