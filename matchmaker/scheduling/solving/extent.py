"""How much there is to look at, told before anything is put together."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matchmaker.scheduling.solving.arrays import Floats, Ints
from matchmaker.scheduling.solving.block import Surroundings
from matchmaker.scheduling.solving.places import reach_of_windows
from matchmaker.scheduling.solving.thinning import Thinning

ROOMY = 300_000  # people at places: beyond as many a part is looked at first,
ROOMY_EACH = 10_000  # if a request has as many of them on average,
MOST = 300_000_000  # and beyond as many it is looked at instead of the whole
FEW_EACH = 5_000  # of a request, in the part
LEAST_DAYS = 3


@dataclass(frozen=True, slots=True)
class Room:
    """What is to be looked at first, if that is not all, and whether all can be looked at."""

    thinning: Thinning | None
    surveyable: bool

    @classmethod
    def of(cls, around: Surroundings) -> Room:
        chosen = np.flatnonzero(~around.case.load.requests)
        share = free_share(around)
        cells = share * float(cells_each(around, chosen).sum())
        if cells <= max(ROOMY, ROOMY_EACH * len(chosen)):
            return cls(None, True)
        a_day = replace(around, thinning=Thinning(1))
        days = FEW_EACH * len(chosen) / (share * float(cells_each(a_day, chosen).sum()))
        return cls(Thinning(max(LEAST_DAYS, int(days))), cells <= MOST)


def cells_each(around: Surroundings, chosen: Ints) -> Floats:
    """About how many people at how many places each of the chosen requests could have at most.

    Where several talks a day are possible every start counts, elsewhere every day.
    """
    case = around.case
    wanted, people = case.tables.requests, case.tables.people
    days, starts = reach_of_windows(case.tables, chosen)
    if around.thinning is not None:
        days, starts = around.thinning.left_of(days, starts, case.tables.problem.start_grid_minutes)
    several = _several(around)
    places = np.where(around.split[chosen], starts, days + several * np.maximum(starts - days, 0))
    able = (people.level > 0).sum(axis=0)
    speaking = people.speaks[people.speakers :].sum(axis=0)
    at_most = np.where(wanted.topics >= 0, able[wanted.topics], 0).sum(axis=1)
    at_most += np.where(wanted.languages >= 0, speaking[wanted.languages], 0).sum(axis=1)
    near = people.reach.mean() if people.reach.size else 1.0
    cells: Floats = (places + 1) * (near * at_most[chosen] + 1)
    return cells


def free_share(around: Surroundings) -> float:
    """The part of all people's days on which they are free at some time."""
    return float(around.hours.free_days.mean()) if around.hours.free_days.size else 0.0


def _several(around: Surroundings) -> float:
    """The part of the days on which somebody is free that have room for several talks."""
    free = around.hours.free_days
    return float((free & ~around.case.single).sum() / max(1, free.sum()))
