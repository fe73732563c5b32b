"""How long a calendar of 5,000 entries takes to be read, as `matchmaker calendar read` reads it.

`python benchmarks/importing.py [--rounds N]` – three calendars: single entries, a person's mixture
(one in fifty recurs, Windows names of zones, some are free), and one of rules that would never
end. Seconds are wall clock for the whole command, memory is the largest of its processes.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

ENTRIES = 5_000
FIRST = datetime(2026, 9, 1)  # noqa: DTZ001  # wall-clock times
RULES = ("FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=2", "FREQ=MONTHLY;BYDAY=2TU", "FREQ=YEARLY")
NEVER = "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        for name in ("single", "mixed", "never ending"):
            path = Path(folder, "calendar.ics")
            path.write_text(calendar(name), newline="")
            best, found = min((timed(path) for _ in range(rounds)), key=lambda pair: pair[0])
            report = found["report"]
            print(
                f"{name:13} {path.stat().st_size // 1024:5} KiB  {best:5.2f} s  "
                f"{report['taken']} taken over, {report['skipped']} skipped, "
                f"{report['occurrences']} times, complete: {report['complete']}"
            )
    print(f"{resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024} MiB at most")


def timed(path: Path) -> tuple[float, dict[str, dict[str, int]]]:
    command = [*(sys.executable, "-m", "matchmaker", "calendar", "read", str(path), "--json")]
    started = time.perf_counter()
    done = subprocess.run(
        [*command, "--from", "2027-01-01", "--to", "2027-12-31"], capture_output=True, check=True
    )
    return time.perf_counter() - started, json.loads(done.stdout)


def calendar(kind: str) -> str:
    chance = random.Random(1)
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//benchmark//EN"]
    for number in range(ENTRIES):
        lines += entry(number, kind, chance)
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


def entry(number: int, kind: str, chance: random.Random) -> Iterator[str]:
    start = FIRST + timedelta(hours=chance.randrange(24 * 600), minutes=15 * chance.randrange(4))
    zone = "W. Europe Standard Time" if kind == "mixed" and number % 3 else "Europe/Berlin"
    yield from ("BEGIN:VEVENT", f"UID:{number}@example.org", "SUMMARY:Besprechung")
    yield f"DTSTART;TZID={zone}:{start:%Y%m%dT%H%M%S}"
    yield f"DTEND;TZID={zone}:{start + timedelta(hours=1):%Y%m%dT%H%M%S}"
    if kind == "mixed" and number % 50 == 0:
        yield f"RRULE:{chance.choice(RULES)}"
    if kind == "never ending":
        yield f"RRULE:{NEVER}"
    if kind == "mixed" and number % 7 == 0:
        yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


if __name__ == "__main__":
    main()
