"""Measure answers about a plan: `python benchmarks/explaining.py PROBLEM.json PROPOSAL.json`.

Builds the kept state, then asks about every request, one after the other: reasons without and with
remedies for those that are open, the worth of the talk and the alternatives for those that are not.
Each line gives the median, the 95th percentile and the longest, in milliseconds of computing time,
so that whatever else the machine does counts little; the memory is that of the process.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable

import numpy as np

from matchmaker.scheduling.formats import load_problem, load_proposal
from matchmaker.scheduling.solving.explain import alternatives, explain_one, reasons, why
from matchmaker.scheduling.solving.kept import Kept, keep

HEAD = f"{'':24} {'asked':>6} {'p50 ms':>8} {'p95 ms':>8} {'max ms':>8} {'all s':>7}"


def memory() -> float:
    """Megabytes at the peak so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def line(name: str, ask: Callable[[str], object], names: list[str]) -> str:
    """A row of the table for one kind of question."""
    spent = []
    for one in names:
        begin = time.process_time()
        ask(one)
        spent.append(time.process_time() - begin)
    if not spent:
        return f"{name:24} {0:6}"
    middle, most = np.percentile(spent, [50, 95]) * 1000
    longest = 1000 * max(spent)
    return f"{name:24} {len(names):6} {middle:8.2f} {most:8.2f} {longest:8.2f} {sum(spent):7.2f}"


def measure(kept: Kept, every: int) -> None:
    problem = kept.problem
    everybody = [row.id for row in problem.requests][::every]
    left_out = {kept.request(row).id for row in kept.open_requests()}
    placed = [name for name in everybody if name not in left_out]
    questions = {
        "reasons": (lambda name: reasons(kept, name), sorted(left_out)),
        "reasons and remedies": (lambda name: explain_one(kept, name), sorted(left_out)),
        "why": (lambda name: why(kept, name), placed),
        "alternatives": (lambda name: alternatives(kept, name), everybody),
        "the same with a talk less": (lambda name: kept.without(kept.row(name)), placed),
    }
    print(HEAD)
    for title, (ask, names) in questions.items():
        print(line(title, ask, names), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("problem", metavar="PROBLEM.json")
    parser.add_argument("proposal", metavar="PROPOSAL.json")
    parser.add_argument("--every", type=int, default=1, help="ask about every so many requests")
    options = parser.parse_args()
    problem = load_problem(options.problem)
    plan = load_proposal(options.proposal).assignments
    before, begin = memory(), time.process_time()
    kept = keep(problem, plan)
    spent = time.process_time() - begin
    print(f"kept state: {spent:.2f} s, {memory() - before:.0f} MB more than the {before:.0f} MB")
    measure(kept, options.every)
    print(f"peak memory: {memory():.0f} MB")


if __name__ == "__main__":
    main()
