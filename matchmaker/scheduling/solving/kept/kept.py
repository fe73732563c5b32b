"""The kept state: a problem's facts beside one plan, cheap to change by one talk.

Nothing in it is authoritative: it is built from a problem and a plan, and may be thrown away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matchmaker.scheduling.problem import Assignment, Mode, Problem, Request
from matchmaker.scheduling.solving.arrays import NOTHING, Ints, expand, ints, offsets
from matchmaker.scheduling.solving.kept.counts import Counts, Periods
from matchmaker.scheduling.solving.kept.facts import Facts, find_facts
from matchmaker.scheduling.solving.tables import Tables
from matchmaker.scheduling.solving.wall import DAY, minute, month, week


@dataclass(frozen=True, slots=True)
class Times:
    """When and where each request of the problem is held; `begin` is NOTHING where it is not.

    `place` is a row of the travel table; `day`, `week`, `month` count from the first of the
    horizon and lie outside of it for talks that do.
    """

    begin: Ints
    end: Ints
    place: Ints
    day: Ints
    week: Ints
    month: Ints

    def copy(self) -> Times:
        return Times(*(getattr(self, name).copy() for name in self.__slots__))

    def periods(self, rows: Ints) -> Periods:
        return self.day[rows], self.week[rows], self.month[rows]

    def note(self, row: int, values: tuple[int, ...]) -> None:
        for name, value in zip(self.__slots__, values, strict=True):
            getattr(self, name)[row] = value


@dataclass(frozen=True, slots=True)
class Seats:
    """Who takes part in which talk: pairs sorted by person; `first[person]` is their first."""

    person: Ints
    request: Ints
    first: Ints

    @classmethod
    def of(cls, person: Ints, request: Ints, people: int) -> Seats:
        order = np.lexsort((request, person))
        first = offsets(np.bincount(person, minlength=people))
        return cls(person[order], request[order], first)

    def of_people(self, people: Ints) -> tuple[Ints, Ints]:
        """(position in `people`, request) of all their talks."""
        owner, nth = expand(self.first[people + 1] - self.first[people])
        return owner, self.request[self.first[people[owner]] + nth]


@dataclass(frozen=True, slots=True)
class Kept:
    """Facts and a plan. `talks` are looked up by row of the request; rules may be broken.

    `late`: some talk runs over midnight, as only a fixed one can.
    """

    facts: Facts
    talks: Mapping[int, Assignment]
    times: Times
    people: Counts
    hosts: Counts
    seats: Seats
    late: bool

    @property
    def tables(self) -> Tables:
        return self.facts.tables

    @property
    def problem(self) -> Problem:
        return self.facts.problem

    def row(self, request: str) -> int:
        """The row of a request; KeyError where the problem has none of that id."""
        return self.tables.request_row[request]

    def request(self, row: int) -> Request:
        return self.problem.requests[row]

    def open_requests(self) -> list[int]:
        """Rows of the requests that the plan leaves out."""
        return np.flatnonzero(self.times.begin == NOTHING).tolist()

    def held_by(self, host: int) -> Ints:
        """Requests of an organisation that have their talk in the plan."""
        mine = self.tables.requests.organisation == host
        return np.flatnonzero(mine & (self.times.begin != NOTHING))

    def held_in(self, venue: int) -> Ints:
        """Requests with their talk in a venue; none in the venue -1."""
        if venue < 0:
            return np.zeros(0, dtype=np.int64)
        mine = self.tables.requests.venue == venue
        return np.flatnonzero(mine & (self.times.begin != NOTHING))

    def talks_of(self, person: int) -> list[Assignment]:
        rows = self.seats.request[self.seats.first[person] : self.seats.first[person + 1]]
        return [self.talks[row] for row in rows.tolist()]

    def without(self, *requests: int) -> Kept:
        """The same with the talks of some requests less; rows without a talk change nothing."""
        gone = [row for row in dict.fromkeys(requests) if row in self.talks]
        if not gone:
            return self
        rows = ints(gone)
        leaves = np.zeros(len(self.times.begin), dtype=np.bool_)
        leaves[rows] = True
        goes = leaves[self.seats.request]
        who, of_talk = self.seats.person[goes], self.seats.request[goes]
        person = self.seats.person[~goes]
        first = offsets(np.bincount(person, minlength=len(self.tables.people.ids)))
        times = self.times.copy()
        for row in gone:
            times.note(row, _NEVER)
        host = self.tables.requests.organisation[rows]
        return replace(
            self,
            talks=_but(self.talks, gone),
            times=times,
            people=self.people.changed(who, self.times.periods(of_talk), -1),
            hosts=self.hosts.changed(host, self.times.periods(rows), -1),
            seats=Seats(person, self.seats.request[~goes], first),
        )

    def released(self, request: str) -> Kept:
        """The same plan, in which the talk of a request is no longer fixed."""
        return replace(self, facts=replace(self.facts, fixed=self.facts.fixed - {request}))

    def beside(self, talk: Assignment) -> Kept:
        """The same with one talk more, whose request has none yet."""
        row = self.tables.request_row[talk.request]
        times = self.times.copy()
        values = _when(self.tables, talk)
        times.note(row, values)
        who = _who(self.tables, talk)
        seats = Seats.of(
            np.concatenate([self.seats.person, who]),
            np.concatenate([self.seats.request, np.full(len(who), row)]),
            len(self.tables.people.ids),
        )
        one = ints([row])
        host = self.tables.requests.organisation[one]
        return replace(
            self,
            talks={**self.talks, row: talk},
            times=times,
            people=self.people.changed(who, times.periods(np.repeat(one, len(who))), 1),
            hosts=self.hosts.changed(host, times.periods(one), 1),
            seats=seats,
            late=self.late or values[1] > (values[0] // DAY + 1) * DAY,
        )


_NEVER = (NOTHING, NOTHING, -1, -1, -1, -1)


def _but(talks: Mapping[int, Assignment], gone: Iterable[int]) -> Mapping[int, Assignment]:
    left = dict(talks)
    for row in gone:
        del left[row]
    return left


def _who(tables: Tables, talk: Assignment) -> Ints:
    return ints(sorted(tables.person_row[name] for name in {*talk.people}))


def _when(tables: Tables, talk: Assignment) -> tuple[int, ...]:
    """The talk's entry in `Times`."""
    row, days = tables.request_row[talk.request], tables.days
    begin, ordinal = minute(talk.start), talk.start.toordinal()
    onsite = talk.mode is Mode.ONSITE
    return (
        begin,
        begin + int(tables.requests.minutes[row]),
        int(tables.requests.district[row]) if onsite else tables.online,
        ordinal - days.first,
        week(ordinal) - days.first_week,
        month(ordinal) - days.first_month,
    )


def keep(problem: Problem, plan: Sequence[Assignment], tables: Tables | None = None) -> Kept:
    """The kept state of a plan, whose assignments name known ids, each request once.

    `tables` are those of the problem, if they are at hand.
    """
    return keep_plan(find_facts(problem, tables), plan)


def keep_plan(facts: Facts, plan: Iterable[Assignment]) -> Kept:
    """Another plan beside facts that are known already."""
    tables = facts.tables
    talks = {tables.request_row[talk.request]: talk for talk in plan}
    rows = ints(talks)
    times = Times(*(np.full(len(tables.requests.ids), value) for value in _NEVER))
    values = np.array([_when(tables, talk) for talk in talks.values()], dtype=np.int64)
    for name, column in zip(Times.__slots__, values.reshape(-1, len(_NEVER)).T, strict=True):
        getattr(times, name)[rows] = column
    pairs = [(who, row) for row, talk in talks.items() for who in _who(tables, talk).tolist()]
    person, request = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    host = tables.requests.organisation[rows]
    return Kept(
        facts=facts,
        talks=talks,
        times=times,
        people=Counts.of(tables.days, facts.people_limits, person, times.periods(request)),
        hosts=Counts.of(tables.days, facts.host_limits, host, times.periods(rows)),
        seats=Seats.of(person, request, len(tables.people.ids)),
        late=bool((times.end[rows] > (times.begin[rows] // DAY + 1) * DAY).any()),
    )
