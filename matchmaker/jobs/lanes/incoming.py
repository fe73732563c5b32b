"""The mailbox with the answers."""

from __future__ import annotations

from matchmaker.jobs.lanes.kinds import Sweep, lane
from matchmaker.jobs.workplace import Workplace
from matchmaker.services.incoming import fetching, upkeep


def fetch(place: Workplace) -> str:
    report = fetching.fetch(
        place.factory, place.settings, place.clock, owner=place.owner, stop=place.stop
    )
    return report.failure


def forget_old_mail(place: Workplace) -> None:
    """Who wrote long ago, and what, is nobody's business."""
    with place.factory.begin() as session:
        upkeep.forget(session, place.desk())


LANES = (lane("incoming", fetch),)
SWEEPS = (Sweep("old incoming mail", forget_old_mail),)
