"""Whether there is room: a full disk answers every question and keeps nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.models import Heartbeat
from matchmaker.services.health.check import Check

NEEDED_BYTES = 50 * 1024**2
DOCTOR = "doctor"


def is_full(settings: Settings) -> bool:
    """Whether a folder that the service writes to has hardly any room left; writes nothing."""
    return any(free < NEEDED_BYTES for _, free in _free(settings))


def room(settings: Settings) -> Check:
    rooms = sorted(_free(settings), key=lambda found: found[1])
    if not rooms:
        return Check("disk", True, "no folder is there yet")
    folder, free = rooms[0]
    said = f"{free // 1024**2} MB are free in {folder}"
    remedy = f"Make room: with less than {NEEDED_BYTES // 1024**2} MB nothing can be kept soon."
    return Check("disk", free >= NEEDED_BYTES, said, remedy)


def writing(engine: Engine, now: datetime) -> Check:
    """Keeps one row that says when this was tried: only a commit shows that there is room."""
    try:
        with Session(engine) as session, session.begin():
            session.merge(Heartbeat(name=DOCTOR, at=now))
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).partition("\n")[0]
        remedy = "Make room on its disk, and let the service's user write there."
        return Check("database writing", False, reason, remedy)
    return Check("database writing", True, "a row was kept")


def _free(settings: Settings) -> Iterator[tuple[Path, int]]:
    """The folders of this machine that the service writes to, with their free bytes."""
    folders = {settings.instance}
    for url in (settings.database_url, settings.queue_url):
        parsed = make_url(url) if url.startswith("sqlite") else None
        if parsed is not None and parsed.database:
            folders.add(Path(parsed.database).parent)
    for folder in sorted(folders):
        try:
            yield folder, shutil.disk_usage(folder).free
        except OSError:
            continue  # what is missing is named by other checks
