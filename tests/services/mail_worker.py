"""A worker of its own process, to be killed: python -m tests.services.mail_worker FACTS.json

Delivers until nothing is due, then exits.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import datetime, timedelta
from pathlib import Path

from matchmaker.clock import shifted_clock, system_clock
from matchmaker.config import Settings
from matchmaker.database import open_engine, session_factory
from matchmaker.services.sending.outbox import deliver_due


def main(facts: Path) -> None:
    given = json.loads(facts.read_text())
    settings = Settings(
        instance=facts.parent,
        database_url=given["database_url"],
        queue_url="sqlite://",
        secret_key="x" * 40,
        mail_from=given["mail_from"],
        mail_url=given["mail_url"],
    )
    clock = shifted_clock(datetime.fromisoformat(given["now"]), system_clock() - timedelta())
    engine = open_engine(settings.database_url)
    report = deliver_due(
        session_factory(engine), settings, clock, owner=f"{os.getpid()}", lanes=given["lanes"]
    )
    engine.dispose()
    sys.stdout.write(json.dumps({"sent": report.sent, "left": report.left}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
