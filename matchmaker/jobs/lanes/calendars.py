"""The calendars of speakers and interpreters."""

from __future__ import annotations

from matchmaker.jobs.lanes.kinds import Sweep, lane
from matchmaker.jobs.refreshing import read_calendars
from matchmaker.jobs.workplace import Workplace
from matchmaker.services.sources import upkeep


def read(place: Workplace) -> str:
    read_calendars(place)
    return ""


def remove_old_times(place: Workplace) -> None:
    """What somebody did long ago is nobody's business."""
    with place.factory.begin() as session:
        upkeep.expire(session, place.desk())


LANES = (lane("calendars", read),)
SWEEPS = (Sweep("old times of calendars", remove_old_times),)
