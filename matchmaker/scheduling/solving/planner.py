"""From a problem to its proposal."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from importlib import import_module

from matchmaker.scheduling.problem import Problem
from matchmaker.scheduling.progress import Progress
from matchmaker.scheduling.proposal import Proposal, Status
from matchmaker.scheduling.solving.case import make_case
from matchmaker.scheduling.solving.clock import Clock
from matchmaker.scheduling.solving.columns import Columns, assignment
from matchmaker.scheduling.solving.explain import explain
from matchmaker.scheduling.solving.market import most_points
from matchmaker.scheduling.solving.plan import Plan
from matchmaker.scheduling.solving.score import score
from matchmaker.scheduling.solving.search import run
from matchmaker.scheduling.solving.state import State

ENGINE = "matchmaker.scheduling.solving.engine"
SEARCH_SHARE = 0.95  # of the time limit; the rest is for explaining what stayed unassigned


def solve(
    problem: Problem,
    *,
    time_limit: float = 60.0,
    threads: int | None = None,
    seed: int = 0,
    on_progress: Callable[[Progress], object] | None = None,
    stop: threading.Event | None = None,
) -> Proposal:
    """The best plan found in `time_limit` seconds, with a bound on the total of any plan.

    `threads` None takes every core. Setting `stop`, or Ctrl-C, ends the search early; the best
    plan so far is the answer then. Without a cut by time, equal input, seed and threads give the
    same assignments.
    """
    clock = Clock(SEARCH_SHARE * time_limit, stop or threading.Event())
    threading.Thread(target=import_module, args=(ENGINE,), daemon=True).start()  # beside the rest
    case = make_case(problem, problem.fixed)
    base = score(problem, problem.fixed).total
    plan = Plan(Columns.none(), 0)
    cores = threads or os.cpu_count() or 1
    state = State(case, clock, base, seed, cores, on_progress, plan, most_points(case))
    try:
        run(state)
    except KeyboardInterrupt:
        clock.stop.set()  # also for what goes on beside
    best, bound = state.plan, state.bound
    columns = best.columns
    placed = [assignment(case.tables, columns, row) for row in range(len(columns))]
    order = case.tables.request_row
    talks = tuple(sorted((*problem.fixed, *placed), key=lambda talk: order[talk.request]))
    return Proposal(
        status=Status.OPTIMAL if best.points >= bound else Status.FEASIBLE,
        assignments=talks,
        unassigned=explain(
            problem, talks, enough=lambda: clock.seconds > time_limit, tables=case.tables
        ),
        score=score(problem, talks),
        bound=base + bound,
        seconds=round(clock.seconds, 3),
        seed=seed,
        info=dict(state.counts),
    )
