"""Other dates for a request, where nothing but its windows is in the way."""

from __future__ import annotations

from typing import Any

import numpy as np

from matchmaker.scheduling.solving.explain.alone import (
    covering,
    find_options,
    inside_windows,
    on_days,
)
from matchmaker.scheduling.solving.explain.remedies import MOST_REMEDIES, Way, remedies
from matchmaker.scheduling.solving.explain.rules import BIT
from matchmaker.scheduling.solving.explain.scene import Scene
from matchmaker.scheduling.solving.kept.kept import Kept
from matchmaker.scheduling.solving.wall import DAY

MOST_CELLS = 100_000  # looked at together


def another_date(kept: Kept, request: int, *, offering: bool) -> list[dict[str, Any]] | None:
    """The next dates outside the windows, as remedies if these are offered; None if none is free.

    The days are looked at in their order, a few at once: three dates are enough.
    """
    facts, tables = kept.facts, kept.tables
    speakers = covering(facts, request, first=True)
    wished = inside_windows(tables, request)
    host = int(tables.requests.organisation[request])
    days = np.flatnonzero(~facts.case.closed & ~kept.hosts.full[host])
    starts = 2 * DAY // tables.problem.start_grid_minutes
    size = max(1, MOST_CELLS // max(1, starts * len(speakers)))
    found: list[Way] = []
    for first in range(0, len(days), size):
        begin = np.setdiff1d(on_days(tables, request, days[first : first + size]), wished)
        options = find_options(facts, request, begin, speakers, most=0)
        options = options.breaking(spots="window").promising()
        here = Scene(kept, request, options)
        if here.options.open(BIT["window"]).any():
            if not offering:
                return []
            found = remedies(here, "window", found)
            if len(found) == MOST_REMEDIES:
                break
    return [remedy for remedy, _ in found] if found else None
