"""A search for the best plan in a process of its own."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from matchmaker.scheduling.formats import load_proposal, write_problem
from matchmaker.scheduling.problem import Problem
from matchmaker.scheduling.proposal import Proposal

MEMORY_BYTES = 4 * 1024**3
"""Address space of a search. The demo quarter needs less than 0.8 GB, libraries included."""

THREADS = 2
"""Always the same, so that equal input gives equal plans on every machine."""

KEPT_LINES = 20
PATIENCE_SECONDS = 10


class SearchFailed(RuntimeError):
    """The solver has ended without a plan; the text says what it reported."""


class Search:
    """A running solver: what it reports, and its plan once it has ended."""

    def __init__(self, process: subprocess.Popen[bytes], result: Path) -> None:
        self._process, self._result = process, result
        self._news: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._complaints: deque[str] = deque(maxlen=KEPT_LINES)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        stream: IO[bytes] | None = self._process.stderr
        for raw in stream or ():
            line = raw.decode("utf-8", "replace").strip()
            try:
                report = json.loads(line)
            except ValueError:
                report = None
            if isinstance(report, dict):
                self._news.put(report)
            elif line:
                self._complaints.append(line)

    def news(self) -> dict[str, Any] | None:
        """The latest report since the last call: served, best, bound, seconds, phase."""
        latest = None
        while not self._news.empty():
            latest = self._news.get()
        return latest

    def ended(self, seconds: float) -> bool:
        """Whether the solver has ended, waiting for it at most so long."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        self._reader.join(PATIENCE_SECONDS)
        return True

    def proposal(self) -> Proposal:
        """The plan of an ended search. Raises SearchFailed."""
        status = self._process.returncode
        if status != 0:
            raise SearchFailed(self._why(status))
        return load_proposal(self._result)

    def failure(self) -> str:
        """Why an ended search has no plan; nothing while it runs or when all went well."""
        status = self._process.poll()
        return self._why(status) if status else ""

    def _why(self, status: int) -> str:
        said = "\n".join(self._complaints)
        if status < 0:
            return f"The solver was ended by signal {-status}.\n{said}".strip()
        if "MemoryError" in said or "bad_alloc" in said:
            return f"The problem is too large for the memory of this machine.\n{said}"
        return said or f"The solver ended with status {status}."

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join(PATIENCE_SECONDS)


def solver_command(
    question: Path, answer: Path, time_limit: int, seed: int, threads: int
) -> list[str]:
    """The program that answers the problem in the file `question`."""
    return [
        *(sys.executable, "-m", "matchmaker.jobs.limited", str(MEMORY_BYTES), "solve"),
        *(str(question), "--out", str(answer), "--progress"),
        *("--time-limit", str(time_limit), "--threads", str(threads), "--seed", str(seed)),
    ]


@contextmanager
def search(
    problem: Problem, *, time_limit: int, seed: int, threads: int = THREADS
) -> Iterator[Search]:
    """Start the solver on `problem`; it is gone when the block ends, whatever happens."""
    with tempfile.TemporaryDirectory(prefix="matchmaker-") as folder:
        question, answer = Path(folder, "problem.json"), Path(folder, "proposal.json")
        write_problem(question, problem)
        with subprocess.Popen(  # noqa: S603  # our own command, without a shell
            solver_command(question, answer, time_limit, seed, threads),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C at a terminal is for the worker, which then decides
        ) as process:
            running = Search(process, answer)
            try:
                yield running
            finally:
                running.kill()
