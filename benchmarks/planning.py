"""Measure the solver: `python benchmarks/planning.py --sizes S M --variants fresh days --seeds 3`.

Each problem is drawn, solved in a process of its own, judged, and shown as a row: seconds from
starting Python to the proposal, seconds of solving as stated, status, gap and peak memory.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from generate import SIZES, VARIANTS, generate

SOLVE = """
import json, resource, sys, time
begin = time.perf_counter()
from matchmaker.scheduling.formats import load_problem
from matchmaker.scheduling.solving import solve
problem = load_problem(sys.argv[1])
loaded = time.perf_counter()
proposal = solve(problem, time_limit=float(sys.argv[2]), threads=int(sys.argv[3]))
solved = time.perf_counter()
used = time.process_time()
from matchmaker.scheduling.judge import check
print(json.dumps({
    "load": loaded - begin, "solve": solved - loaded, "cpu": used, "status": proposal.status,
    "served": len(proposal.assignments), "total": proposal.score.total, "bound": proposal.bound,
    "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    "right": check(problem, proposal).right, "info": dict(proposal.info),
}))
"""
HEAD = (
    f"{'size':4} {'variant':10} {'seed':>4} {'load s':>7} {'solve s':>8} {'cpu s':>7} "
    f"{'status':9} {'served':>6} {'total':>9} {'gap %':>8} {'MB':>6} {'judged':6}"
)


def measure(problem: dict[str, Any], limit: float, threads: int) -> dict[str, Any]:
    """What one solve took and gave, seen from a fresh process."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "problem.json"
        path.write_text(json.dumps(problem), encoding="utf-8")
        command = [sys.executable, "-c", SOLVE, str(path), str(limit), str(threads)]
        done = subprocess.run(  # noqa: S603  our own program and files
            command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1]
        )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def line(size: str, variant: str, seed: int, row: dict[str, Any]) -> str:
    gap = 100 * (row["bound"] - row["total"]) / max(1, abs(row["total"]))
    return (
        f"{size:4} {variant:10} {seed:4} {row['load']:7.2f} {row['solve']:8.2f} {row['cpu']:7.2f} "
        f"{row['status']:9} {row['served']:6} {row['total']:9} {gap:8.4f} {row['memory']:6.0f} "
        f"{'right' if row['right'] else 'WRONG':6}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=["S"])
    parser.add_argument("--variants", nargs="+", choices=VARIANTS, default=list(VARIANTS))
    parser.add_argument("--seeds", type=int, default=2, help="how many of each")
    parser.add_argument("--time-limit", type=float, default=60.0)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    print(HEAD)
    for size in options.sizes:
        for variant in options.variants:
            for seed in range(1, options.seeds + 1):
                problem = generate(size, variant, seed)
                row = measure(problem, options.time_limit, options.threads)
                print(line(size, variant, seed, row), flush=True)


if __name__ == "__main__":
    main()
