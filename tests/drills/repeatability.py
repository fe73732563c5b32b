"""Does the same problem always give the same plan, in fresh processes and on a busy machine?

python -m tests.drills.repeatability --runs 100 --size M
python -m tests.drills.repeatability --runs 20 --size S --variant teams
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BUSY = "import os; drill = os.getppid()\nwhile os.getppid() == drill: pass"  # ends with the drill
ROOT = Path(__file__).parents[2]


def plan_of(problem: Path, folder: Path, *, hash_seed: int, threads: int) -> str:
    """A digest of the assignments that a fresh process finds; empty if time cut it short."""
    out = folder / f"proposal-{hash_seed}.json"
    command = [sys.executable, "-m", "matchmaker", "solve", str(problem), "--out", str(out)]
    command += ["--threads", str(threads), "--time-limit", "600"]
    surroundings = {**os.environ, "PYTHONHASHSEED": str(hash_seed)}
    subprocess.run(command, check=True, env=surroundings, cwd=ROOT)
    found = json.loads(out.read_text("utf-8"))
    assignments = json.dumps(found["assignments"]).encode()
    return "" if found["seconds"] >= 570 else hashlib.sha256(assignments).hexdigest()


@contextmanager
def load(processes: int) -> Iterator[None]:
    """So many processes that do nothing but take time from the solver."""
    busy = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(processes)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


def drill(problem: Path, runs: int, threads: int) -> Counter[str]:
    """How often each plan was found; every other run on a machine that is busy."""
    seen: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for run in range(runs):
            with load(threads if run % 2 else 0):
                seen[plan_of(problem, Path(folder), hash_seed=run, threads=threads)] += 1
    return seen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0], allow_abbrev=False)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--size", choices=("S", "M", "L"), default="M")
    parser.add_argument("--variant", default="fresh")
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        problem = Path(folder) / "problem.json"
        command = [sys.executable, "benchmarks/generate.py", given.size]
        command += ["--variant", given.variant, "--out", str(problem)]
        subprocess.run(command, check=True, cwd=ROOT)
        seen = drill(problem, given.runs, given.threads)
    same = max(seen.values())
    print(f"{same} of {given.runs} runs gave the same assignments")
    raise SystemExit(same != given.runs or "" in seen)


if __name__ == "__main__":
    main()
