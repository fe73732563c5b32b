"""vdirsyncer subscribes to a feed of the running service; khal shows what it brings."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests.clients.khal import Khal
from tests.clients.programs import python_program
from tests.clients.subscribed import Subscribed, subscribed
from tests.story.invited import Subscription, fetch_again
from tests.support.http import HttpClient

CONFIGURATION = """
[general]
status_path = "{folder}/status"
[pair talks]
a = "theirs"
b = "mine"
collections = null
conflict_resolution = "a wins"
[storage theirs]
type = "http"
url = "{address}"
[storage mine]
type = "filesystem"
path = "{calendar}"
fileext = ".ics"
"""


@pytest.fixture
def engine_kind() -> str:
    return "sqlite"


@pytest.fixture
def speaker(tmp_path: Path, database_url: str, session: Session) -> Iterator[Subscribed]:
    for program in ("vdirsyncer", "khal"):
        python_program(program)
    with subscribed(tmp_path, database_url, session) as made:
        yield made


class Vdirsyncer:
    """Brings the feed at `address` into the folder `calendar`."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder, self.calendar = folder, folder / "calendar"
        self.calendar.mkdir()
        text = CONFIGURATION.format(folder=folder, calendar=self.calendar, address=address)
        (folder / "vdirsyncer.conf").write_text(text, encoding="utf-8")
        self._run("discover")

    def sync(self) -> dict[str, bytes]:
        """What stands in the folder afterwards, by file."""
        self._run("sync")
        return {path.name: path.read_bytes() for path in self.calendar.glob("*.ics")}

    def _run(self, command: str) -> None:
        done = subprocess.run(
            [python_program("vdirsyncer"), "-c", self.folder / "vdirsyncer.conf", command],
            env={**os.environ, "HOME": str(self.folder)},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_every_change_of_a_talk_arrives_once(tmp_path: Path, speaker: Subscribed) -> None:
    client = Vdirsyncer(tmp_path, speaker.address)
    khal = Khal(tmp_path, client.calendar)
    feed = Subscription(HttpClient(speaker.service.base_url), speaker.address)
    first = client.sync()
    assert _shown(khal) == ["2027-01-19 18:00", "2027-01-26 18:00"]
    etag = fetch_again(feed)
    assert client.sync() == first, "an unchanged feed changes no file"
    speaker.move()
    second = client.sync()
    assert _shown(khal) == ["2027-01-20 18:00", "2027-01-26 18:00"]
    assert len(second.keys() & first.keys()) == 1, "only the moved talk is another"
    assert fetch_again(feed) != etag
    speaker.call_off()
    client.sync()
    assert _shown(khal) == ["2027-01-20 18:00 CANCELLED", "2027-01-26 18:00"]
    called_off = min(khal.entries(), key=lambda one: one.start)
    assert called_off.title.startswith("Abgesagt: ")


def _shown(khal: Khal) -> list[str]:
    return sorted(
        " ".join(filter(None, [one.start, one.status.replace("CONFIRMED", "")]))
        for one in khal.entries()
    )
