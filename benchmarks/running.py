"""Programs in processes of their own, measured from outside: seconds, processor time, peak memory.

The measuring program stays small: on Linux the peak of a new process is at least what its parent
holds. Problems are therefore drawn and judged in processes of their own, too.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL
from typing import Any

HERE = Path(__file__).parent
PATIENCE = 2.0, 120.0
"""A program is ended after so many times its time limit and so many seconds more."""
KIBIBYTES_A_MEGABYTE = 1024


@dataclass(frozen=True, slots=True)
class Ran:
    """How a process went: exit status (negative: a signal), seconds in all and of cores, MB."""

    status: int
    wall: float
    cpu: float
    memory: float
    errors: str


def run(command: Sequence[str], patience: float) -> Ran:
    """Run a program to its end, or end it with all its children after `patience` seconds."""
    places = os.pathsep.join([str(HERE), str(HERE.parent), os.environ.get("PYTHONPATH", "")])
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors:
        begin = time.perf_counter()
        process = subprocess.Popen(
            command,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            cwd=HERE.parent,
            env=os.environ | {"PYTHONPATH": places.rstrip(os.pathsep)},
            start_new_session=True,
        )
        alarm = threading.Timer(patience, os.killpg, (process.pid, SIGKILL))
        alarm.start()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
        alarm.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        text = errors.read()
    memory = used.ru_maxrss / KIBIBYTES_A_MEGABYTE
    return Ran(process.returncode, wall, used.ru_utime + used.ru_stime, memory, text)


def draw(size: str, variant: str, seed: int, path: Path) -> None:
    """Draw a problem into a file; raises RuntimeError if that fails."""
    program = [sys.executable, str(HERE / "generate.py"), size, "--variant", variant]
    ran = run([*program, "--seed", str(seed), "--out", str(path)], 3600)
    if ran.status:
        raise RuntimeError(ran.errors)


def solve(
    name: str, problem: Path, proposal: Path, *, limit: float, threads: int, seed: int = 0
) -> Ran:
    """Let our solver (`matchmaker`, by its real command) or a peer plan the problem."""
    program = ["matchmaker", "solve"] if name == "matchmaker" else [f"peers.{name}"]
    command = [sys.executable, "-m", *program, str(problem), "--out", str(proposal)]
    command += ["--time-limit", str(limit), "--threads", str(threads), "--seed", str(seed)]
    if name == "matchmaker":
        command.append("--progress")
    times, more = PATIENCE
    return run(command, limit * times + more)


def judged(problem: Path, proposal: Path) -> dict[str, Any]:
    """What `check` says of a proposal, and what the proposal states."""
    done = subprocess.run(
        [sys.executable, str(HERE / "judging.py"), str(problem), str(proposal)],
        check=True,
        capture_output=True,
        text=True,
        cwd=HERE.parent,
    )
    verdict: dict[str, Any] = json.loads(done.stdout)
    return verdict


def progress(errors: str) -> list[dict[str, Any]]:
    """The lines that `--progress` wrote, whatever else stands between them."""
    lines = []
    for text in errors.splitlines():
        try:
            line = json.loads(text)
        except ValueError:
            continue
        if isinstance(line, dict) and "best" in line:
            lines.append(line)
    return lines
