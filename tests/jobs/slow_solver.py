"""A solver for tests: reports its progress, waits at a gate, then leaves every request open.

Like the real one it ends with the worker that started it, which holds its standard input.
python -m tests.jobs.slow_solver PROBLEM PROPOSAL GATE – the gate is open once that file exists.
"""

from __future__ import annotations

import json
import os
import select
import sys
from pathlib import Path

from matchmaker.scheduling.formats import load_problem, write_proposal
from matchmaker.scheduling.proposal import Proposal, Score, Status, Unassigned


def main(question: str, answer: str, gate: str) -> None:
    problem = load_problem(question)
    news = {"served": 1, "best": 1500, "bound": 1700, "seconds": 0.1, "phase": "searching"}
    sys.stderr.write(json.dumps(news) + "\n")
    sys.stderr.flush()
    Path(f"{gate}.pid").write_text(str(os.getpid()))
    while not Path(gate).exists():
        told, _, _ = select.select([0], [], [], 0.02)
        if told and not os.read(0, 1):
            sys.exit("The worker is gone.")
    write_proposal(
        answer,
        Proposal(
            status=Status.FEASIBLE,
            assignments=(),
            unassigned=tuple(Unassigned(request=row.id) for row in problem.requests),
            score=Score(),
            bound=None,
            seconds=0.1,
            seed=0,
        ),
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
