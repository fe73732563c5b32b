"""Hearing the queue's messages; a queue that is away is told of once and tried again patiently."""

from __future__ import annotations

import logging
from typing import Any

from huey.consumer import Consumer, Scheduler, Worker

from matchmaker.jobs.trouble import Trouble

AWAY_SECONDS = 5.0
"""The pause before a queue that does not answer is asked again."""

log = logging.getLogger(__name__)


class _PatientWorker(Worker):  # type: ignore[misc]  # huey has no types
    """huey's own would write a traceback a second while the queue is away."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.trouble = Trouble(log, "the queue does not answer, work is found by the sweep")

    def loop(self, now: Any = None) -> None:
        try:
            task = self.huey.dequeue()
        except Exception as error:  # every storage has its own errors, and each means the same
            self.trouble.met(error)
            self.stop_flag.wait(AWAY_SECONDS)
            return
        self.trouble.over()
        if task is not None:
            self.delay = self.default_delay
            self.huey.execute(task, now)
        elif not self.huey.storage.blocking:
            self.sleep()


class _NoScheduler(Scheduler):  # type: ignore[misc]  # huey has no types
    """Nothing is ever put off: there is no schedule to ask the storage for."""

    def loop(self, now: Any = None) -> None:  # noqa: ARG002  # huey's signature
        self.stop_flag.wait(self.interval)


class QuietConsumer(Consumer):  # type: ignore[misc]  # huey has no types
    """Signals belong to whoever runs the worker, which need not be the main thread."""

    worker_class = _PatientWorker
    scheduler_class = _NoScheduler

    def _set_signal_handlers(self) -> None:
        pass
