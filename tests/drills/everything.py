"""Is the solver ever wrong? Tiny random problems, each also solved by trying everything.

For every problem the full search must reach the optimum and prove it. Then the search is cut short
at a moment drawn at random, by its time limit or from outside: the proposal must still pass the
check, and its bound must still not be lower than the optimum.

    python -m tests.drills.everything --problems 3000
    python -m tests.drills.everything --problems 1000 --first 50000 --kind tiny
"""

from __future__ import annotations

import argparse
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from random import Random

from matchmaker.scheduling.judge import check
from matchmaker.scheduling.problem import Problem
from matchmaker.scheduling.progress import Progress
from matchmaker.scheduling.proposal import Proposal, Status
from matchmaker.scheduling.solving import solve
from tests.scheduling.solving.brute import optimum
from tests.scheduling.solving.tiny import tiny_problem
from tests.scheduling.solving.wide import wide_problem

KINDS: dict[str, Callable[[int], Problem]] = {"wide": wide_problem, "tiny": tiny_problem}
MOST_SECONDS = 0.03  # nearly all of these problems are solved by then


def cut_short(problem: Problem, random: Random) -> Proposal:
    """What comes of a search that is ended at a random moment."""
    if random.random() < 0.5:
        limit = random.choice((0.0, 1e-4, random.uniform(0, MOST_SECONDS)))
        return solve(problem, threads=1, time_limit=limit)
    stop = threading.Event()
    reports = random.randint(0, 6)
    seen: list[Progress] = []

    def watch(progress: Progress) -> None:
        seen.append(progress)
        if len(seen) >= reports:
            stop.set()

    return solve(problem, threads=1, on_progress=watch, stop=stop)


def faults(problem: Problem, seed: int) -> Iterator[str]:
    """What is wrong about the solver's answers to one problem."""
    best = optimum(problem)
    whole = solve(problem, threads=1)
    if (whole.score.total, whole.bound, whole.status) != (best, best, Status.OPTIMAL):
        yield f"optimum {best}, but {whole.status.value} {whole.score.total} of {whole.bound}"
    for name, proposal in (("whole", whole), ("cut", cut_short(problem, Random(seed)))):
        verdict = check(problem, proposal)
        yield from (f"{name}: {row.code}: {row.message}" for row in verdict.violations)
        yield from (f"{name}: {line}" for line in verdict.misstatements)
        if proposal.bound is None or proposal.bound < best:
            yield f"{name}: bound {proposal.bound} below the optimum {best}"


def features(problem: Problem, plan: Proposal) -> Iterator[str]:
    """What the plan of a problem makes use of."""
    talks = plan.assignments
    yield f"{len(talks)} talks"
    yield from {f"{len(row.speakers)} speakers" for row in talks}
    yield from {f"{len(row.interpreters)} interpreters" for row in talks}
    yield from {row.mode.value for row in talks}
    days = Counter((name, row.start.date()) for row in talks for name in row.people)
    if max(days.values(), default=0) > 1:
        yield "a person's day with several talks"
    rooms = [problem.request[row.request].venue for row in talks]
    if any(rooms.count(room) > 1 for room in rooms if room is not None):
        yield "a shared room"
    if any(
        row.start.hour * 60 + row.start.minute + problem.request[row.request].minutes == 24 * 60
        for row in talks
    ):
        yield "a talk up to midnight"
    if problem.fixed:
        yield "fixed talks"
    if problem.published:
        yield "published talks"
    yield f"grid of {problem.start_grid_minutes} minutes"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0], allow_abbrev=False)
    parser.add_argument("--problems", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--kind", choices=KINDS, default="wide")
    given = parser.parse_args()
    seen: Counter[str] = Counter()
    asked = wrong = 0
    with suppress(KeyboardInterrupt):  # Ctrl-C: say what is known so far
        for seed in range(given.first, given.first + given.problems):
            problem = KINDS[given.kind](seed)
            found = list(faults(problem, seed))
            seen.update(features(problem, solve(problem, threads=1)))
            asked, wrong = asked + 1, wrong + bool(found)
            for line in found:
                print(f"seed {seed}: {line}", file=sys.stderr, flush=True)
    for name, count in sorted(seen.items()):
        print(f"{count:6} {name}")
    print(f"{asked} problems, {wrong} of them answered wrongly")
    raise SystemExit(bool(wrong))


if __name__ == "__main__":
    main()
