"""When each able person is free: pairs of request and person against the request's places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchmaker.scheduling.solving.able import Able
from matchmaker.scheduling.solving.arrays import Bools, Ints, expand, first_best, offsets
from matchmaker.scheduling.solving.case import Case
from matchmaker.scheduling.solving.load import keeps_distance
from matchmaker.scheduling.solving.places import Places
from matchmaker.scheduling.solving.tables import ONLINE, ONSITE
from matchmaker.scheduling.solving.wall import DAY, minute


@dataclass(frozen=True, slots=True)
class Free:
    """A ragged table: all places of its request for each pair, pair after pair.

    `begins[pair]` is the first cell of a pair, `place` the place of a cell; `open[cell, mode]`
    tells whether the person can, `avoid` whether they would rather not.
    """

    begins: Ints
    pair: Ints
    place: Ints
    open: Bools
    avoid: Bools


def find_free(case: Case, able: Able, places: Places) -> Free:
    tables = case.tables
    pair, position = expand(places.begins[able.request + 1] - places.begins[able.request])
    place = places.begins[able.request[pair]] + position
    person, day, begin = able.person[pair], places.day[place], places.start[place]
    end = begin + tables.requests.minutes[able.request[pair]]
    now_day = minute(tables.problem.now) // DAY - tables.days.first
    fine = day - now_day >= tables.people.lead_days[person]
    fine &= case.person_open[person, day]
    cell = np.flatnonzero(fine)
    cell = cell[tables.people.available.contain(person[cell], begin[cell], end[cell])]
    free = np.zeros((len(pair), 2), dtype=np.bool_)
    district = tables.requests.district[able.request[pair[cell]]]
    for mode in (ONSITE, ONLINE):
        can = able.modes[pair[cell], mode]
        row = cell[can]
        where = district[can] if mode == ONSITE else np.full(len(row), tables.online)
        free[row, mode] = keeps_distance(
            tables, case.load.busy, person[row], begin=begin[row], end=end[row], place=where
        )
    avoid = np.zeros(len(pair), dtype=np.bool_)
    avoid[cell] = tables.people.avoid.overlap(person[cell], begin[cell], end[cell])
    begins = offsets(np.bincount(pair, minlength=len(able)))
    return Free(begins, pair, place, free, avoid)


def distinct_places(case: Case, places: Places, sides: list[tuple[Able, Free]]) -> Bools:
    """Which places to keep: of neighbouring starts of a day that suit the same people, the best.

    Only where the hour matters to nobody else: nobody takes two talks that day, no shared venue.
    """
    if not len(places):
        return np.zeros(0, dtype=np.bool_)
    differs = np.ones(len(places), dtype=np.bool_)
    differs[1:] = places.request[1:] != places.request[:-1]
    differs[1:] |= places.day[1:] != places.day[:-1]
    differs |= case.shared_venue[places.request]
    for able, free in sides:
        if not len(free.pair):
            continue
        cells = np.column_stack([free.open, free.avoid & free.open.any(axis=1)])
        unlike = np.ones(len(cells), dtype=np.bool_)
        unlike[1:] = (cells[1:] != cells[:-1]).any(axis=1)
        several = ~case.single[able.person[free.pair], places.day[free.place]]
        unlike |= several & free.open.any(axis=1)
        differs |= np.bincount(free.place[unlike], minlength=len(places)) > 0
    keep = np.zeros(len(places), dtype=np.bool_)
    keep[first_best(np.cumsum(differs), places.value)] = True
    return keep


def take_places(free: Free, keep: Bools) -> Free:
    """The table for the kept places, numbered anew."""
    row = np.flatnonzero(keep[free.place])
    number = np.cumsum(keep) - 1
    begins = offsets(np.bincount(free.pair[row], minlength=len(free.begins) - 1))
    return Free(begins, free.pair[row], number[free.place[row]], free.open[row], free.avoid[row])
