"""Teams that fall short of the best of their request are found as well where they are asked for."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from matchmaker.scheduling.problem import Problem
from matchmaker.scheduling.proposal import Status
from matchmaker.scheduling.solving import exactly, search, solve
from matchmaker.scheduling.solving.block import Surroundings
from matchmaker.scheduling.solving.case import make_case
from matchmaker.scheduling.solving.clock import Clock
from matchmaker.scheduling.solving.ground import Ground
from matchmaker.scheduling.solving.linear import Program, solve_relaxation
from matchmaker.scheduling.solving.market import free, open_market
from matchmaker.scheduling.solving.prices import SCALE
from matchmaker.scheduling.solving.pricing import within
from matchmaker.scheduling.solving.rows import build_rows
from tests.scheduling.solving.tiny import crowded_problem
from tests.scheduling.solving.wide import wide_problem

ALL = 10**5 * SCALE


def in_teams(problem: Problem, topics: int, requests: int) -> Problem:
    """The first requests, each for up to three speakers, with topics so many times as dear."""
    rows = tuple(replace(row, max_speakers=3) for row in problem.requests[:requests])
    ids = {row.id for row in rows}
    published = tuple(row for row in problem.published if row.request in ids)
    fixed = tuple(row for row in problem.fixed if row.request in ids)
    weights = replace(problem.weights, topics=topics)
    return replace(problem, requests=rows, published=published, fixed=fixed, weights=weights)


PROBLEMS = [
    *(
        pytest.param(in_teams(crowded_problem(seed), 10, 15), id=f"crowded {seed}")
        for seed in (3, 16, 61)
    ),
    *(pytest.param(in_teams(wide_problem(seed), 20, 8), id=f"wide {seed}") for seed in range(8)),
]


@pytest.mark.parametrize("problem", PROBLEMS)
def test_no_talk_is_missing_that_falls_short_by_little(problem: Problem) -> None:
    case = make_case(problem, problem.fixed)
    market = open_market(Surroundings.of(case), Clock(60.0), 1)
    listed = market.offers(free(case), within(ALL, spare=ALL))
    assert listed is not None
    program = Program(listed.columns, build_rows(case, listed.columns))
    requests = len(case.tables.requests.ids)
    some = np.flatnonzero(np.array([Random(7).random() for _ in range(len(listed.columns))]) < 0.7)
    part = listed.columns.take(some)
    relaxed = solve_relaxation(Clock(60.0), Program(part, build_rows(case, part)), requests)
    assert relaxed is not None
    prices = build_rows(case, part).prices(relaxed.duals, case.tables.days)
    everything = market.offers(prices, within(ALL, spare=ALL))
    assert everything is not None
    short = everything.top[everything.columns.request] - everything.worth

    for slack in (0, 10 * SCALE, 60 * SCALE, 300 * SCALE):
        found = market.offers(prices, within(slack, spare=slack + 1))
        assert found is not None
        asked = everything.columns.take(short <= slack)
        assert sorted(map(tuple, found.columns.identity.tolist())) == sorted(
            map(tuple, asked.identity.tolist())
        )
    assert len(everything.columns) == len(program.columns)
    assert (Ground.of(program, np.zeros_like(program.rows.limit), requests).short() >= 0).all()


def test_a_team_that_pays_only_where_somebody_is_idle_is_not_overlooked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    problem = in_teams(crowded_problem(61), 10, 15)
    first = solve(problem, threads=1)
    monkeypatch.setattr(search, "FIRST_EACH", 1)
    monkeypatch.setattr(exactly, "NEXT_EACH", 1)
    monkeypatch.setattr(exactly, "CLOSE", 0)
    other = solve(problem, threads=1)

    assert first.status is other.status is Status.OPTIMAL
    assert first.score.total == other.score.total == 54153
