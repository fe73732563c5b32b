"""Whether other users of this machine can get at what the service keeps in files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from stat import S_IRWXG, S_IRWXO, S_IXGRP, S_IXOTH

from sqlalchemy import make_url

from matchmaker.config import Settings
from matchmaker.services.health.check import Check


def files(settings: Settings) -> Check:
    """A file counts if its rights let others in and those of its folder do not keep them out."""
    open_ones = sorted({path for path in _kept(settings) if _others_can_reach(path)})
    if not open_ones:
        return Check("private files", True, "nobody else can get at them")
    named = " ".join(map(str, open_ones))
    said = f"other users of this machine can get at {named}"
    return Check("private files", False, said, f"Run `chmod go= {named}`.")


def _kept(settings: Settings) -> Iterator[Path]:
    """The key, and the files of SQLite with what is written beside them."""
    yield settings.instance / "secret_key"
    for url in (settings.database_url, settings.queue_url):
        file = make_url(url).database if url.startswith("sqlite") else None
        if file:
            yield from (Path(file + ending) for ending in ("", "-wal", "-shm"))


def _others_can_reach(path: Path) -> bool:
    try:
        rights, folder = path.stat().st_mode, path.parent.stat().st_mode
    except OSError:
        return False  # what is missing is named by other checks
    # Each group of rights counts by itself: a folder for the group alone keeps the others out.
    by_group = rights & S_IRWXG and folder & S_IXGRP
    return bool(by_group or (rights & S_IRWXO and folder & S_IXOTH))
