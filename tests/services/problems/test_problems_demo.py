"""The demo quarter from its rows: the same plan problem as the official one, and its result."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import PlanningRound
from matchmaker.scheduling.formats import load_problem
from matchmaker.scheduling.judge import check
from matchmaker.scheduling.problem import Problem
from matchmaker.scheduling.run import propose
from matchmaker.services.desk import Desk
from matchmaker.services.problems import RoundProblem, round_problem

OFFICIAL = Path(__file__).parents[2] / "scheduling" / "demo_problem.json"
IMPOSSIBLE = {
    "A046": "language",
    "A047": "topic",
    "A048": "group",
    "A049": "blocked",
    "A050": "closed_day",
    "A051": "group_size",
    "A056": "availability",
    "A059": "lead_time",
    "A060": "blocked",
}
PAIRS = [{"A052", "A053"}, {"A054", "A055"}]


@pytest.fixture
def official() -> Problem:
    return load_problem(OFFICIAL)


@pytest.fixture
def made(demo_session: Session, demo_desk: Desk) -> RoundProblem:
    row = demo_session.scalars(select(PlanningRound)).one()
    return round_problem(demo_session, demo_desk, row)


def test_windows_times_and_travel_are_those_of_the_official_problem(
    made: RoundProblem, official: Problem
) -> None:
    def times(problem: Problem) -> object:
        return {
            **{
                row.id: [(window.start, window.end) for window in row.windows]
                for row in problem.requests
            },
            **{code: person.available for code, person in problem.person.items()},
            **{row.id: row.blocked for row in problem.organisations},
        }

    assert times(made.problem) == times(official)
    assert made.problem.travel == official.travel
    assert made.problem.closed_days == official.closed_days


def test_people_and_requests_are_those_of_the_official_problem(
    made: RoundProblem, official: Problem
) -> None:
    assert made.problem.speakers == official.speakers
    assert made.problem.interpreters == official.interpreters
    unnamed = [replace(row, windows=(), venue=None) for row in made.problem.requests]
    assert unnamed == [replace(row, windows=()) for row in official.requests]


def test_the_pair_sent_twice_is_noted_before_planning(made: RoundProblem) -> None:
    assert [(note.code, note.facts) for note in made.notes] == [
        ("open_duplicates", {"pairs": [("A057", "A058")]})
    ]


@pytest.fixture(scope="module")
def engine_kind() -> str:
    """One engine is enough where the solver does the work."""
    return "sqlite"


def test_exactly_49_of_60_are_placed_and_the_right_ones_stay_open(made: RoundProblem) -> None:
    proposal = propose(made.problem, threads=2)
    assert check(made.problem, proposal).right
    assert len(proposal.assignments) == 49
    waiting = {row.request: row.reasons for row in proposal.unassigned}
    losers = set(waiting) - set(IMPOSSIBLE)
    assert all(len(losers & pair) == 1 for pair in PAIRS)
    assert len(waiting) == 11
    assert {code: waiting[code][0] for code in IMPOSSIBLE} == IMPOSSIBLE


def test_school_holidays_that_cost_something_are_mostly_avoided(made: RoundProblem) -> None:
    def in_holidays(problem: Problem) -> int:
        days = [row.start.date() for row in propose(problem, threads=2).assignments]
        return sum(day in made.days.school for day in days)

    free = replace(made.problem, discouraged_days={})
    assert in_holidays(made.problem) < in_holidays(free)
    assert in_holidays(made.problem) <= 3
