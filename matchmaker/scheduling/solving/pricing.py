"""Pricing: what every possible talk is worth at given prices, without listing them one by one.

A talk is a team of speakers and perhaps a group of interpreters at one place. What they earn and
what they pay adds up, except for the language that both have to share; so the best partner of a
team is found language by language.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from matchmaker.scheduling.solving.arrays import NOTHING, Ints, first_best, join, member, offsets
from matchmaker.scheduling.solving.case import Case
from matchmaker.scheduling.solving.columns import Columns
from matchmaker.scheduling.solving.hours import talk_key, talk_place
from matchmaker.scheduling.solving.points import best_ranks, language_points
from matchmaker.scheduling.solving.prices import SCALE, Prices
from matchmaker.scheduling.solving.sides import Side, Sides
from matchmaker.scheduling.solving.tables import MOST_RANKS
from matchmaker.scheduling.solving.teams import MOST_MEMBERS

MOST_AT_ONCE = 1_000_000  # talks put together at a time: bounds the memory


@dataclass(frozen=True, slots=True)
class Valued:
    """All teams at all places at some prices, in parts of a point.

    `team[row]` and `group[row]` are the points of both sides less their prices, request and host
    included with the team; `plain[row]` is the team without interpreters, `best[row]` with the
    best partner (NOTHING: not possible); `top[n]` is the best of the n-th request, at least 0.
    """

    team: Ints
    group: Ints
    plain: Ints
    best: Ints
    top: Ints


@dataclass(frozen=True)
class Pricer:
    """Values the talks of some requests; `first_identity` keeps their columns apart."""

    case: Case
    sides: Sides
    first_identity: int

    @property
    def identities(self) -> int:
        """How many numbers the identities of these columns take up."""
        return len(self.sides.speakers) * (len(self.sides.interpreters) + 1)

    @cached_property
    def _ranks(self) -> Ints:
        return best_ranks(self.case.tables)

    @cached_property
    def _language(self) -> Ints:
        return SCALE * language_points(self.case.tables)

    def _request(self, rows: Ints) -> Ints:
        return self.sides.request[self.sides.speakers.key[rows] // 2]

    def value(self, prices: Prices) -> Valued:
        sides, side = self.sides, self.sides.speakers
        place = side.key // 2
        request, day = sides.request[place], sides.day[place]
        team = SCALE * (side.points + sides.value[place] + self.case.request_points[request])
        team -= prices.host_day[self.case.tables.requests.organisation[request], day]
        team -= self._people_pay(side, prices)
        team -= self._venue_pays(request, side.key, prices)
        group = SCALE * sides.interpreters.points - self._people_pay(sides.interpreters, prices)
        spoken = side.spoken[side.team]
        without = SCALE * self.case.tables.problem.weights.no_interpreter
        alone = team + self._language[self._ranks[spoken]] + without
        plain = np.where(spoken != 0, alone, NOTHING)
        best = np.maximum(plain, self._with_partner(team, group))
        return Valued(team, group, plain, best, self._top(best))

    def _top(self, best: Ints) -> Ints:
        begins = self.sides.begins
        top = np.zeros(len(self.sides.requests), dtype=np.int64)
        some = np.flatnonzero(begins[1:] > begins[:-1])
        if len(some):
            top[some] = np.maximum(np.maximum.reduceat(best, begins[some]), 0)
        left = self.sides.unlisted > NOTHING
        top[left] = np.maximum(top[left], SCALE * self.sides.unlisted[left])
        return top

    def _people_pay(self, side: Side, prices: Prices) -> Ints:
        """What the members of each row pay for their day, and for their hours if those count."""
        sides, tables = self.sides, self.case.tables
        day = sides.day[side.key // 2]
        pay = np.zeros(len(side), dtype=np.int64)
        for spot in range(MOST_MEMBERS):
            person = side.people[side.team, spot]
            row = np.flatnonzero(person >= 0)
            person = person[row]
            pay[row] += prices.person_day[person, day[row]]
            several = ~self.case.single[person, day[row]]
            row, person = row[several], person[several]
            if not len(row):
                continue
            owner, key = person * tables.days.count + day[row], side.key[row]
            request, begin = sides.request[key // 2], sides.start[key // 2]
            end = begin + tables.requests.minutes[request]
            pay[row] += prices.person_moment(owner, begin, end + tables.shortest_way)
            where = talk_place(tables, request, key % 2)
            pay[row] += prices.person_talk(talk_key(tables, owner, begin, end, where))
        return pay

    def _venue_pays(self, request: Ints, key: Ints, prices: Prices) -> Ints:
        pay = np.zeros(len(request), dtype=np.int64)
        row = np.flatnonzero(self.case.shared_venue[request])
        if len(row):
            wanted = self.case.tables.requests
            begin = self.sides.start[key[row] // 2]
            end = begin + wanted.minutes[request[row]]
            pay[row] = prices.venue_moment(wanted.venue[request[row]], begin, end)
        return pay

    def _with_partner(self, team: Ints, group: Ints) -> Ints:
        """The best of each team with any group of its place, whatever language they share."""
        side, other = self.sides.speakers, self.sides.interpreters
        via, mask = side.via[side.team], other.via[other.team]
        best = np.full(len(side), NOTHING, dtype=np.int64)
        begins = self.sides.groups_of_key
        some = np.flatnonzero(begins[1:] > begins[:-1])
        if not len(some):
            return best
        top = np.full(len(begins), NOTHING, dtype=np.int64)
        for rank in range(MOST_RANKS):
            can = (mask >> rank) & 1 == 1
            if not can.any():
                continue
            top[some] = np.maximum.reduceat(np.where(can, group, NOTHING), begins[some])
            row = np.flatnonzero((via >> rank) & 1)
            partner = top[side.key[row]]
            value = np.where(partner > NOTHING, team[row] + partner + self._language[rank], NOTHING)
            best[row] = np.maximum(best[row], value)
        return best

    def nth_best(self, valued: Valued, most: int, *, lowest: int = 0) -> Ints:
        """For each request the value of its best rows' last, if it may have `most` of them.

        At least `lowest`: talks worth less than nothing are better not held.
        """
        begins = self.sides.begins
        counts = np.diff(begins)
        owner = np.repeat(np.arange(len(counts)), counts)
        order = np.lexsort((-valued.best, owner))
        least = np.full(len(counts), lowest, dtype=np.int64)
        some = counts > 0
        last = begins[:-1][some] + np.minimum(counts[some], most) - 1
        least[some] = np.maximum(valued.best[order[last]], lowest)
        return least

    def columns(self, valued: Valued, least: Ints, known: Ints | None = None) -> Columns:
        """All talks worth at least `least[n]` of the n-th request, less the `known` identities.

        Where the hour is of no concern to anybody else, only the best of each day. `known` is
        sorted.
        """
        counts = np.diff(self.sides.begins)
        rows = np.flatnonzero(valued.best >= np.repeat(least, counts))
        of_row = np.zeros(len(valued.best), dtype=np.int64)
        of_row[rows] = np.repeat(least, counts)[rows]
        groups = self.sides.groups_of_key
        key = self.sides.speakers.key[rows]
        steps = offsets(groups[key + 1] - groups[key])
        parts = [self._talks(valued, of_row, rows[:0])]
        first = 0
        while first < len(rows):
            room = steps[first] + MOST_AT_ONCE
            after = max(first + 1, int(np.searchsorted(steps, room, side="right")) - 1)
            parts.append(self._talks(valued, of_row, rows[first:after]))
            first = after
        team, group, rank, worth = (np.concatenate(column) for column in zip(*parts, strict=True))
        if known is not None:
            identity = self._identity(team, group)
            fresh = ~member(identity, known)
            team, group, rank, worth = team[fresh], group[fresh], rank[fresh], worth[fresh]
        return self._distinct(team, group, rank, worth)

    def thinned(self, valued: Valued, most: int) -> tuple[Pricer, Valued]:
        """Keep only the `most` best rows of each request; what the others are worth is noted.

        `valued` are the values without any price, also those of what is returned.
        """
        sides, counts = self.sides, np.diff(self.sides.begins)
        owner = np.repeat(np.arange(len(counts)), counts)
        order = np.lexsort((-valued.best, owner))
        kept = np.arange(len(order)) - sides.begins[owner] < most
        rows, dropped = np.sort(order[kept]), order[~kept]
        unlisted = sides.unlisted.copy()
        np.maximum.at(unlisted, owner[dropped], valued.best[dropped] // SCALE + 1)
        present = np.zeros(2 * len(sides.request) + 1, dtype=np.bool_)
        present[sides.speakers.key[rows]] = True
        others = np.flatnonzero(present[sides.interpreters.key])
        keys = sides.interpreters.key[others]
        thin = replace(
            sides,
            speakers=sides.speakers.take(rows),
            begins=offsets(np.minimum(counts, most)),
            interpreters=sides.interpreters.take(others),
            groups_of_key=offsets(np.bincount(keys, minlength=2 * len(sides.request))),
            unlisted=unlisted,
        )
        pricer = Pricer(self.case, thin, self.first_identity)
        best = valued.best[rows]
        left = Valued(valued.team[rows], valued.group[others], valued.plain[rows], best, valued.top)
        return pricer, left

    def _identity(self, team: Ints, group: Ints) -> Ints:
        width = len(self.sides.interpreters) + 1
        return self.first_identity + team * width + group + 1

    def _talks(self, valued: Valued, least: Ints, rows: Ints) -> tuple[Ints, Ints, Ints, Ints]:
        """(row, group row or -1, rank, worth) of talks with these rows, each worth `least[row]`."""
        side, other = self.sides.speakers, self.sides.interpreters
        via = rows[side.via[side.team[rows]] != 0]
        left, group = join(side.key[via], self.sides.groups_of_key)
        team = via[left]
        shared = side.via[side.team[team]] & other.via[other.team[group]]
        fits = shared != 0
        team, group, rank = team[fits], group[fits], self._ranks[shared[fits]]
        worth = valued.team[team] + valued.group[group] + self._language[rank]
        good = (worth >= least[team]) & (worth > valued.plain[team])
        alone = rows[valued.plain[rows] >= np.maximum(least[rows], NOTHING + 1)]
        return (
            np.concatenate([alone, team[good]]),
            np.concatenate([np.full(len(alone), -1), group[good]]),
            np.concatenate([self._ranks[side.spoken[side.team[alone]]], rank[good]]),
            np.concatenate([valued.plain[alone], worth[good]]),
        )

    def _distinct(self, team: Ints, group: Ints, rank: Ints, worth: Ints) -> Columns:
        """The talks as columns; where only the day counts, the best of each day alone."""
        sides, side, other = self.sides, self.sides.speakers, self.sides.interpreters
        place = side.key[team] // 2
        request, day = sides.request[place], sides.day[place]
        people = np.full((len(team), 2 * MOST_MEMBERS), -1, dtype=np.int64)
        people[:, :MOST_MEMBERS] = side.people[side.team[team]]
        crew = np.full(len(team), -1, dtype=np.int64)
        some = np.flatnonzero(group >= 0)
        crew[some] = other.team[group[some]]
        people[some, MOST_MEMBERS:] = other.people[crew[some]]
        single = ((people < 0) | self.case.single[people, day[:, None]]).all(axis=1)
        single &= ~self.case.shared_venue[request]
        same = (side.team[team] * (len(other.people) + 1) + crew + 1) * self.case.tables.days.count
        best = np.flatnonzero(single)
        best = best[first_best((same + day)[best], worth[best])]
        rows = np.sort(np.concatenate([best, np.flatnonzero(~single)]))
        return Columns(
            self._identity(team[rows], group[rows]),
            request[rows],
            sides.start[place[rows]],
            day[rows],
            side.key[team[rows]] % 2,
            rank[rows],
            people[rows],
            self._points(team[rows], group[rows], rank[rows]),
        )

    def _points(self, team: Ints, group: Ints, rank: Ints) -> Ints:
        """What columns are worth at no price."""
        side, weights = self.sides.speakers, self.case.tables.problem.weights
        points = side.points[team] + self.sides.value[side.key[team] // 2]
        points += self.case.request_points[self._request(team)]
        points += language_points(self.case.tables)[rank]
        points += weights.no_interpreter * (group < 0)
        some = np.flatnonzero(group >= 0)
        points[some] += self.sides.interpreters.points[group[some]]
        return points
