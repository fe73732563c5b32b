"""The solver's own process: limited in memory, gone with its parent."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_command_runs_as_matchmaker_would() -> None:
    command = [sys.executable, "-m", "matchmaker.jobs.limited", "0", "check", "missing.json", "-"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stderr is not None
        complaints = process.stderr.read()  # standard input stays open as long as somebody waits
        assert (process.wait(60), b"missing.json cannot be read" in complaints) == (2, True)


def test_the_process_ends_when_its_parent_lets_go_of_it() -> None:
    code = (
        "import threading, matchmaker.jobs.limited as limited;"
        "threading.Thread(target=limited._end_with_parent, daemon=True).start();"
        "threading.Event().wait()"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE) as process:
        assert process.poll() is None
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(60) == 3
