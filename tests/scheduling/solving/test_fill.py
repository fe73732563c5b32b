"""What a relaxation takes in parts is placed as well as can be around what it takes whole."""

from __future__ import annotations

import numpy as np
import pytest

from matchmaker.scheduling.solving.arrays import Bools, Ints
from matchmaker.scheduling.solving.clock import Clock
from matchmaker.scheduling.solving.exact import Shares, search
from matchmaker.scheduling.solving.fill import fill
from matchmaker.scheduling.solving.linear import Program
from tests.scheduling.solving.test_primal_dual import all_columns
from tests.scheduling.solving.tiny import crowded_problem
from tests.scheduling.solving.wide import wide_problem

PROGRAMS = [
    pytest.param(all_columns(problem, 20)[1], id=name)
    for name, problem in (
        ("crowded", crowded_problem(16)),
        *((f"wide {seed}", wide_problem(seed)) for seed in (0, 2, 3)),
    )
]


def filled(program: Program, share: np.ndarray) -> Bools:
    every = np.arange(len(program.columns))
    used = np.zeros(len(program.rows.limit), dtype=np.int64)
    shares = Shares(share, 0)
    plan = fill(Clock(60.0), program, every, shares, used=used, gone=every[:0], seed=0)
    return np.isin(every, plan)


def torn_shares(program: Program, taken: Bools, requests: Ints) -> np.ndarray:
    """The shares of a plan, but those of some requests spread over all their columns."""
    share = taken.astype(np.float64)
    for request in requests.tolist():
        own = program.columns.request == request
        share[own] = 1 / (1 + own.sum())
    return share


def assert_allowed(program: Program, plan: Bools) -> None:
    assert not (np.bincount(program.columns.request[plan]) > 1).any()
    room = program.rows.limit.copy()
    np.add.at(room, program.rows.step_row, program.rows.step_size)
    assert (program.rows.used(np.flatnonzero(plan)) <= room).all()


@pytest.mark.parametrize("program", PROGRAMS)
def test_what_is_torn_is_placed_as_well_as_in_the_best_plan(program: Program) -> None:
    best = search(Clock(60.0), program)
    assert best.taken is not None
    requests = np.unique(program.columns.request[best.taken])[::2]

    plan = filled(program, torn_shares(program, best.taken, requests))

    assert program.rows.points(program.columns, plan) == best.points
    assert_allowed(program, plan)


@pytest.mark.parametrize("program", PROGRAMS)
def test_what_is_whole_stays_however_little_it_is_worth(program: Program) -> None:
    worst = int(np.argmin(program.columns.value))
    others = np.unique(program.columns.request)
    others = others[others != program.columns.request[worst]]
    alone = np.arange(len(program.columns)) == worst

    plan = filled(program, torn_shares(program, alone, others))

    assert plan[worst]
    assert program.rows.points(program.columns, plan) >= program.rows.points(program.columns, alone)


def test_nothing_is_placed_where_nothing_is_torn() -> None:
    _, program, _ = all_columns(crowded_problem(16), 20)
    one = np.arange(len(program.columns)) == 3

    assert filled(program, one.astype(np.float64)).tolist() == one.tolist()


def replaced(program: Program, taken: Bools, clock: Clock) -> tuple[Bools, Bools]:
    """The plan with every second request placed anew, and what of it stays in any case.

    Every fourth request is torn, those between are taken whole as they were.
    """
    requests = np.unique(program.columns.request[taken])
    freed = np.isin(program.columns.request, requests[::2])
    torn = np.isin(program.columns.request, requests[::4])
    chosen, gone = np.flatnonzero(freed), np.flatnonzero(freed & taken)
    share = torn_shares(program, taken, requests[::4])[chosen]
    used = program.rows.used(np.flatnonzero(taken))
    found = fill(clock, program, chosen, Shares(share, 0), used=used, gone=gone, seed=0)
    plan = taken & ~freed
    plan[found] = True
    return plan, taken & ~torn


@pytest.mark.parametrize("program", PROGRAMS)
def test_what_goes_makes_room_for_as_good_a_plan_beside_the_rest(program: Program) -> None:
    best = search(Clock(3600.0), program)
    assert best.taken is not None

    plan, stays = replaced(program, best.taken, Clock(3600.0))

    assert_allowed(program, plan)
    assert program.rows.points(program.columns, plan) == best.points
    assert plan[stays].all()


@pytest.mark.parametrize("limit", [0.0, 1e-9, 1e-4, 2e-3, 1e-2])
@pytest.mark.parametrize("stopped", [False, True])
@pytest.mark.parametrize("program", PROGRAMS)
def test_when_time_is_up_what_is_left_is_allowed(
    program: Program, stopped: bool, limit: float
) -> None:
    best = search(Clock(3600.0), program)
    assert best.taken is not None
    clock = Clock(limit)
    if stopped:
        clock.stop.set()

    plan, stays = replaced(program, best.taken, clock)

    assert_allowed(program, plan)
    assert plan[stays].all()
