from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from matchmaker.config import Settings
from matchmaker.services.health import readable
from matchmaker.services.health.check import Check

FINE = Check("private files", True, "nobody else can get at them")


@pytest.fixture(params=["sqlite"])
def engine_kind(request: pytest.FixtureRequest) -> str:
    """Files are the same with either engine."""
    return str(request.param)


@pytest.fixture
def here(settings: Settings, tmp_path: Path) -> Settings:
    """A folder that anybody may enter, with files for their owner alone."""
    folder = tmp_path / "instance"
    folder.mkdir()
    folder.chmod(0o755)
    for name in ("secret_key", "m.sqlite3", "m.sqlite3-wal", "q.sqlite3"):
        (folder / name).touch(0o600)
    return replace(
        settings,
        instance=folder,
        database_url=f"sqlite:///{folder}/m.sqlite3",
        queue_url=f"sqlite:///{folder}/q.sqlite3",
    )


def test_files_for_their_owner_alone_are_fine(here: Settings) -> None:
    assert readable.files(here) == FINE


@pytest.mark.parametrize("name", ["secret_key", "m.sqlite3", "m.sqlite3-wal", "q.sqlite3"])
@pytest.mark.parametrize("rights", [0o644, 0o640, 0o602])
def test_file_that_others_can_reach_is_named_with_the_remedy(
    here: Settings, name: str, rights: int
) -> None:
    path = here.instance / name
    path.chmod(rights)

    assert readable.files(here) == Check(
        "private files",
        False,
        f"other users of this machine can get at {path}",
        f"Run `chmod go= {path}`.",
    )


def test_closed_folder_keeps_others_out(here: Settings) -> None:
    (here.instance / "m.sqlite3").chmod(0o644)
    here.instance.chmod(0o750)
    assert not readable.files(here).ok, "the group may enter"
    here.instance.chmod(0o700)
    assert readable.files(here) == FINE


def test_databases_elsewhere_have_no_files_here(here: Settings) -> None:
    elsewhere = replace(
        here, database_url="postgresql+psycopg://h/n", queue_url="redis://h/0", instance=Path("/-")
    )
    assert readable.files(elsewhere) == FINE
