"""Offering more time never lowers the best total; what becomes of one's own talks is reported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

from matchmaker.scheduling.problem import Problem
from tests.drills.availability import Outcome, Report, drill, with_more_time
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
        problem = tiny_problem(seed)
        offer = with_more_time(problem, Random(seed))
        assert offer is not None
        speaker, more = offer
        was, now = problem.speaker[speaker], more.speaker[speaker]
        assert joined(now.available) != joined(was.available)
        assert now.available[:-1] == was.available
        assert replace(now, available=was.available) == was
        assert replace(more, speakers=problem.speakers) == problem


def test_nobody_can_offer_more_than_all_evenings() -> None:
    problem = tiny_problem(1)
    always = ((at(DAYS[0], 0), at(DAYS[-1], 24)),)
    full = tuple(replace(row, available=always) for row in problem.speakers)
    assert with_more_time(replace(problem, speakers=full), Random(1)) is None


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
