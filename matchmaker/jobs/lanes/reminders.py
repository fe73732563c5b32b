"""Reminders, each in a transaction of its own."""

from __future__ import annotations

import logging

from matchmaker.jobs.lanes.kinds import Sweep
from matchmaker.jobs.queue import poke
from matchmaker.jobs.workplace import Workplace
from matchmaker.services.reminding import sweep

log = logging.getLogger(__name__)


def remind(place: Workplace) -> int:
    """Queue what is due; how many mails. One bad record keeps nobody else from being reminded."""
    with place.reading() as session:
        due = sweep.due(session, place.desk())
    queued = 0
    for invitation_id in due:
        if place.stop.is_set():
            break
        try:
            with place.factory.begin() as session:
                queued += sweep.settle(session, place.desk(), invitation_id)
        except (LookupError, TypeError, ValueError):
            log.exception("no reminder for invitation %s", invitation_id)
    if queued:
        poke(place.settings, "mail")
    return queued


SWEEPS = (Sweep("reminders", remind),)
