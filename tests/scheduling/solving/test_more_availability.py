"""Offering more time never lowers the best total; what becomes of one's own talks is reported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

from matchmaker.scheduling.problem import Organisation, Problem, Window
from tests.drills.availability import Outcome, Report, drill, measured, with_more_time
from tests.scheduling.small import evening, problem, request, speaker
from tests.scheduling.solving.brute import joined
from tests.scheduling.solving.tiny import DAYS, at, crowded_problem, tiny_problem


@pytest.mark.parametrize(("problems", "made"), [(100, tiny_problem), (2, crowded_problem)])
def test_more_availability_never_lowers_the_best_total(
    problems: int,
    made: Callable[[int], Problem],
    record_property: Callable[[str, object], None],
) -> None:
    report = drill(problems, made)
    record_property("fewer talks with more time", f"{len(report.fewer)} of {problems}")
    record_property("report", str(report))
    assert (report.faults, len(report.proven)) == ([], problems)
    assert any(row.gain > 0 for row in report.outcomes)


def test_more_time_is_more_and_nothing_else_is_touched() -> None:
    for seed in range(50):
        case = tiny_problem(seed)
        offer = with_more_time(case, Random(seed))
        assert offer is not None
        name, more = offer
        was, now = case.speaker[name], more.speaker[name]
        assert joined(now.available) != joined(was.available)
        assert now.available[:-1] == was.available
        assert replace(now, available=was.available) == was
        assert replace(more, speakers=case.speakers) == case


def test_nobody_can_offer_more_than_all_evenings() -> None:
    case = tiny_problem(1)
    always = ((at(DAYS[0], 0), at(DAYS[-1], 24)),)
    full = tuple(replace(row, available=always) for row in case.speakers)
    assert with_more_time(replace(case, speakers=full), Random(1)) is None


def test_more_time_may_cost_somebody_talks_where_all_together_gain() -> None:
    """Only R1 can hold the long evening, over two short ones that R2 can take instead."""
    day = "2027-01-12"
    short = evening(day, "15:00", "17:00"), evening(day, "19:00", "21:00")
    whole = evening(day, "15:00", "21:00")
    asked = [request(f"A{n}", f"MO{n}", windows=(Window(*short[n]),)) for n in range(2)]
    long = request("A2", "MO2", topics=("T2",), minutes=240, windows=(Window(*whole),))
    less, more = (
        problem(
            organisations=tuple(Organisation(f"MO{n}") for n in range(3)),
            requests=(*asked, long),
            speakers=(
                speaker("R1", topics={"T1": 3, "T2": 3}, available=available),
                speaker("R2", topics={"T1": 1}, available=(whole,)),
            ),
        )
        for available in (short, (*short, evening(day, "17:00", "19:00")))
    )
    found = measured("the long evening", less, "R1", more)
    assert (found.talks_before, found.talks_after, found.gain > 0) == (2, 1, True)
    assert (found.fault, Report([found]).fewer) == ("", [found])


def outcome(total: tuple[int, int], talks: tuple[int, int], *, allowed: bool = True) -> Outcome:
    return Outcome(
        problem="seed 7",
        speaker="R1",
        total_before=total[0],
        total_after=total[1],
        talks_before=talks[0],
        talks_after=talks[1],
        old_plan_allowed=allowed,
    )


def test_report_counts_how_often_and_by_how_much() -> None:
    rows = [
        outcome((10, 10), (1, 1)),
        outcome((10, 30), (0, 2)),
        outcome((10, 20), (3, 1)),
        outcome((10, 10), (2, 1)),
    ]
    lines = str(Report(rows)).splitlines()
    assert "| higher | 2 | 15 | 20 |" in lines
    assert lines[-4:] == [
        "| more | 1 | 25.0 % | 1 x 2 |",
        "| as many | 1 | 25.0 % |  |",
        "| fewer, at an equal total | 1 | 25.0 % | 1 x 1 |",
        "| fewer, at a higher total | 1 | 25.0 % | 1 x 2 |",
    ]


def test_report_asks_nothing_of_plans_that_are_not_proven() -> None:
    report = Report([replace(outcome((10, 9), (2, 1)), proven=False), outcome((9, 9), (1, 1))])
    assert (report.faults, report.fewer) == ([], [])
    assert str(report).splitlines()[0] == (
        "1 problems, one more evening of one speaker in each (1 others not proven within 30 s)"
    )


def test_report_names_what_must_not_happen() -> None:
    rows = [outcome((10, 9), (1, 1)), outcome((9, 9), (1, 1), allowed=False)]
    assert str(Report(rows)).splitlines()[-2:] == [
        "seed 7, more time of R1: the best total fell from 10 to 9",
        "seed 7, more time of R1: the old plan is not allowed any more",
    ]
