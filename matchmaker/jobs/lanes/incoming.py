"""The mailbox with the answers."""

from __future__ import annotations

from matchmaker.jobs.lanes.kinds import lane
from matchmaker.jobs.workplace import Workplace
from matchmaker.services.incoming import fetching


def fetch(place: Workplace) -> str:
    report = fetching.fetch(
        place.factory, place.settings, place.clock, owner=place.owner, stop=place.stop
    )
    return report.failure


LANES = (lane("incoming", fetch),)
