"""A worker of its own process, to be killed: python -m tests.jobs.planning_worker FACTS.json

Its solver waits at a gate that nobody opens.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from matchmaker.config import Settings
from matchmaker.jobs import search
from matchmaker.jobs.worker import run_worker
from tests.jobs.conftest import Gate


def main(facts: Path) -> None:
    given = json.loads(facts.read_text())
    search.solver_command = Gate(Path(given["gate"])).command
    run_worker(
        Settings(
            instance=facts.parent,
            database_url=given["database_url"],
            queue_url=given["queue_url"],
            secret_key="x" * 40,
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
