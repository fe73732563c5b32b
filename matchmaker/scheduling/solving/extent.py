"""How much there is to look at, told before anything is put together."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matchmaker.scheduling.solving.arrays import Floats, Ints
from matchmaker.scheduling.solving.block import Surroundings
from matchmaker.scheduling.solving.places import reach_of_windows
from matchmaker.scheduling.solving.thinning import Thinning

ROOMY = 300_000  # people at places: beyond, a part is looked at first,
ROOMY_EACH = 10_000  # if a request has more than as many of them on average;
MOST = 300_000_000  # beyond as many it is looked at instead of the whole,
MOST_EACH = 2_000_000  # and so it is if one request alone has more
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
        free_days = around.hours.free_days
        share = float(free_days.mean()) if free_days.size else 0.0
        each = share * cells_each(around, chosen)
        cells = float(each.sum())
        if cells <= max(ROOMY, ROOMY_EACH * len(chosen)):
            return cls(None, True)
        a_day = replace(around, thinning=Thinning(1, free_days))
        days = FEW_EACH * len(chosen) / (share * float(cells_each(a_day, chosen).sum()))
        surveyable = cells <= MOST and float(each.max()) <= MOST_EACH
        return cls(Thinning(max(LEAST_DAYS, int(days)), free_days), surveyable)


def cells_each(around: Surroundings, chosen: Ints) -> Floats:
    """A guess of how many people and crews at how many places each of the chosen requests has.

    Where several talks a day are possible every start counts, elsewhere every day.
    """
    case = around.case
    wanted, people = case.tables.requests, case.tables.people
    days, starts = reach_of_windows(case.tables, chosen)
    if around.thinning is not None:
        days, starts = around.thinning.left_of(days, starts, case.tables.problem.start_grid_minutes)
    several = _several(around)
    places = np.where(around.split[chosen], starts, days + several * np.maximum(starts - days, 0))
    near = people.reach.mean() if people.reach.size else 1.0
    able = (people.level > 0).sum(axis=0)
    speakers = near * np.where(wanted.topics >= 0, able[wanted.topics], 0).sum(axis=1)
    speaking = people.speaks[people.speakers :].sum(axis=0)
    helpers = near * np.where(wanted.languages >= 0, speaking[wanted.languages], 0).sum(axis=1)
    crews = _crews(helpers[chosen], wanted.interpreters[chosen])
    cells: Floats = (places + 1) * (speakers[chosen] + crews + 1)
    return cells


def _crews(helpers: Floats, needed: Ints) -> Floats:
    """How many groups of so many can be formed of the interpreters, and single ones."""
    pairs = helpers * np.maximum(helpers - 1, 0) / 2
    threes = pairs * np.maximum(helpers - 2, 0) / 3
    larger: Floats = np.select([needed == 2, needed == 3], [pairs, threes], 0.0)
    return helpers + larger


def _several(around: Surroundings) -> float:
    """The part of the days on which somebody is free that have room for several talks."""
    free = around.hours.free_days
    return float((free & ~around.case.single).sum() / max(1, free.sum()))
