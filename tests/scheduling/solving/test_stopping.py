"""A search that is ended at any moment: an allowed plan, a true bound and an honest status."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cache
from random import Random
from types import ModuleType

import pytest

from matchmaker.scheduling.judge import check
from matchmaker.scheduling.problem import Problem
from matchmaker.scheduling.progress import Progress
from matchmaker.scheduling.proposal import Proposal, Status
from matchmaker.scheduling.solving import market, mend, nearly, search, solve
from tests.scheduling.solving.brute import optimum
from tests.scheduling.solving.tiny import crowded_problem, tiny_problem
from tests.scheduling.solving.wide import wide_problem

CROWDED = (12, 14, 16, 22)  # seeds of problems that the relaxation leaves open
LONG = 3600.0  # seconds
LOOKS, REPORTS = 250, 14  # about as many as a whole search takes

ROUTES = [
    pytest.param({}, id="simplex"),
    pytest.param({(market, "BLOCK_CELLS"): 200}, id="small blocks"),
    pytest.param({(market, "BLOCK_CELLS"): 200, (market, "FEW_BLOCKS"): 0}, id="packed blocks"),
    pytest.param(
        {(search, "FEW_REQUESTS"): 0, (market, "BLOCK_CELLS"): 200}, id="rough rounds first"
    ),
    pytest.param(
        {
            (market, "BLOCK_CELLS"): 200,
            (search, "MOST_SIMPLEX"): 0,
            (search, "MANY"): 0,
            (nearly, "SIZES"): (5, 9),
            (nearly, "LAST_SIZES"): (5, 9),
            (nearly, "TOGETHER"): 0,
            (mend, "AT_ONCE"): 1,
        },
        id="a country",
    ),
]


class Countdown(threading.Event):
    """Is set from a certain look at it on: what time does, but at the same moment every time."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self.looks = looks

    def is_set(self) -> bool:
        self.looks -= 1
        if self.looks < 0:
            self.set()
        return super().is_set()


@cache
def crowded(seed: int) -> tuple[Problem, int]:
    """The problem and the total of its best plan."""
    problem = crowded_problem(seed)
    best = solve(problem, threads=1, time_limit=LONG)
    assert best.status is Status.OPTIMAL
    return problem, best.score.total


def assert_honest(problem: Problem, proposal: Proposal, best: int) -> None:
    verdict = check(problem, proposal)
    assert (verdict.violations, verdict.misstatements, verdict.notes) == ((), (), ())
    assert proposal.bound is not None
    assert proposal.bound >= best >= proposal.score.total
    closed = proposal.bound == proposal.score.total
    assert proposal.status is (Status.OPTIMAL if closed else Status.FEASIBLE)
    placed = {talk.request for talk in proposal.assignments}
    left = [row.id for row in problem.requests if row.id not in placed]
    assert [row.request for row in proposal.unassigned] == left


@pytest.mark.parametrize("route", ROUTES)
def test_stopped_at_any_look_at_the_clock(
    monkeypatch: pytest.MonkeyPatch, route: dict[tuple[ModuleType, str], object]
) -> None:
    known = [crowded(seed) for seed in CROWDED]
    for (module, name), value in route.items():
        monkeypatch.setattr(module, name, value)
    random, seen = Random(1), set()
    for looks in (0, *(random.randrange(1, LOOKS) for _ in range(4))):
        problem, best = random.choice(known)
        threads, stop = random.choice((1, 2)), Countdown(looks)
        proposal = solve(problem, threads=threads, time_limit=LONG, stop=stop)
        assert_honest(problem, proposal, best)
        seen.add(proposal.status)
    assert Status.FEASIBLE in seen


@pytest.mark.parametrize("make", [tiny_problem, wide_problem])
def test_small_problems_stopped_at_every_look(
    monkeypatch: pytest.MonkeyPatch, make: Callable[[int], Problem]
) -> None:
    monkeypatch.setattr(market, "BLOCK_CELLS", 5)
    for seed in range(5):
        problem = make(seed)
        best, looks, over = optimum(problem), 0, False
        while not over:
            stop = Countdown(looks)
            assert_honest(problem, solve(problem, threads=1, time_limit=LONG, stop=stop), best)
            looks, over = looks + 1, stop.looks >= 0
        whole = solve(problem, threads=1, time_limit=LONG)
        assert whole.score.total == best


@pytest.mark.parametrize("seed", CROWDED)
def test_stopped_or_interrupted_at_any_report(seed: int) -> None:
    problem, best = crowded(seed)
    random = Random(seed)
    for number in random.sample(range(1, REPORTS), 3):
        stop = threading.Event()
        seen: list[Progress] = []
        interrupts = random.random() < 0.5

        def watch(
            progress: Progress,
            number: int = number,
            seen: list[Progress] = seen,
            stop: threading.Event = stop,
            interrupts: bool = interrupts,
        ) -> None:
            seen.append(progress)
            if len(seen) == number and interrupts:
                raise KeyboardInterrupt
            if len(seen) == number:
                stop.set()

        proposal = solve(problem, threads=2, time_limit=LONG, on_progress=watch, stop=stop)
        assert_honest(problem, proposal, best)
        known = seen[-1]
        assert known.best is not None
        assert known.bound is not None
        assert proposal.bound is not None
        assert known.best <= proposal.score.total <= proposal.bound <= known.bound


@pytest.mark.parametrize("threads", [1, 2])
def test_out_of_time_at_any_moment(threads: int) -> None:
    random = Random(threads)
    for seed in CROWDED:
        problem, best = crowded(seed)
        for limit in (0.0, random.uniform(0, 0.03), random.uniform(0, 0.3)):
            proposal = solve(problem, threads=threads, time_limit=limit)
            assert_honest(problem, proposal, best)


def test_stopped_from_outside_at_any_moment() -> None:
    random = Random(3)
    for seed in CROWDED:
        problem, best = crowded(seed)
        stop = threading.Event()
        timer = threading.Timer(random.uniform(0, 0.3), stop.set)
        timer.start()
        proposal = solve(problem, threads=2, time_limit=LONG, stop=stop)
        timer.cancel()
        assert_honest(problem, proposal, best)
