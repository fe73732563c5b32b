"""Small sets of requests that free a place only when all of them go."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from matchmaker.scheduling.solving.arrays import Ints
from matchmaker.scheduling.solving.explain.beside import clashes, same_hours
from matchmaker.scheduling.solving.explain.options import Options
from matchmaker.scheduling.solving.explain.rules import how_many
from matchmaker.scheduling.solving.kept.counts import Counts, Periods
from matchmaker.scheduling.solving.kept.kept import Kept

MOST_TRIES = 16  # places for which talks are taken out together


@dataclass(frozen=True, slots=True)
class Demand:
    """At least `least` of these requests have to go."""

    requests: frozenset[int]
    least: int


def smallest_set(kept: Kept, request: int, bare: Options, options: Options) -> list[int]:
    """The smallest set found whose going frees a place; none if there is no place at all."""
    broken = how_many(options.cells).astype(np.int64)
    spot, who = np.nonzero(bare.open())
    order = np.argsort(broken[spot, who], kind="stable")[:MOST_TRIES]
    best: list[int] = []
    for at, speaker in zip(spot[order].tolist(), who[order].tolist(), strict=True):
        demands = _of_spot(kept, request, options, at)
        demands += _of_person(kept, options, at, int(options.speakers[speaker]))
        if not options.speaks[speaker].any():
            demands += _of_helpers(kept, bare, options, at, speaker)
        found = _cover(demands)
        if not best or len(found) < len(best):
            best = found
    return best


def _of_spot(kept: Kept, request: int, options: Options, spot: int) -> list[Demand]:
    wanted = kept.tables.requests
    host = int(wanted.organisation[request])
    mine, day = kept.held_by(host), int(options.day[spot])
    demands = _of_limits(kept.hosts, host, mine, kept.times.periods(mine), day)
    guests = kept.held_in(int(wanted.venue[request]))
    guests = guests[same_hours(kept, guests, options.begin[spot], options.end[spot])]
    return [*demands, Demand(frozenset(guests.tolist()), len(guests))]


def _of_person(kept: Kept, options: Options, spot: int, person: int) -> list[Demand]:
    _, talks = kept.seats.of_people(np.array([person]))
    near = talks[clashes(kept, options, np.full(len(talks), spot), talks)]
    day = int(options.day[spot])
    demands = _of_limits(kept.people, person, talks, kept.times.periods(talks), day)
    return [*demands, Demand(frozenset(near.tolist()), len(near))]


def _of_limits(counts: Counts, owner: int, talks: Ints, when: Periods, day: int) -> list[Demand]:
    days = counts.days
    periods = (
        when[0] == day,
        when[1] == days.week[day],
        when[2] == days.month[day],
        np.ones(len(talks), dtype=np.bool_),
    )
    return [
        Demand(frozenset(talks[inside].tolist()), count + 1 - limit)
        for inside, count, limit in zip(
            periods, counts.at(owner, day), counts.limits.of(owner), strict=True
        )
    ]


def _of_helpers(kept: Kept, bare: Options, options: Options, spot: int, who: int) -> list[Demand]:
    """The interpreters for whom the fewest talks have to go, in the language where they are few."""
    able = np.flatnonzero(bare.helper_bits[spot] == 0)
    demands = {
        helper: _of_person(kept, options, spot, int(options.helpers[helper]))
        for helper in able.tolist()
    }
    sizes = {helper: len(_cover(rows)) for helper, rows in demands.items()}
    best: list[int] = []
    for rank in np.flatnonzero(options.via[who]).tolist():
        having = [helper for helper in able.tolist() if options.has[helper, rank]]
        group = sorted(having, key=lambda helper: sizes[helper])[: options.needed]
        enough = len(group) == options.needed
        if enough and (not best or _size(sizes, group) < _size(sizes, best)):
            best = group
    return [demand for helper in best for demand in demands[helper]]


def _size(sizes: dict[int, int], group: list[int]) -> int:
    return sum(sizes[helper] for helper in group)


def _cover(demands: list[Demand]) -> list[int]:
    """A set that meets all demands and none of whose members could stay, ascending."""
    going: set[int] = set()
    while True:
        unmet = [row for row in demands if len(row.requests & going) < row.least]
        if not unmet:
            break
        votes = Counter(name for row in unmet for name in row.requests - going)
        forced = {name for row in unmet if len(row.requests) == row.least for name in row.requests}
        going |= forced - going or {min(votes, key=lambda name: (-votes[name], name))}
    for name in sorted(going, reverse=True):
        left = going - {name}
        if all(len(row.requests & left) >= row.least for row in demands):
            going = left
    return sorted(going)
