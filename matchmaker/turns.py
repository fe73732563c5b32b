"""Writers take turns, in the order in which they came; the processes one after the other.

SQLite lets one write at a time, and lets the others ask again after pauses of up to a tenth of a
second: who asks at the wrong moments may never get in, and the time in between is lost for all.
"""

from __future__ import annotations

from collections import deque
from pathlib import Path
from threading import Event, Lock
from time import monotonic

from matchmaker.door import Door


class Turns:
    """A lock that is handed on to whoever has waited longest.

    With the file of a database, other processes are let in between.
    """

    def __init__(self, database: Path | None = None) -> None:
        self._door = Door(database) if database else None
        self._changing = Lock()
        self._waiting: deque[Event] = deque()
        self._taken = False

    @property
    def waiting(self) -> int:
        """How many wait behind the one whose turn it is."""
        return len(self._waiting)

    def take(self, timeout: float) -> bool:
        """Wait for at most `timeout` seconds for the others of this process, and for as long in all
        for those of other processes; whether it is our turn here now."""
        until = monotonic() + timeout
        if not self._take(timeout):
            return False
        if self._door is not None:
            self._door.enter(max(0.0, until - monotonic()))
        return True

    def pass_on(self) -> None:
        """End our turn."""
        if self._door is not None:
            self._door.leave()
        with self._changing:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False

    def _take(self, timeout: float) -> bool:
        with self._changing:
            if not self._taken:
                self._taken = True
                return True
            called = Event()
            self._waiting.append(called)
        if called.wait(timeout):
            return True
        with self._changing:
            if called.is_set():  # in the moment between the two
                return True
            self._waiting.remove(called)
            return False
