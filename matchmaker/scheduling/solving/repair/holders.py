"""Which talks of a plan hold what other talks would need."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchmaker.scheduling.solving.arrays import NOTHING, Bools, Ints, ints
from matchmaker.scheduling.solving.columns import Columns
from matchmaker.scheduling.solving.hours import talk_place
from matchmaker.scheduling.solving.kept.counts import Counts
from matchmaker.scheduling.solving.kept.kept import Kept, Seats


@dataclass(frozen=True, slots=True)
class Holders:
    """Pairs (column, request): that request's talk holds something that the column needs.

    `needs[column]` talks at least have to go before the column fits; the column's own request does
    not count. `stuck` columns need what a fixed talk alone holds.
    """

    column: Ints
    request: Ints
    needs: Ints
    stuck: Bools

    def take(self, columns: Ints) -> Holders:
        """Those of some columns, given by ascending number."""
        number = np.full(len(self.needs), -1)
        number[columns] = np.arange(len(columns))
        kept = np.flatnonzero(number[self.column] >= 0)
        return Holders(
            number[self.column[kept]],
            self.request[kept],
            self.needs[columns],
            self.stuck[columns],
        )


@dataclass(frozen=True, slots=True)
class _Met:
    """Talks that meet columns: at most so many of the `row` may stay (`must`: none)."""

    column: Ints
    request: Ints
    must: Bools


def find_holders(kept: Kept, columns: Columns) -> Holders:
    tables = kept.tables
    column, person = columns.seats()
    every = np.arange(len(columns))
    host = tables.requests.organisation[columns.request]
    parts = [
        *_calendar(kept, columns, (column, person), kept.seats, kept.people),
        *_calendar(kept, columns, (every, host), _by_host(kept), kept.hosts),
        _too_near(kept, columns, column, person),
        _same_venue(kept, columns),
    ]
    met = _Met(
        np.concatenate([part.column for part in parts]),
        np.concatenate([part.request for part in parts]),
        np.concatenate([part.must for part in parts]),
    )
    count = len(tables.requests.ids)
    certain = np.unique((met.column * count + met.request)[met.must])
    needs = np.bincount(certain // count, minlength=len(columns))
    some = np.zeros(len(columns), dtype=np.int64)
    some[met.column] = 1
    fixed = np.zeros(count, dtype=np.bool_)
    fixed[ints(tables.request_row[name] for name in kept.facts.fixed)] = True
    stuck = np.zeros(len(columns), dtype=np.bool_)
    stuck[certain[fixed[certain % count]] // count] = True
    return Holders(met.column, met.request, np.maximum(needs, some), stuck)


def _by_host(kept: Kept) -> Seats:
    rows = np.flatnonzero(kept.times.begin != NOTHING)
    host = kept.tables.requests.organisation
    return Seats.of(host[rows], rows, len(kept.hosts.in_all))


def _calendar(
    kept: Kept, columns: Columns, pairs: tuple[Ints, Ints], seats: Seats, counts: Counts
) -> list[_Met]:
    """Talks of owners (`pairs`: column, owner) in periods that are full without its own talk."""
    column, owner = pairs
    days, times, limits = counts.days, kept.times, counts.limits
    spot, other = seats.of_people(owner)
    foreign = other != columns.request[column[spot]]
    spot, other = spot[foreign], other[foreign]
    day = columns.day[column]
    everything = np.ones(len(spot), dtype=np.bool_)
    found = []
    for same, limit in (
        (times.day[other] == day[spot], limits.per_day),
        (times.week[other] == days.week[day[spot]], limits.per_week),
        (times.month[other] == days.month[day[spot]], limits.per_month),
        (everything, limits.in_all),
    ):
        has = np.bincount(spot[same], minlength=len(owner))
        full = has >= limit[owner]
        rows = np.flatnonzero(same & full[spot])
        found.append(_Met(column[spot[rows]], other[rows], (limit[owner] <= 1)[spot[rows]]))
    return found


def _too_near(kept: Kept, columns: Columns, column: Ints, person: Ints) -> _Met:
    """Talks of people who could not do both, by the hour."""
    tables, times = kept.tables, kept.times
    spot, other = kept.seats.of_people(person)
    mine = column[spot]
    foreign = other != columns.request[mine]
    near = abs(times.day[other] - columns.day[mine]) <= 1
    spot, other = spot[foreign & near], other[foreign & near]
    mine = column[spot]
    request, begin = columns.request[mine], columns.start[mine]
    end = begin + tables.requests.minutes[request]
    place, there = talk_place(tables, request, columns.mode[mine]), times.place[other]
    today = times.day[other] == columns.day[mine]
    ahead = np.where(today, tables.travel[there, place], 0)
    back = np.where(today, tables.travel[place, there], 0)
    clash = (times.end[other] + ahead > begin) & (end + back > times.begin[other])
    return _Met(mine[clash], other[clash], np.ones(int(clash.sum()), dtype=np.bool_))


def _same_venue(kept: Kept, columns: Columns) -> _Met:
    venue, times = kept.tables.requests.venue, kept.times
    rows = np.flatnonzero((times.begin != NOTHING) & (venue >= 0))
    column = np.flatnonzero(venue[columns.request] >= 0)
    guests = Seats.of(venue[rows], rows, int(venue.max(initial=-1)) + 1)
    spot, other = guests.of_people(venue[columns.request[column]])
    mine = column[spot]
    begin = columns.start[mine]
    end = begin + kept.tables.requests.minutes[columns.request[mine]]
    clash = (times.begin[other] < end) & (begin < times.end[other])
    clash &= other != columns.request[mine]
    return _Met(mine[clash], other[clash], np.ones(int(clash.sum()), dtype=np.bool_))
