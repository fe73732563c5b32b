"""How a search is shown: JSON lines for programs, one line drawn again and again for people."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from matchmaker.cli.progress import progress_text
from matchmaker.scheduling.formats import read_proposal, write_problem
from matchmaker.scheduling.progress import Progress
from tests.scheduling.small import problem

SOLVE = (sys.executable, "-m", "matchmaker", "solve")


@contextmanager
def terminal() -> Iterator[tuple[int, int]]:
    """Both ends of a terminal: where it is read, where a program writes."""
    ends = pty.openpty()
    try:
        yield ends
    finally:
        for end in ends:
            with suppress(OSError):
                os.close(end)


def everything(end: int) -> str:
    """What stands on the terminal once all programs have left it."""
    parts = []
    with suppress(OSError):  # Linux ends a terminal without programs by an error
        while part := os.read(end, 4096):
            parts.append(part)
    return b"".join(parts).decode()


@pytest.mark.parametrize(
    ("best", "bound", "served", "text"),
    [
        (None, None, 0, "[----------] 0/8 served  0.2 s  gap -  best -  bound -  read"),
        (
            750_000,
            1_000_000,
            4,
            "[#####-----] 4/8 served  0.2 s  gap 25.00 %  best 750,000  bound 1,000,000  read",
        ),
        (0, 0, 8, "[##########] 8/8 served  0.2 s  gap 0.00 %  best 0  bound 0  read"),
    ],
)
def test_progress_text(best: int | None, bound: int | None, served: int, text: str) -> None:
    moment = Progress(served=served, best=best, bound=bound, seconds=0.21, phase="read")
    assert progress_text(moment, 8, columns=100) == text


def test_progress_text_on_a_narrow_terminal_keeps_what_matters_most() -> None:
    moment = Progress(served=3, best=750_000, bound=1_000_000, seconds=9.87, phase="read")
    assert progress_text(moment, 5, columns=40) == "[######----] 3/5 served  9.9 s  gap 25."


def test_progress_text_without_requests() -> None:
    moment = Progress(served=0, best=0, bound=0, seconds=0.0, phase="done")
    assert progress_text(moment, 0).startswith("[----------] 0/0 served")


def test_solve_draws_a_bar_on_a_terminal_and_the_proposal_goes_down_the_pipe(
    tmp_path: Path,
) -> None:
    write_problem(tmp_path / "p.json", problem())
    with terminal() as (seen, written):
        command = (*SOLVE, str(tmp_path / "p.json"), "--out", "-", "--progress", "--threads", "1")
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=written) as process:
            os.close(written)
            shown = everything(seen)
            output, _ = process.communicate()
    assert process.returncode == 0
    proposal = read_proposal(output)
    assert len(proposal.assignments) == 2
    drawn, _, rest = shown.rpartition("\r\n")
    assert (rest, "\x1b" in shown, "{" in shown) == ("", False, False)
    last = drawn.split("\r")[-1]
    assert last.startswith("[##########] 2/2 served  ")
    assert max(len(line) for line in drawn.split("\r")) < 80


def test_solve_on_a_terminal_without_progress_shows_nothing(tmp_path: Path) -> None:
    write_problem(tmp_path / "p.json", problem())
    with terminal() as (seen, written):
        command = (*SOLVE, str(tmp_path / "p.json"), "--out", str(tmp_path / "out.json"))
        subprocess.run(command, stdout=written, stderr=written, check=True)
        os.close(written)
        assert everything(seen) == ""


def test_solve_reports_json_where_standard_error_is_no_terminal(tmp_path: Path) -> None:
    """Even if the proposal goes to one."""
    write_problem(tmp_path / "p.json", problem())
    with terminal() as (_, written):
        command = (*SOLVE, str(tmp_path / "p.json"), "--out", str(tmp_path / "o"), "--progress")
        result = subprocess.run(command, stdout=written, stderr=subprocess.PIPE, check=True)
    reports = [json.loads(line) for line in result.stderr.splitlines()]
    assert reports
    assert {tuple(row) for row in reports} == {("served", "best", "bound", "seconds", "phase")}
