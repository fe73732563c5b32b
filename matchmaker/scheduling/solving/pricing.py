"""Pricing: what every possible talk of a block is worth at given prices.

A talk is a team of speakers and perhaps a crew of interpreters at a place. What they earn and pay
adds up, but for the topics of a team and the language that all share.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from matchmaker.scheduling.solving.arrays import NOTHING, Bools, Ints, best_of_each
from matchmaker.scheduling.solving.block import Block, join_crews
from matchmaker.scheduling.solving.cells import MOST_MEMBERS, Cells, first_start
from matchmaker.scheduling.solving.columns import Columns
from matchmaker.scheduling.solving.daytimes import lowest
from matchmaker.scheduling.solving.hours import talk_key
from matchmaker.scheduling.solving.partners import Partners
from matchmaker.scheduling.solving.prices import SCALE, Prices
from matchmaker.scheduling.solving.tables import ONSITE
from matchmaker.scheduling.solving.teams import chunks, find_teams

Least = Callable[[Block, Ints], Ints]


@dataclass(frozen=True, slots=True)
class Ask:
    """Which talks are wanted: those worth `least(block, top)`, the best `most` of each request.

    `least` must not fall when `top` rises. Without `teams` only single speakers are looked at.
    Teams may be missing of which a part is worth as much; with `spare`, only those of which a part
    is worth as much more.
    """

    least: Least
    most: int | None = None
    teams: bool = True
    spare: int = 0


def above(worth: Ints, *, most: int | None = None, teams: bool = True) -> Ask:
    """Talks that are worth more than their request's share of the relaxation, and than nothing."""

    def least(block: Block, _: Ints) -> Ints:
        return np.maximum(worth[block.chosen], 0)

    return Ask(least, most, teams)


def within(slack: int, *, most: int | None = None, teams: bool = True, spare: int = 0) -> Ask:
    """All talks that fall short of their request's best by at most `slack`."""

    def least(_: Block, top: Ints) -> Ints:
        return top - slack

    return Ask(least, most, teams, spare)


@dataclass(frozen=True, slots=True)
class Values:
    """What cells (places included), members of teams (places not) and crews earn less they pay."""

    cells: Ints
    members: Ints
    crews: Ints


@dataclass(frozen=True, slots=True)
class Talks:
    """Talks of a block: up to three speakers' cells and a crew (-1: none), and their worth."""

    members: Ints
    crew: Ints
    worth: Ints

    def take(self, rows: Ints) -> Talks:
        return Talks(self.members[rows], self.crew[rows], self.worth[rows])

    @classmethod
    def of(cls, members: Ints, crew: Ints | None, worth: Ints) -> Talks:
        """From one row of cells a talk, up to three."""
        table = np.full((len(members), MOST_MEMBERS), -1, dtype=np.int64)
        table[:, : members.shape[1]] = members
        return cls(table, np.full(len(members), -1) if crew is None else crew, worth)

    @classmethod
    def gather(cls, parts: list[Talks]) -> Talks:
        return cls(
            np.concatenate([part.members for part in parts]),
            np.concatenate([part.crew for part in parts]),
            np.concatenate([part.worth for part in parts]),
        )


@dataclass(frozen=True, slots=True)
class Offer:
    """`top[n]` is the best worth of the n-th request, at least 0; `columns` those asked for."""

    chosen: Ints
    top: Ints
    columns: Columns
    worth: Ints


def evaluate(block: Block, prices: Prices) -> Values:
    case, places = block.around.case, block.places
    request = places.request
    base = places.value + case.request_points[request]
    worth = SCALE * base - prices.host_day[case.tables.requests.organisation[request], places.day]
    shared = np.flatnonzero(case.shared_venue[request])
    if len(shared):
        begin = first_start(case, block.around.hours, places, shared, lowest(places.bits[shared]))
        end = begin + case.tables.requests.minutes[request[shared]]
        venue = case.tables.requests.venue[request[shared]]
        worth[shared] -= prices.venue_moment(venue, begin, end)
    crews = block.crews
    members = SCALE * block.speakers.points - _pay(block, block.speakers, prices)
    pay = _pay(block, crews.cells, prices)
    own = SCALE * crews.points - np.where(crews.members >= 0, pay[crews.members], 0).sum(axis=1)
    return Values(members + worth[block.speakers.place], members, own)


def _pay(block: Block, cells: Cells, prices: Prices) -> Ints:
    """What the person of each cell pays: for the day, and for the hour if that counts."""
    case, places = block.around.case, block.places
    pay = prices.person_day[cells.person, places.day[cells.place]]
    some = cells.several
    if len(some):
        tables, place = case.tables, cells.place[some]
        owner = cells.person[some] * tables.days.count + places.day[place]
        request = places.request[place]
        begin = first_start(case, block.around.hours, places, place, lowest(cells.bits[some]))
        end = begin + tables.requests.minutes[request]
        where = np.where(
            places.mode[place] == ONSITE, tables.requests.district[request], tables.online
        )
        pay[some] += prices.person_moment(owner, begin, end + tables.shortest_way)
        pay[some] += prices.person_talk(talk_key(tables, owner, begin, end, where))
    return pay


def offer(block: Block, prices: Prices, ask: Ask) -> Offer:
    """The best worth of every request, and the talks asked for."""
    values = evaluate(block, prices)
    partners = Partners.of(block, values.crews)
    top = np.zeros(len(block.chosen), dtype=np.int64)
    best = np.full((len(block.chosen), ask.most or 0), NOTHING)
    shelf = Shelf(block, values, ask, partners, top, best)
    parts = [shelf.alone(), *shelf.helped()]
    if ask.teams:
        parts += list(find_teams(block, shelf))
    chosen = Talks.gather(parts)
    owner = block.owner[block.speakers.place[chosen.members[:, 0]]]
    rows = np.flatnonzero(chosen.worth >= shelf.asked()[owner])
    chosen = chosen.take(shelf.few(rows, owner[rows], chosen.worth[rows]))
    return Offer(block.chosen, shelf.top, make_columns(block, chosen), chosen.worth)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Looks for the best talks; `top` and the `best` worths kept of each request rise meanwhile."""

    block: Block
    values: Values
    ask: Ask
    partners: Partners
    top: Ints
    best: Ints

    def asked(self) -> Ints:
        """What a talk of each request has to be worth to be asked for, as far as is known."""
        least = self.ask.least(self.block, self.top)
        return least if self.ask.most is None else np.maximum(least, self.best.min(axis=1))

    def _note(self, owner: Ints, worth: Ints) -> None:
        """Of talks at most `most` of a request."""
        if self.ask.most is None or not len(owner):
            return
        order = np.argsort(owner, kind="stable")
        head = np.searchsorted(owner[order], np.arange(len(self.best)))
        new = np.full_like(self.best, NOTHING)
        new[owner[order], np.arange(len(order)) - head[owner[order]]] = worth[order]
        both = np.concatenate([self.best, new], axis=1)
        self.best[:] = np.partition(both, self.ask.most, axis=1)[:, self.ask.most :]

    def few(self, rows: Ints, owner: Ints, worth: Ints) -> Ints:
        """The rows that are the best of their requests, as many as are asked for."""
        return rows if self.ask.most is None else rows[best_of_each(owner, worth, self.ask.most)]

    def hopeful(self, owner: Ints, worth: Ints, sure: Bools) -> Ints:
        """Rows that may be asked for, of which those that are `sure` are worth what they say."""
        np.maximum.at(self.top, owner[sure], worth[sure])
        return np.flatnonzero((worth >= self.asked()[owner]) | ~sure)

    def keep(self, members: Ints, crew: Ints | None, worth: Ints) -> Talks:
        """Of these talks those that may be asked for."""
        owner = self.block.owner[self.block.speakers.place[members[:, 0]]]
        np.maximum.at(self.top, owner, worth)
        rows = np.flatnonzero(worth >= self.asked()[owner])
        rows = self.few(rows, owner[rows], worth[rows])
        self._note(owner[rows], worth[rows])
        return Talks.of(members[rows], None if crew is None else crew[rows], worth[rows])

    def alone(self) -> Talks:
        """One speaker without interpreters."""
        block = self.block
        worth = self.values.cells + SCALE * block.alone[block.speakers.pair]
        wanted = self._wanted(worth, block.cells)
        rows = np.flatnonzero(worth >= np.repeat(wanted, np.diff(block.cells)))
        rows = self.few(rows, block.owner[block.speakers.place[rows]], worth[rows])
        self._note(block.owner[block.speakers.place[rows]], worth[rows])
        return Talks.of(rows[:, None], None, worth[rows])

    def helped(self) -> Iterator[Talks]:
        """One speaker with a crew."""
        block, cells = self.block, self.block.helped
        pair = block.speakers.pair[cells]
        added, clash = self.partners.reach(
            block.speakers.place[cells],
            block.speakers.able.helped[pair],
            block.speakers.bits[cells],
        )
        own = self.values.cells[cells] + SCALE * block.subjects.alone[pair]
        reach = np.where(added > NOTHING, own + added, NOTHING)
        owner = block.owner[block.speakers.place[cells]]
        wanted = self._wanted(np.where(clash, NOTHING, reach), block.helped_begins)
        unsure = np.flatnonzero(clash & (reach >= np.minimum(wanted, self.top)[owner]))
        sure = np.flatnonzero(~clash & (reach > NOTHING) & (reach >= wanted[owner]))
        # a cell's best talk is worth its reach, so the best talks are among those of the best cells
        sure = self.few(sure, owner[sure], reach[sure])
        for some in (cells[unsure], cells[sure]):
            for rows in chunks(self._crews_at(some)):
                yield self._joined(some[rows])

    def _crews_at(self, cells: Ints) -> Ints:
        place = self.block.speakers.place[cells]
        return self.block.crews.begins[place + 1] - self.block.crews.begins[place]

    def _joined(self, cells: Ints) -> Talks:
        cell, crew, points = join_crews(self.block, cells)
        worth = self.values.cells[cell] + self.values.crews[crew] + SCALE * points
        return self.keep(cell[:, None], crew, worth)

    def _wanted(self, worth: Ints, begins: Ints) -> Ints:
        """What each request asks at least, once these talks, sorted by request, are known."""
        some = np.flatnonzero(begins[1:] > begins[:-1])
        if len(some):
            best = np.maximum.reduceat(worth, begins[some])
            self.top[some] = np.maximum(self.top[some], best)
        return self.asked()


def make_columns(block: Block, talks: Talks) -> Columns:
    """The talks as columns, each at the earliest start that suits everybody."""
    around, cells, crews, places = block.around, block.speakers, block.crews, block.places
    weights = around.case.tables.problem.weights
    members = talks.members
    there, helped = members >= 0, talks.crew >= 0
    place, pair = cells.place[members[:, 0]], np.where(there, cells.pair[members], -1)
    bits = np.bitwise_and.reduce(np.where(there, cells.bits[members], ~np.uint64(0)), axis=1)
    bits[helped] &= crews.bits[talks.crew[helped]]
    spoken = np.where(there, cells.able.spoken[pair], -1)
    reached = np.where(there, (cells.able.spoken | cells.able.via)[pair], -1)
    alone = np.bitwise_and.reduce(spoken, axis=1)
    via = np.bitwise_and.reduce(reached, axis=1) & ~alone
    crew = talks.crew[helped]
    alone[helped] = via[helped] & crews.via[crew]
    rank = around.ranks[alone]
    people = np.full((len(members), 6), -1, dtype=np.int64)
    people[:, :3] = np.where(there, cells.able.person[pair], -1)
    groups = crews.members[crew]
    people[helped, 3:] = np.where(groups >= 0, crews.cells.person[groups], -1)
    value = np.where(there, cells.points[members], 0).sum(axis=1)
    value += block.subjects.joint(*np.where(there, pair, pair[:, :1]).T)
    value += places.value[place] + around.case.request_points[places.request[place]]
    value += around.language[rank] - weights.extra_speaker * (there.sum(axis=1) - 1)
    value[~helped] += weights.no_interpreter
    value[helped] += crews.points[crew]
    return Columns(
        _identity(block, members, talks.crew),
        places.request[place],
        first_start(around.case, around.hours, places, place, lowest(bits)),
        places.day[place],
        places.mode[place],
        rank,
        people,
        value,
    )


def _identity(block: Block, members: Ints, crew: Ints) -> Ints:
    """Two numbers that no other talk has."""
    number = np.where(members >= 0, members + block.first_cell + 1, 0)
    group = np.where(crew >= 0, crew + block.first_crew + 1, 0)
    return np.column_stack([number[:, 0] << 32 | number[:, 1], number[:, 2] << 32 | group])
