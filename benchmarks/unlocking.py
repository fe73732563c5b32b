"""Measure what unlocks most: `python benchmarks/unlocking.py PROBLEM.json PROPOSAL.json …`.

For each pair of files: the seconds from the parsed files to the answer, the seconds of computing
(of all threads), how many changes there are, how many had to be solved, whether all is proven, and
what the best and the last of the list gain.
"""

from __future__ import annotations

import argparse
import resource
import time
from pathlib import Path

from matchmaker.scheduling.formats import load_problem, load_proposal
from matchmaker.scheduling.solving.unlock import unlock

HEAD = (
    f"{'':16} {'open':>5} {'s':>7} {'cpu s':>7} {'changes':>8} {'solved':>7} {'proven':>7}"
    f" {'first':>12} {'last':>12}"
)


def line(problem_path: str, proposal_path: str, most: int, threads: int | None) -> str:
    """A row of the table."""
    problem = load_problem(problem_path)
    plan = load_proposal(proposal_path).assignments
    begin, computed = time.perf_counter(), time.process_time()
    found = unlock(problem, plan, most=most, threads=threads)
    seconds, computed = time.perf_counter() - begin, time.process_time() - computed
    ends = [f"{row.requests} / {row.points}" for row in found.by_requests]
    first, last = (ends[0], ends[-1]) if ends else ("-", "-")
    return (
        f"{Path(problem_path).stem:16} {len(found.open):5} {seconds:7.2f} {computed:7.2f}"
        f" {found.looked_at:8} {found.solved:7} {found.proven!s:>7} {first:>12} {last:>12}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", metavar="PROBLEM.json PROPOSAL.json")
    parser.add_argument("--most", type=int, default=10, help="how many changes each list holds")
    parser.add_argument("--threads", type=int, help="how many cores to use (default: all)")
    options = parser.parse_args()
    if len(options.files) % 2:
        parser.error("every problem needs its proposal")
    print(HEAD)
    for pair in zip(options.files[::2], options.files[1::2], strict=True):
        print(line(*pair, options.most, options.threads), flush=True)
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
