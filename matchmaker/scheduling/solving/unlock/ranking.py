"""Which single change would place most of the requests that a plan leaves out."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import zip_longest

import numpy as np

from matchmaker.scheduling.problem import Assignment, Problem
from matchmaker.scheduling.solving.clock import Clock
from matchmaker.scheduling.solving.columns import assignment
from matchmaker.scheduling.solving.score import score
from matchmaker.scheduling.solving.unlock.bounds import TimeIsUp
from matchmaker.scheduling.solving.unlock.candidates import Candidate, Census, affected
from matchmaker.scheduling.solving.unlock.evaluate import Solved, evaluate
from matchmaker.scheduling.solving.unlock.ground import Ground, find_ground, served
from matchmaker.scheduling.solving.unlock.narrow import narrowed
from matchmaker.scheduling.solving.unlock.newcomers import newcomers, with_idle
from matchmaker.scheduling.unlocking import Unlocked, Unlocking

AT_ONCE = 4  # changes solved between two looks at the lists, whatever the number of threads
ENDLESS = 1 << 60


def unlock(
    problem: Problem,
    plan: Sequence[Assignment],
    *,
    allowed: bool = True,
    most: int = 10,
    time_limit: float = 60.0,
    threads: int | None = None,
) -> Unlocking:
    """The changes by which the best plan gains most requests and most points, `most` of each.

    All single changes are bounded first; then they are solved in the order of their bounds, until
    no other can be better than the last of each list. `allowed` says that the plan breaks no rule:
    only then can the search begin from it.
    """
    taken = {row.request for row in plan}
    asking = [row for row in problem.requests if row.id not in taken]
    names = tuple(row.id for row in asking)
    if not asking:
        return _empty(names, proven=True)
    clock = Clock(time_limit)
    invented = newcomers(problem, asking)
    cores = threads or os.cpu_count() or 1
    start = plan if allowed else ()
    ground = find_ground(with_idle(problem, invented), start, clock, cores)
    if ground is None:
        return _empty(names, proven=False)
    try:
        candidates, count = Census(ground, invented).candidates()
    except TimeIsUp:
        return _empty(names, proven=False)
    ranking = Ranking(ground, candidates, most)
    ranking.solve(cores)
    before = score(problem, plan).total - ground.base
    talks = len(ground.plan.columns) + len(problem.fixed) - len(taken | _fixed(problem))
    return Unlocking(
        open=names,
        without=(talks, ground.plan.points - before),
        by_requests=tuple(ranking.by_requests()),
        by_points=tuple(ranking.by_points()),
        proven=ranking.complete and ranking.exact and ground.proven,
        looked_at=count,
        solved=ranking.solved,
    )


@dataclass(slots=True)
class Ranking:
    """The changes solved so far, by number of the candidate.

    `complete` unless time ran out; `exact` unless one could not be solved to the end.
    """

    ground: Ground
    candidates: list[Candidate]
    most: int
    found: dict[int, Unlocked] = field(default_factory=dict)
    solved: int = 0
    complete: bool = True
    exact: bool = True

    def by_requests(self) -> list[Unlocked]:
        rows = [(-row.requests, -row.points, number) for number, row in self.found.items()]
        return [self.found[number] for served, _, number in sorted(rows) if served < 0][: self.most]

    def by_points(self) -> list[Unlocked]:
        rows = [(-row.points, -row.requests, number) for number, row in self.found.items()]
        return [self.found[number] for *_, number in sorted(rows)][: self.most]

    def solve(self, threads: int) -> None:
        """Solve the changes with the highest bounds until no other can enter a list."""
        waiting = range(len(self.candidates))
        points = sorted(waiting, key=lambda row: (-self.candidates[row].points, row))
        requests = sorted(waiting, key=lambda row: (*_bounds(self.candidates[row]), row))
        done: set[int] = set()
        with ThreadPoolExecutor(threads) as pool:
            while self.complete:
                hopeless = self._hopeless()
                for order in (requests, points):
                    order[:] = [
                        row for row in order if row not in done and not hopeless(row, ENDLESS)
                    ]
                pairs = zip_longest(requests[:AT_ONCE], points[:AT_ONCE])
                first = dict.fromkeys(row for pair in pairs for row in pair if row is not None)
                chosen = [*first][:AT_ONCE]
                if not chosen:
                    return
                done.update(chosen)
                answers = list(pool.map(partial(self._evaluated, hopeless), chosen))
                for row, answer in zip(chosen, answers, strict=True):
                    self._note(row, answer)
                self.complete = self.complete and not self.ground.clock.over

    def _evaluated(self, hopeless: Callable[[int, int], bool], row: int) -> Solved | None:
        ground, change = self.ground, self.candidates[row].change
        best = ground.plan.points
        return evaluate(
            ground,
            change.changed(ground.problem),
            affected(ground, change),
            lambda bound: hopeless(row, bound - best),
        )

    def _hopeless(self) -> Callable[[int, int], bool]:
        """Whether a change whose points are bounded so can be better than the last of no list."""
        by_points, by_requests = self.by_points(), self.by_requests()
        full = len(by_points) == self.most, len(by_requests) == self.most
        least = by_points[-1].points if full[0] else 0
        fewest = (by_requests[-1].requests, by_requests[-1].points) if full[1] else (0, ENDLESS)

        def hopeless(row: int, bound: int) -> bool:
            points = min(bound, self.candidates[row].points)
            return points <= least and (
                points <= 0 or (self.candidates[row].requests, points) <= fewest
            )

        return hopeless

    def _note(self, row: int, solved: Solved | None) -> None:
        self.solved += 1
        if solved is None:
            return
        ground, tables = self.ground, self.ground.case.tables
        points = solved.plan.points - ground.plan.points
        closed = solved.bound <= solved.plan.points
        self.exact = self.exact and closed
        if points <= 0:
            return
        columns = solved.plan.columns
        talks = [assignment(solved.case.tables, columns, item) for item in range(len(columns))]
        old, new = served(ground.case, ground.plan.columns), served(solved.case, columns)
        self.found[row] = Unlocked(
            change=narrowed(ground.problem, self.candidates[row].change, talks),
            requests=len(columns) - len(ground.plan.columns),
            points=points,
            placed=tuple(tables.requests.ids[item] for item in np.flatnonzero(new & ~old)),
            left_out=tuple(tables.requests.ids[item] for item in np.flatnonzero(old & ~new)),
            proven=closed and ground.proven,
        )


def _bounds(row: Candidate) -> tuple[int, int]:
    return -row.requests, -row.points


def _fixed(problem: Problem) -> set[str]:
    return {row.request for row in problem.fixed}


def _empty(names: tuple[str, ...], *, proven: bool) -> Unlocking:
    return Unlocking(
        open=names,
        without=(0, 0),
        by_requests=(),
        by_points=(),
        proven=proven,
        looked_at=0,
        solved=0,
    )
