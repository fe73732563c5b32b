"""The talks of a plan that a request meets: at the same host, in the same venue, with its people.

Everything is counted for any part of these talks, so that talks can be taken out of the plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from matchmaker.scheduling.problem import Assignment, Mode
from matchmaker.scheduling.solving.arrays import Bools, Ints, ints
from matchmaker.scheduling.solving.case import Case
from matchmaker.scheduling.solving.explain.cells import BIT, Spots
from matchmaker.scheduling.solving.tables import Tables
from matchmaker.scheduling.solving.wall import DAY, minute, month, week

Counts = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Rivals:
    """Talks against spots (`near`, by day, week, month and in all; `clash`; `same_hours`).

    `people` is people * talks; `host` and `venue` mark the talks that share those. `limits` (people
    * four) and `host_limits` say how many talks a day, week, month and in all are allowed.
    `clash[talk, spot]` means that nobody can take both. Tables of ones and zeros are floats: their
    products are exact, and many times faster than those of whole numbers.
    """

    talks: tuple[Assignment, ...]
    near: tuple[Counts, Counts, Counts, Counts]
    clash: Counts
    same_hours: Counts
    people: Counts
    host: Bools
    venue: Bools
    limits: Ints
    host_limits: Ints

    def at_spots(self, rows: Ints) -> Rivals:
        """The same talks against some of the spots."""
        day, week, month, in_all = (table[:, rows] for table in self.near)
        return replace(
            self,
            near=(day, week, month, in_all),
            clash=self.clash[:, rows],
            same_hours=self.same_hours[:, rows],
        )

    def all(self) -> Bools:
        return np.ones(len(self.talks), dtype=np.bool_)

    def none(self) -> Bools:
        return np.zeros(len(self.talks), dtype=np.bool_)

    def but(self, talk: int) -> Bools:
        present = self.all()
        present[talk] = False
        return present

    def counts(self, present: Bools, who: Ints) -> list[Counts]:
        """Spots * people, by day, week, month and in all: talks that each person has there."""
        mine = self.people[who] * present
        return [(mine @ near).T for near in self.near]

    def reached(self, present: Bools, who: Ints) -> Ints:
        """Spots * people: how many of their limits leave no room."""
        counts = self.counts(present, who)
        limits = self.limits[who].T
        return _count([count >= limit for count, limit in zip(counts, limits, strict=True)])

    def host_reached(self, present: Bools) -> Ints:
        """Spots: how many of the host's limits leave no room."""
        mine = (self.host & present).astype(np.float32)
        limits = zip(self.near, self.host_limits.tolist(), strict=True)
        return _count([mine @ near >= limit for near, limit in limits])

    def people_bits(self, present: Bools, who: Ints) -> Ints:
        """Spots * people: workload, and travel where a talk is too near."""
        near = (self.people[who] * present) @ self.clash
        bits: Ints = BIT["workload"] * (self.reached(present, who) > 0)
        return bits | BIT["travel"] * (near.T > 0)

    def spot_bits(self, present: Bools) -> Ints:
        """Spots: host_load and venue."""
        taken = (self.venue & present).astype(np.float32) @ self.same_hours
        bits: Ints = BIT["host_load"] * (self.host_reached(present) > 0)
        bits |= BIT["venue"] * (taken > 0)
        return bits


def _count(tables: list[Bools]) -> Ints:
    """Element by element, how many of the tables hold True."""
    total: Ints = np.sum(np.array(tables), axis=0)
    return total


def find_rivals(
    case: Case, plan: Sequence[Assignment], request: int, at: Spots, people: Ints
) -> Rivals:
    """The talks of the plan that share people (rows of the tables), host or venue."""
    tables, problem = case.tables, case.tables.problem
    wanted = problem.requests[request]
    names = {tables.people.ids[row] for row in people.tolist()}
    talks = tuple(
        talk
        for talk in plan
        if names.intersection(talk.people)
        or problem.request[talk.request].organisation == wanted.organisation
        or (wanted.venue and problem.request[talk.request].venue == wanted.venue)
    )
    begin = ints(minute(talk.start) for talk in talks)
    other = [problem.request[talk.request] for talk in talks]
    end = begin + ints(row.minutes for row in other)
    hours = (begin[:, None] < at.end) & (at.begin < end[:, None])
    host = problem.organisation[wanted.organisation]
    endless = len(problem.requests) + 1
    return Rivals(
        talks=talks,
        near=_near(begin // DAY, at.begin // DAY),
        clash=(hours | _too_near(tables, talks, begin, end, at)).astype(np.float32),
        same_hours=hours.astype(np.float32),
        people=_present(tables, talks, people),
        host=np.array([row.organisation == host.id for row in other], dtype=np.bool_),
        venue=np.array([row.venue == wanted.venue for row in other], dtype=np.bool_)
        & (wanted.venue is not None),
        limits=np.column_stack(
            [
                limit[people]
                for limit in (
                    tables.people.per_day,
                    tables.people.per_week,
                    tables.people.per_month,
                    tables.people.in_all,
                )
            ]
        ),
        host_limits=np.array([1, host.max_per_week, endless, host.max_talks]),
    )


def _near(talks: Ints, spots: Ints) -> tuple[Counts, Counts, Counts, Counts]:
    """Talks * spots, from the days of both: same day, same week, same month, any."""
    months = [ints(map(month, days.tolist())) for days in (talks, spots)]
    weeks = [ints(map(week, days.tolist())) for days in (talks, spots)]
    return (
        (talks[:, None] == spots).astype(np.float32),
        (weeks[0][:, None] == weeks[1]).astype(np.float32),
        (months[0][:, None] == months[1]).astype(np.float32),
        np.ones((len(talks), len(spots)), dtype=np.float32),
    )


def _too_near(
    tables: Tables, talks: Sequence[Assignment], begin: Ints, end: Ints, at: Spots
) -> Bools:
    """Talks * spots of one day with too little time for the way between them."""
    place = ints(
        int(tables.requests.district[tables.request_row[talk.request]])
        if talk.mode is Mode.ONSITE
        else tables.online
        for talk in talks
    )
    there, back = tables.travel[place][:, at.place], tables.travel[at.place][:, place].T
    before = end[:, None] + there <= at.begin
    after = at.end + back <= begin[:, None]
    near: Bools = (begin[:, None] // DAY == at.begin // DAY) & ~before & ~after
    return near


def _present(tables: Tables, talks: Sequence[Assignment], people: Ints) -> Counts:
    column = {tables.people.ids[row]: number for number, row in enumerate(people.tolist())}
    table = np.zeros((len(people), len(talks)), dtype=np.float32)
    for number, talk in enumerate(talks):
        table[[column[name] for name in talk.people if name in column], number] = 1
    return table
