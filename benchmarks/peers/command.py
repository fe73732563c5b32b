"""What every peer's command line has in common: read, plan, have it judged, write."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from matchmaker.scheduling.formats import load_problem, write_proposal
from matchmaker.scheduling.judge import judge
from matchmaker.scheduling.problem import Assignment, Problem
from matchmaker.scheduling.proposal import Proposal, Status, Unassigned
from peers.board import Board

SKIPPED = 3
"""Exit status of a peer that cannot run on this machine."""


class MissingError(RuntimeError):
    """A package or program that a peer needs is not there."""


class GaveUpError(RuntimeError):
    """Time or room ran out before there was a model to solve."""


@dataclass(frozen=True, slots=True)
class Task:
    """The problem and how hard to try; `ends` is a moment of `time.monotonic`."""

    problem: Problem
    ends: float
    threads: int
    seed: int

    @property
    def left(self) -> float:
        return max(self.ends - time.monotonic(), 0.0)


@dataclass(frozen=True, slots=True)
class Answer:
    """A plan; `bound` is None unless no plan at all can exceed it."""

    assignments: list[Assignment]
    bound: int | None = None
    info: Mapping[str, Any] = field(default_factory=dict)


Plan = Callable[[Task], Answer]


def value_of(board: Board) -> int:
    """The points of what stands on the board."""
    return judge(board.facts.problem, board.assignments()).score.total


def proposal_of(plan: Plan, problem: Problem, limit: float, threads: int, seed: int) -> Proposal:
    """Plan and have the judge count the points; its own rules are for `check` to test."""
    begin = time.monotonic()
    answer = plan(Task(problem, begin + limit, threads, seed))
    served = {row.request for row in answer.assignments}
    left = [row.id for row in problem.requests if row.id not in served]
    verdict = judge(problem, answer.assignments, left)
    optimal = answer.bound == verdict.score.total
    return Proposal(
        status=Status.OPTIMAL if optimal else Status.FEASIBLE,
        assignments=tuple(answer.assignments),
        unassigned=tuple(Unassigned(request=name) for name in left),
        score=verdict.score,
        bound=answer.bound,
        seconds=round(time.monotonic() - begin, 3),
        seed=seed,
        info=answer.info,
    )


def run(plan: Plan, prepare: Callable[[], object] | None = None) -> None:
    """The whole command; a peer that cannot run here says why and exits with SKIPPED.

    What `prepare` does is part of the process, but not of the seconds of solving.
    """
    parser = argparse.ArgumentParser(description=sys.modules[plan.__module__].__doc__)
    parser.add_argument("problem")
    parser.add_argument("--out", required=True)
    parser.add_argument("--time-limit", type=float, default=60.0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    try:
        if prepare is not None:
            prepare()
        problem = load_problem(options.problem)
        proposal = proposal_of(plan, problem, options.time_limit, options.threads, options.seed)
    except MissingError as error:
        print(error, file=sys.stderr)
        sys.exit(SKIPPED)
    write_proposal(options.out, proposal)
