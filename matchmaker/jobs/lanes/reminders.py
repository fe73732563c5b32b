"""Reminders and confirmed dates, each in a transaction of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from matchmaker.jobs.lanes.kinds import Sweep
from matchmaker.jobs.queue import poke
from matchmaker.jobs.trouble import DATABASE_AWAY
from matchmaker.jobs.workplace import Workplace
from matchmaker.services.desk import Desk
from matchmaker.services.inviting import confirming
from matchmaker.services.reminding import sweep

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Job:
    """`find` names the rows with something to do, `do` does it for one: how many mails."""

    what: str
    find: Callable[[Session, Desk], list[int]]
    do: Callable[[Session, Desk, int], int]

    def __call__(self, place: Workplace) -> int:
        """How many mails were queued. One bad record keeps nobody else from being told."""
        with place.reading() as session:
            found = self.find(session, place.desk())
        queued = 0
        for number in found:
            if place.stop.is_set():
                break
            try:
                with place.factory.begin() as session:
                    queued += self.do(session, place.desk(), number)
            except DATABASE_AWAY:
                raise
            except Exception:
                log.exception("%s %s: no mail", self.what, number)
        if queued:
            poke(place.settings, "mail")
        return queued


remind = _Job("reminder for invitation", sweep.due, sweep.settle)
confirm_dates = _Job("confirmation of talk", confirming.agreed, confirming.confirm)

SWEEPS = (Sweep("reminders", remind), Sweep("confirmed dates", confirm_dates))
