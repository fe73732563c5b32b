"""khal on a folder of its own, as somebody has set it up who lives in Berlin."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.clients.programs import python_program

CONFIGURATION = """
[calendars]
[[talks]]
path = {calendar}
type = calendar
[locale]
local_timezone = Europe/Berlin
default_timezone = Europe/Berlin
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {folder}/khal.db
"""
COLUMNS = ("uid", "start-long-full", "end-long-full", "title", "location", "status")


@dataclass(frozen=True)
class Shown:
    """A line of khal's list."""

    uid: str
    start: str
    end: str
    title: str
    location: str
    status: str


class Khal:
    """Keeps its calendar in `calendar`, one file an entry."""

    def __init__(self, folder: Path, calendar: Path | None = None) -> None:
        self.folder, self.calendar = folder, calendar or folder / "talks"
        self.calendar.mkdir(parents=True, exist_ok=True)
        self._settings = folder / "khal.conf"
        text = CONFIGURATION.format(calendar=self.calendar, folder=folder)
        self._settings.write_text(text, encoding="utf-8")

    def take(self, content: bytes) -> None:
        """Import a file, as somebody does who has saved the attachment of a mail."""
        path = self.folder / "saved.ics"
        path.write_bytes(content)
        self._run("import", "--batch", "--include-calendar", "talks", str(path))

    def entries(self) -> list[Shown]:
        """What stands in the calendar in the first half of 2027."""
        row = "|".join(f"{{{name}}}" for name in COLUMNS)
        said = self._run("list", "--day-format", "", "--format", row, "2027-01-01", "180d")
        # a status comes with a blank behind it, to be followed by other words
        cells = [[cell.strip() for cell in line.split("|")] for line in said.splitlines() if line]
        return [Shown(*cell) for cell in cells]

    def _run(self, *arguments: str) -> str:
        environment = {**os.environ, "HOME": str(self.folder), "TZ": "Europe/Berlin"}
        done = subprocess.run(
            [python_program("khal"), "--config", self._settings, *arguments],
            env=environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout
