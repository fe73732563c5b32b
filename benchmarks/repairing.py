"""Measure repairs of a plan: `python benchmarks/repairing.py PROBLEM.json PROPOSAL.json`.

Draws declines, absences of up to a week, cancelled talks, lost rooms and late requests at random
and asks for the options of each, from a kept state. Late requests come to the best plan made
without them; open ones are those that the given plan leaves out, the hardest to place. A line gives
the median, the 95th percentile and the longest in milliseconds of computing time, how many other
talks the first option moves, how often it leaves a request out, and how often it is proven to be
the best of its kind.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random

import numpy as np

from matchmaker.scheduling.events import (
    Absence,
    Cancellation,
    Decline,
    Event,
    LateRequest,
    VenueLoss,
)
from matchmaker.scheduling.formats import load_problem, load_proposal
from matchmaker.scheduling.solving import solve
from matchmaker.scheduling.solving.kept import Kept, keep
from matchmaker.scheduling.solving.repair import repair

LATE = 20  # of so many requests with a talk one comes late
HEAD = f"{'':14} {'asked':>6} {'p50 ms':>8} {'p95 ms':>8} {'max ms':>8}  moved, left out, best"


def draws(kept: Kept, random: Random) -> dict[str, Callable[[], Event]]:
    """By kind, what draws another event of that kind."""
    talks = [*kept.talks.values()]
    left_out = [kept.request(row).id for row in kept.open_requests()]
    housed = [talk for talk in talks if kept.problem.request[talk.request].venue is not None]

    def decline() -> Event:
        talk = random.choice(talks)
        return Decline(random.choice(talk.people), talk.request)

    def absence() -> Event:
        talk = random.choice(talks)
        first = talk.start.date() - timedelta(days=random.randint(0, 3))
        return Absence(random.choice(talk.people), (first, first + timedelta(days=6)))

    def venue() -> Event:
        talk = random.choice(housed)
        day = talk.start.date()
        return VenueLoss(str(kept.problem.request[talk.request].venue), (day, day))

    found: dict[str, Callable[[], Event]] = {
        "decline": decline,
        "absence": absence,
        "cancellation": lambda: Cancellation(random.choice(talks).request),
    }
    if housed:
        found["lost room"] = venue
    if left_out:
        found["open request"] = lambda: LateRequest(random.choice(left_out))
    return found


def before_late(kept: Kept, random: Random) -> tuple[Kept, Callable[[], Event]]:
    """The best plan without some requests that have a talk now, and what draws one of them."""
    problem = kept.problem
    fixed = {talk.request for talk in problem.fixed}
    served = sorted(talk.request for talk in kept.talks.values() if talk.request not in fixed)
    late = random.sample(served, max(1, len(served) // LATE))
    fewer = replace(
        problem,
        requests=tuple(row for row in problem.requests if row.id not in late),
        published=tuple(row for row in problem.published if row.request not in late),
    )
    return keep(problem, solve(fewer).assignments), lambda: LateRequest(random.choice(late))


def line(name: str, kept: Kept, draw: Callable[[], Event], number: int) -> str:
    spent, moved, left_out, best = [], Counter[int](), 0, 0
    for _ in range(number):
        event = draw()
        begin = time.process_time()
        first = repair(kept, event).options[0]
        spent.append(1000 * (time.process_time() - begin))
        moved[len(first.moved)] += 1
        left_out += bool(first.left_out)
        best += first.difference.total == first.proof.limit
    middle, most = np.percentile(spent, [50, 95])
    told = f"{name:14} {number:6} {middle:8.1f} {most:8.1f} {max(spent):8.1f}"
    return f"{told}  {dict(sorted(moved.items()))}, {left_out}, {best}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("problem", metavar="PROBLEM.json")
    parser.add_argument("proposal", metavar="PROPOSAL.json")
    parser.add_argument("--number", type=int, default=100, help="how many events of each kind")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    problem = load_problem(options.problem)
    kept = keep(problem, load_proposal(options.proposal).assignments)
    kinds = draws(kept, Random(options.seed))
    repair(kept, kinds["decline"]())  # loads the solver and what the kept state is missing
    print(HEAD)
    for name, draw in kinds.items():
        print(line(name, kept, draw, options.number), flush=True)
    planned, draw = before_late(kept, Random(options.seed))
    print(line("late request", planned, draw, options.number), flush=True)


if __name__ == "__main__":
    main()
