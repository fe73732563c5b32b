"""Telling the log of what keeps failing: once, then ever more rarely, and when it is over."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

DATABASE_AWAY = (OperationalError, InterfaceError, NoFreeConnection)
"""Says nothing about the record at hand: the next one would meet it as well."""
FIRST_PAUSE = 60.0
LONGEST_PAUSE = 3600.0
"""Seconds between two lines about the same trouble."""


class Trouble:
    """One thing that can fail, as several threads may meet it; `clock` counts seconds."""

    def __init__(
        self, log: logging.Logger, what: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.log, self.what, self.clock = log, what, clock
        self._lock = threading.Lock()
        self._since: float | None = None
        self._next, self._pause, self._kind = 0.0, FIRST_PAUSE, ""

    def met(self, error: BaseException, *, traceback: bool = False) -> None:
        """It has failed (again). `traceback`: a bug, each kind told at once."""
        kind = type(error).__name__ if traceback else ""
        with self._lock:
            now = self.clock()
            if self._since is not None and kind == self._kind and now < self._next:
                return
            if self._since is None or kind != self._kind:
                self._since, self._pause, self._kind = now, FIRST_PAUSE, kind
            else:
                self._pause = min(2 * self._pause, LONGEST_PAUSE)
            self._next, since = now + self._pause, self._since
        self.log.error(
            "%s: %s%s", self.what, reason(error), _lasting(now - since), exc_info=traceback or None
        )

    def over(self) -> None:
        """It works; told only after trouble."""
        with self._lock:
            since, self._since = self._since, None
        if since is not None:
            self.log.warning("%s: works again%s", self.what, _lasting(self.clock() - since))


def reason(error: BaseException) -> str:
    """The first line of what the library underneath said."""
    said = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
    return said or type(error).__name__


def _lasting(seconds: float) -> str:
    return f" (after {seconds / 60:.0f} minutes)" if seconds >= FIRST_PAUSE else ""
