"""Whom to ask: the talks that hold what others could use, and requests that could use what is free.

Which talks are looked at decides what a repair can find; what it finds among them is exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

import numpy as np

from matchmaker.scheduling.solving.arrays import NOTHING, Ints, ints
from matchmaker.scheduling.solving.columns import Columns
from matchmaker.scheduling.solving.repair.ceilings import worth_alone
from matchmaker.scheduling.solving.repair.holders import Holders, find_holders
from matchmaker.scheduling.solving.repair.listing import list_columns
from matchmaker.scheduling.solving.repair.scene import Scene

LOOKED_AT = 200  # best columns of a request that say whose talks are in its way
DEAR = 1000  # points that another talk in the way weighs
MOST_ASKED = 24  # open requests tried for what has become free
MOST_NEWCOMERS = 6


@dataclass(frozen=True, slots=True)
class Wishes:
    """The best columns of some requests, what each adds to the plan, and the talks in their way."""

    scene: Scene
    columns: Columns
    worth: Ints
    holders: Holders

    @classmethod
    def of(cls, scene: Scene, seeds: Ints) -> Wishes:
        seeds = np.sort(seeds)
        around = scene.around(None, seeds)
        columns = list_columns(around, seeds, np.zeros(len(seeds), np.int64), LOOKED_AT).columns
        worth = worth_alone(scene.after, columns)
        return cls(scene, columns, worth, find_holders(scene.after, columns))

    def ring(self, known: Ints, most: int, *, moves: int, above: int = NOTHING) -> Ints:
        """Talks beside the known ones that hold what these columns need.

        Those first that are in the way of the best; columns for which more than `moves` talks would
        have to go, or that are not worth more than `above`, say nothing. Rows, ascending.
        """
        holders = self.holders
        rank = self.columns.value - DEAR * np.maximum(holders.needs - 1, 0)
        good = (holders.needs <= moves) & ~holders.stuck & (self.worth > above)
        column, request = holders.column, holders.request
        fixed = ints(self.scene.after.row(name) for name in self.scene.after.facts.fixed)
        useful = good[column] & ~np.isin(request, np.concatenate([known, fixed]))
        column, request = column[useful], request[useful]
        order = np.lexsort((request, -rank[column]))
        _, first = np.unique(request[order], return_index=True)
        chosen: Ints = np.sort(request[order][np.sort(first)][:most])
        return chosen


def newcomers(scene: Scene) -> Ints:
    """Open requests that now have a place though nobody moves, the most rewarding ones."""
    asked = _asking(scene)
    if not len(asked):
        return asked
    around = scene.around(scene.after, asked)
    top = list_columns(around, asked, np.ones(len(asked), np.int64), 1).top
    best = np.argsort(-top, kind="stable")[: min(MOST_NEWCOMERS, int((top > 0).sum()))]
    return np.sort(asked[best])


def _asking(scene: Scene) -> Ints:
    """Open requests that could use what the lost talks leave: same host, venue, people, days."""
    kept, wanted, people = scene.after, scene.after.tables.requests, scene.after.tables.people
    likely = np.zeros(len(wanted.ids), dtype=np.bool_)
    for talk in scene.lost:
        row = kept.row(talk.request)
        likely |= wanted.organisation == wanted.organisation[row]
        likely |= (wanted.venue >= 0) & (wanted.venue == wanted.venue[row])
        who = ints(kept.tables.person_row[name] for name in talk.people)
        for person in who.tolist():
            if person < people.speakers:
                likely |= (people.level[person, wanted.topics] > 0)[:, 0]
            else:
                likely |= people.speaks[person, wanted.languages].any(axis=1)
    likely[list(scene.wanting)] = False
    likely[[kept.row(talk.request) for talk in scene.lost]] = False
    rows = np.flatnonzero(likely & (kept.times.begin == NOTHING))
    ordered = rows[np.argsort(-kept.facts.case.request_points[rows], kind="stable")].tolist()
    days = {talk.start.toordinal() for talk in scene.lost}
    meeting = (row for row in ordered if _meets(scene, row, days))
    return np.sort(ints(islice(meeting, MOST_ASKED)))


def _meets(scene: Scene, row: int, days: set[int]) -> bool:
    """Whether a window reaches the day of a lost talk: that day has room for certain."""
    return any(
        window.start.toordinal() <= day <= window.end.toordinal()
        for window in scene.after.request(row).windows
        for day in days
    )
