"""The calendars of speakers and interpreters."""

from __future__ import annotations

from matchmaker.jobs.lanes.kinds import lane
from matchmaker.jobs.refreshing import read_calendars
from matchmaker.jobs.workplace import Workplace


def read(place: Workplace) -> str:
    read_calendars(place)
    return ""


LANES = (lane("calendars", read),)
