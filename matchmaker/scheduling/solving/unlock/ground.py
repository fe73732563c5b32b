"""The problem without any change: its best plan, its market and the prices that prove it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matchmaker.scheduling.problem import Assignment, Problem
from matchmaker.scheduling.solving.arrays import Bools, Ints
from matchmaker.scheduling.solving.case import Case, make_case
from matchmaker.scheduling.solving.clock import Clock
from matchmaker.scheduling.solving.columns import Columns
from matchmaker.scheduling.solving.kept.facts import find_facts
from matchmaker.scheduling.solving.kept.gain import gain
from matchmaker.scheduling.solving.kept.kept import keep_plan
from matchmaker.scheduling.solving.market import Market, most_points
from matchmaker.scheduling.solving.plan import Plan
from matchmaker.scheduling.solving.prices import SCALE
from matchmaker.scheduling.solving.pricing import within
from matchmaker.scheduling.solving.score import score
from matchmaker.scheduling.solving.search import approach, prove
from matchmaker.scheduling.solving.state import State
from matchmaker.scheduling.solving.tables import MODES
from matchmaker.scheduling.solving.unlock.relaxing import Named, Relaxation, named, relax
from matchmaker.scheduling.solving.wall import minute

NEAR = 60 * SCALE  # what the first columns of a relaxation may fall short of the best
NEAR_EACH = 10
NODES = 100  # of the search tree: what they do not prove stays unproven


@dataclass(frozen=True, slots=True)
class Ground:
    """`points` is by points, `requests` counts every talk `subsidy` points more.

    `plan` is the best plan found: the one asked about, or a better one; no plan exceeds `bound`
    (points). `cells` are sorted keys (`cell_key`) of who has time for which request when and how.
    """

    problem: Problem
    case: Case
    clock: Clock
    threads: int
    base: int
    plan: Plan
    bound: int
    market: Market
    cells: Ints
    points: Relaxation
    requests: Relaxation
    subsidy: int

    @property
    def proven(self) -> bool:
        """Whether no plan is better."""
        return self.bound <= self.plan.points


def find_ground(
    problem: Problem, plan: Sequence[Assignment], clock: Clock, threads: int
) -> Ground | None:
    """The ground of a problem, given an allowed plan or none; None if time does not suffice."""
    case = make_case(problem, problem.fixed)
    asked = plan_of(case, plan) if plan else Plan(Columns.none(), 0)
    base = score(problem, problem.fixed).total
    state = State(case, clock, base, 0, threads, None, asked, most_points(case))
    market = approach(state)
    if state.prices is None or clock.over:
        return None
    if not state.closed:
        prove(state, market, NODES)
    offers = market.offers(state.prices, within(NEAR, most=NEAR_EACH))
    if offers is None or market.missing or not market.whole:
        return None
    best = Plan(named(state.plan.columns), state.plan.points)
    columns = best.columns.join(named(offers.columns))
    weights = problem.weights
    subsidy = 4 * (weights.serve + weights.fair_first) + 1000
    by_points = relax(case, clock, Named(market), columns)
    by_requests = relax(case, clock, Named(market), columns, subsidy=subsidy)
    if by_points is None or by_requests is None:
        return None
    cells = cells_of(market)
    return Ground(
        problem,
        case,
        clock,
        threads,
        base,
        best,
        min(state.bound, state.floor(by_points.bound // SCALE)),
        market,
        cells,
        by_points,
        by_requests,
        subsidy,
    )


def plan_of(case: Case, plan: Sequence[Assignment]) -> Plan:
    """A plan that is allowed, as columns; what is fixed stands already and is left out."""
    problem, tables = case.tables.problem, case.tables
    standing = keep_plan(find_facts(problem), problem.fixed)
    talks = [row for row in plan if not case.load.requests[tables.request_row[row.request]]]
    people = np.full((len(talks), 6), -1, dtype=np.int64)
    for row, talk in enumerate(talks):
        for first, side in ((0, talk.speakers), (3, talk.interpreters)):
            rows = sorted(tables.person_row[name] for name in side)
            people[row, first : first + len(rows)] = rows
    rank = [problem.request[row.request].languages.index(row.language) for row in talks]
    columns = Columns(
        identity=np.zeros((len(talks), 2), dtype=np.int64),
        request=_ints([tables.request_row[row.request] for row in talks]),
        start=_ints([minute(row.start) for row in talks]),
        day=_ints([row.start.toordinal() - tables.days.first for row in talks]),
        mode=_ints([MODES.index(row.mode) for row in talks]),
        rank=_ints(rank),
        people=people,
        value=_ints([gain(standing, row).total for row in talks]),
    )
    points = score(problem, plan).total - score(problem, problem.fixed).total
    return Plan(named(columns), points)


def cell_key(case: Case, request: Ints, day: Ints, mode: Ints, person: Ints) -> Ints:
    """A number for a person at a request on a day in a mode."""
    key = (request * case.tables.days.count + day) * 2 + mode
    return np.asarray(key * len(case.tables.people.ids) + person, dtype=np.int64)


def cells_of(market: Market) -> Ints:
    """The sorted keys of all who have time somewhere at a place."""
    keys = [np.zeros(0, dtype=np.int64)]
    for block in market.unpacked():
        places = block.places
        for cells in (block.speakers, block.crews.cells):
            at = cells.place
            found = cell_key(
                market.case, places.request[at], places.day[at], places.mode[at], cells.person
            )
            keys.append(np.unique(found))
    return np.unique(np.concatenate(keys))


def served(case: Case, columns: Columns) -> Bools:
    """Which requests have a talk in a plan of these columns."""
    found = case.load.requests.copy()
    found[columns.request] = True
    return found


def _ints(values: Sequence[int]) -> Ints:
    return np.array(values, dtype=np.int64)
