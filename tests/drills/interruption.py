"""What is left when `matchmaker solve` is ended at a random moment, and is its time limit kept?

A signal comes at any time between the start and the usual end; before the file is there, an older
proposal stands in its place. Afterwards that older one or a whole new one must stand there: never
half a file, and after SIGKILL at most a hidden part of one beside it.

    python -m tests.drills.interruption problem.json --runs 30
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from matchmaker.scheduling.formats import load_problem, load_proposal
from matchmaker.scheduling.judge import check
from matchmaker.scheduling.problem import Problem

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
OLD = "what stood there before"
STARTED = 0.5  # seconds that a process may take to start and to write


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: its exit status, what was left in the file, and other files beside it."""

    status: int
    left: str
    beside: tuple[str, ...]
    seconds: float


def solving(problem: Path, out: Path, limit: float) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "matchmaker", "solve", str(problem), "--out", str(out)]
    return subprocess.Popen(
        [*command, "--time-limit", str(limit), "--threads", "1"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def left_in(out: Path, problem: Problem) -> str:
    """`old`, `new` or what is wrong with the file."""
    if out.read_text("utf-8") == OLD:
        return "old"
    return "new" if check(problem, load_proposal(str(out))).right else "a wrong proposal"


def interrupted(problem: Path, after: float, sign: signal.Signals) -> Ended:
    """Solve, and send the signal after so many seconds."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "proposal.json"
        out.write_text(OLD, "utf-8")
        begin = time.monotonic()
        process = solving(problem, out, 60)
        try:
            process.wait(after)
        except subprocess.TimeoutExpired:
            process.send_signal(sign)
        status = process.wait(120)
        seconds = time.monotonic() - begin
        beside = tuple(path.name for path in Path(folder).iterdir() if path != out)
        return Ended(status, left_in(out, load_problem(str(problem))), beside, seconds)


def faults(ended: Ended, sign: signal.Signals) -> Iterator[str]:
    """What must not happen."""
    if ended.left not in ("old", "new"):
        yield f"{sign.name} left {ended.left}"
    if ended.status == 0 and ended.left != "new":
        yield f"{sign.name}: success is reported, but nothing written"
    if ended.beside and sign is not signal.SIGKILL:
        yield f"{sign.name} left {', '.join(ended.beside)} behind"


def limited(problem: Path, limit: float) -> tuple[float, float]:
    """Seconds of solving and of the whole process under a time limit."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "proposal.json"
        begin = time.monotonic()
        if solving(problem, out, limit).wait() != 0:
            raise SystemExit(f"solve failed with a limit of {limit} s")
        return load_proposal(str(out)).seconds, time.monotonic() - begin


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0], allow_abbrev=False)
    parser.add_argument("problem", type=Path)
    parser.add_argument("--runs", type=int, default=30)
    given = parser.parse_args()
    draw = random.Random(0)
    usual, whole = limited(given.problem, 60)
    print(f"undisturbed: {usual:.2f} s of solving, {whole:.2f} s in all")
    for share in (0.0, 0.1, 0.3, 0.6):
        limit = share * usual
        took, _ = limited(given.problem, limit)
        late = took - limit * 1.1
        kept = "kept" if late <= STARTED else "NOT KEPT"
        print(f"limit {limit:.2f} s: {took:.2f} s of solving, {kept}")
    seen: Counter[str] = Counter()
    wrong: list[str] = []
    for run in range(given.runs):
        sign = SIGNALS[run % len(SIGNALS)]
        ended = interrupted(given.problem, draw.uniform(0, whole), sign)
        seen[f"{sign.name}: exit status {ended.status}, {ended.left} proposal"] += 1
        wrong += faults(ended, sign)
    for line, count in sorted(seen.items()):
        print(f"{count:4} x {line}")
    for line in wrong:
        print(f"FAULT: {line}")
    raise SystemExit(bool(wrong))


if __name__ == "__main__":
    main()
