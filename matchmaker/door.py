"""Writers of several processes take turns: a process that has just written lets the next one in.

SQLite lets the processes ask again after pauses, and whoever has just written asks first. So there
is a file beside the database with two locks: who holds the second writes, who holds the first is
next. They end with the process that holds them, however it ends.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

PAUSE = 0.001
NEXT, INSIDE = 0, 1
ENDING = "-turn"


class Door:
    """For one thread of a process at a time; a folder that cannot be written to has an open door.

    Locks of this kind belong to the process: a child that inherits the open file holds none.
    """

    def __init__(self, database: Path) -> None:
        self._path = database.with_name(f"{database.name}{ENDING}")
        self._file: int | None = None

    def enter(self, seconds: float) -> bool:
        """Wait for at most `seconds`; whether we are inside now."""
        until = time.monotonic() + seconds
        try:
            if not self._lock(NEXT, until):
                return False
            try:
                return self._lock(INSIDE, until)
            finally:
                self._unlock(NEXT)
        except OSError:
            return False

    def leave(self) -> None:
        """Let the next one in."""
        self._unlock(INSIDE)

    def _lock(self, place: int, until: float) -> bool:
        if self._file is None:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        while True:
            try:
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
            except BlockingIOError:
                if time.monotonic() >= until:
                    return False
                time.sleep(PAUSE)
            else:
                return True

    def _unlock(self, place: int) -> None:
        if self._file is not None:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, place)
