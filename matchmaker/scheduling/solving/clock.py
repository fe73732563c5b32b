"""The time limit, and calls into the solvers that can be ended from outside."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter

TICK = 0.05  # seconds between two looks at the clock while a solver runs
GRACE = 0.2  # seconds that a solver may take to notice its own time limit


@dataclass(slots=True)
class Clock:
    """Counts from its making; `stop` ends the search early, as the limit does."""

    limit: float
    stop: threading.Event = field(default_factory=threading.Event)
    begin: float = field(default_factory=perf_counter)

    @property
    def seconds(self) -> float:
        return perf_counter() - self.begin

    @property
    def left(self) -> float:
        return 0.0 if self.stop.is_set() else max(0.0, self.limit - self.seconds)

    @property
    def over(self) -> bool:
        return self.left <= 0

    def run(self, call: Callable[[], None], interrupt: Callable[[], object] | None) -> None:
        """Make a call that blocks; when time is up or the user interrupts, `interrupt` ends it.

        The call runs beside, so that Ctrl-C and `stop` are seen at once and not after it. Without
        an `interrupt` the call is given up after `GRACE` seconds: what it does goes nowhere then.
        """
        failure: list[BaseException] = []

        def work() -> None:
            try:
                call()
            except BaseException as error:  # handed to the caller below
                failure.append(error)

        worker = threading.Thread(target=work, daemon=True)
        worker.start()
        while worker.is_alive():
            try:
                worker.join(TICK)
                if not self.over or not worker.is_alive():
                    continue
                if interrupt is not None:
                    interrupt()
                elif self.stop.is_set() or self.seconds > self.limit + GRACE:
                    return
            except KeyboardInterrupt:
                self.stop.set()
        if failure:
            raise failure[0]
