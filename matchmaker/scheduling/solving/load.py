"""What already stands: talks that stay as they are, and commitments, as room left for others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from matchmaker.scheduling.problem import Assignment, Mode
from matchmaker.scheduling.solving.arrays import Bools, Ints, Spans, ints
from matchmaker.scheduling.solving.tables import Days, Tables
from matchmaker.scheduling.solving.wall import DAY, minute, month, touched_days, week


@dataclass(frozen=True, slots=True)
class Room:
    """How many more talks each owner (person or organisation) may take, and has in the plan.

    `day`, `week`, `month` have one row an owner and one column a day, week, month of the horizon;
    `taken` counts the talks that stand. Where these are too many, the room is negative.
    """

    day: Ints
    week: Ints
    month: Ints
    in_all: Ints
    taken: Ints

    def open_days(self, days: Days) -> Bools:
        """For each owner and day of the horizon: may one more talk take place?"""
        free: Bools = (self.day > 0) & (self.week[:, days.week] > 0)
        free &= (self.month[:, days.month] > 0) & (self.in_all > 0)[:, None]
        return free


@dataclass(frozen=True, slots=True)
class Busy:
    """Commitments and standing talks of people, sorted by person and day that they touch.

    `key` is person * days + day; `place` a row of the travel table.
    """

    key: Ints
    begin: Ints
    end: Ints
    place: Ints


@dataclass(frozen=True, slots=True)
class Load:
    """The talks that stand and the room that they leave; `requests` marks those they serve."""

    talks: tuple[Assignment, ...]
    requests: Bools
    people: Room
    hosts: Room
    busy: Busy
    venues: Spans


def _spots(days: Days, ordinal: int) -> tuple[int, int, int]:
    """Day, week and month of the horizon; outside of it too small or too large."""
    return (
        ordinal - days.first,
        week(ordinal) - days.first_week,
        month(ordinal) - days.first_month,
    )


def _room(owners: list[int], ordinals: list[int], days: Days, limits: list[Ints]) -> Room:
    per_day, per_week, per_month, in_all = limits
    count = len(per_day)
    months = int(days.month[-1]) + 1
    tables = [
        np.repeat(per_day[:, None], days.count, axis=1),
        np.repeat(per_week[:, None], int(days.week[-1]) + 1, axis=1),
        np.repeat(per_month[:, None], months, axis=1),
    ]
    taken = np.bincount(np.array(owners, dtype=np.int64), minlength=count)
    for owner, ordinal in zip(owners, ordinals, strict=True):
        for table, spot in zip(tables, _spots(days, ordinal), strict=True):
            if 0 <= spot < table.shape[1]:
                table[owner, spot] -= 1
    day, weekly, monthly = tables
    return Room(day, weekly, monthly, in_all - taken, taken)


def _busy(tables: Tables, talks: Sequence[Assignment]) -> Busy:
    rows: list[tuple[int, int, int, int, int]] = []
    problem, days = tables.problem, tables.days
    for row, person in enumerate((*problem.speakers, *problem.interpreters)):
        for item in person.commitments:
            place = tables.online if item.district is None else tables.district_row[item.district]
            begin, end = minute(item.start), minute(item.end)
            rows += [(row, day, begin, end, place) for day in touched_days(begin, end)]
    for talk in talks:
        request = tables.request_row[talk.request]
        onsite = talk.mode is Mode.ONSITE
        place = int(tables.requests.district[request]) if onsite else tables.online
        begin = minute(talk.start)
        end = begin + int(tables.requests.minutes[request])
        for day in touched_days(begin, end):
            where = place if day == begin // DAY else tables.anywhere
            rows += [(tables.person_row[name], day, begin, end, where) for name in set(talk.people)]
    table: Ints = np.array(sorted(rows), dtype=np.int64).reshape(-1, 5)
    spot = table[:, 1] - days.first
    table = table[(spot >= 0) & (spot < days.count)]
    key = table[:, 0] * days.count + table[:, 1] - days.first
    return Busy(key, table[:, 2], table[:, 3], table[:, 4])


def _venues(tables: Tables, talks: Iterable[Assignment]) -> Spans:
    rows = []
    for talk in talks:
        request = tables.request_row[talk.request]
        venue = int(tables.requests.venue[request])
        if venue >= 0:
            begin = minute(talk.start)
            rows.append((venue, begin, begin + int(tables.requests.minutes[request])))
    return Spans.of(rows, merge=True)


def load(tables: Tables, talks: Sequence[Assignment]) -> Load:
    """The room that the given talks leave; they are taken as they are, right or wrong."""
    people, problem = tables.people, tables.problem
    rows = [tables.request_row[talk.request] for talk in talks]
    ordinals = [talk.start.toordinal() for talk in talks]
    served = np.zeros(len(problem.requests), dtype=np.bool_)
    served[rows] = True
    seats = [
        (tables.person_row[name], ordinal)
        for talk, ordinal in zip(talks, ordinals, strict=True)
        for name in sorted(set(talk.people))
    ]
    hosts = [int(tables.requests.organisation[row]) for row in rows]
    many = np.full(len(problem.organisations), len(problem.requests) + 1, dtype=np.int64)
    host_limits = [
        np.ones(len(many), dtype=np.int64),
        ints(row.max_per_week for row in problem.organisations),
        many,
        ints(row.max_talks for row in problem.organisations),
    ]
    limits = [people.per_day, people.per_week, people.per_month, people.in_all]
    return Load(
        talks=tuple(talks),
        requests=served,
        people=_room([row for row, _ in seats], [day for _, day in seats], tables.days, limits),
        hosts=_room(hosts, ordinals, tables.days, host_limits),
        busy=_busy(tables, talks),
        venues=_venues(tables, talks),
    )


def keeps_distance(
    tables: Tables, busy: Busy, people: Ints, *, begin: Ints, end: Ints, place: Ints
) -> Bools:
    """Whether talks begin..end at `place` leave each person the way to all else of that day."""
    days = tables.days
    key = people * days.count + begin // DAY - days.first
    first = np.searchsorted(busy.key, key, side="left")
    last = np.searchsorted(busy.key, key, side="right")
    fine = np.ones(len(people), dtype=np.bool_)
    for step in range(int((last - first).max(initial=0))):
        row = np.flatnonzero(first + step < last)
        item = first[row] + step
        before = busy.end[item] + tables.travel[busy.place[item], place[row]] <= begin[row]
        after = end[row] + tables.travel[place[row], busy.place[item]] <= busy.begin[item]
        fine[row] &= before | after
    return fine
