"""The mails that leave."""

from __future__ import annotations

from matchmaker.jobs.lanes.kinds import lane
from matchmaker.jobs.workplace import Workplace
from matchmaker.services.sending import outbox


def deliver(place: Workplace) -> str:
    report = outbox.deliver_due(
        place.factory, place.settings, place.clock, owner=place.owner, stop=place.stop
    )
    return report.stopped


LANES = (lane("mail", deliver),)
