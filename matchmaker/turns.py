"""Writers of one process take turns, in the order in which they came.

SQLite lets one write at a time, and lets the others ask again after pauses of up to a tenth of a
second: who asks at the wrong moments may never get in, and the time in between is lost for all.
"""

from __future__ import annotations

from collections import deque
from threading import Event, Lock


class Turns:
    """A lock that is handed on to whoever has waited longest."""

    def __init__(self) -> None:
        self._changing = Lock()
        self._waiting: deque[Event] = deque()
        self._taken = False

    @property
    def waiting(self) -> int:
        """How many wait behind the one whose turn it is."""
        return len(self._waiting)

    def take(self, timeout: float) -> bool:
        """Wait for at most `timeout` seconds; whether it is our turn now."""
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

    def pass_on(self) -> None:
        """End our turn."""
        with self._changing:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False
