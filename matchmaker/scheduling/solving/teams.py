"""Teams of two and three speakers, put together only where they could be worth it.

At given prices a member is worth having beside others only if what they add to the topics exceeds
what they cost: a part of the team would otherwise do the same for no less, and need fewer people.
What a member adds shrinks with every other member, so a useful team of three is found by way of a
useful team of two. The member who is there anyway is one who covers the first topic.

Where talks are asked for that fall short of the best, a member may `spare` as much: they cost more
than they add at these prices, but in the best plan their time may be idle. Members who add nothing
even where time is free are never worth having.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matchmaker.scheduling.solving.arrays import NOTHING, Ints, expand, join, offsets
from matchmaker.scheduling.solving.block import Block
from matchmaker.scheduling.solving.prices import SCALE

if TYPE_CHECKING:
    from matchmaker.scheduling.solving.pricing import Shelf, Talks

MOST_AT_ONCE = 500_000  # combinations put together at a time: bounds the memory


def chunks(sizes: Ints) -> Iterator[slice]:
    """Cuts rows so that those of a piece have at most about MOST_AT_ONCE in all."""
    ends = offsets(sizes)
    first = 0
    while first < len(sizes):
        after = int(np.searchsorted(ends, ends[first] + MOST_AT_ONCE, side="right")) - 1
        after = min(max(after, first + 1), len(sizes))
        yield slice(first, after)
        first = after


@dataclass(frozen=True, slots=True)
class Teams:
    """Speakers' cells, one row a team, and what it is worth but for language and interpreters.

    `ceiling` is the most that these can add.
    """

    members: Ints
    worth: Ints
    ceiling: Ints

    def __len__(self) -> int:
        return len(self.members)

    def take(self, rows: Ints | slice) -> Teams:
        return Teams(self.members[rows], self.worth[rows], self.ceiling[rows])


def find_teams(block: Block, shelf: Shelf) -> Iterator[Talks]:
    """All talks of teams that may be asked for."""
    finder = _Finder.of(block, shelf)
    if finder is None:
        return
    leads = finder.leads()
    for rows in chunks(finder.room(leads)):
        pairs = finder.grown(leads.take(rows))
        yield from _talks(block, pairs, shelf)
        for more in chunks(finder.room(pairs)):
            yield from _talks(block, finder.grown(pairs.take(more)), shelf)


@dataclass(frozen=True, slots=True)
class _Finder:
    """`useful` are cells whose person may be worth adding to some team, the best of a place first.

    `keys` sort them by place and by what they add at most. By place: `most` is how many speakers a
    team may have, `gain` the most that one more member may add, `bonus` what having a crew may be
    worth in itself.
    """

    block: Block
    shelf: Shelf
    useful: Ints
    keys: Ints
    most: Ints
    gain: Ints
    bonus: Ints

    @classmethod
    def of(cls, block: Block, shelf: Shelf) -> _Finder | None:
        cells, subjects, case = block.speakers, block.subjects, block.around.case
        most = case.tables.requests.max_speakers[block.chosen][block.owner]
        if not (most > 1).any():
            return None
        bonus = SCALE * _crew_bonus(block)[block.owner]
        extra = case.tables.problem.weights.extra_speaker
        more = SCALE * (subjects.more[cells.pair] - extra) + bonus[cells.place]
        gain = shelf.values.members + more
        several = most[cells.place] > 1
        worth_it = (gain > -shelf.ask.spare) & (SCALE * cells.points + more > 0)
        useful = np.flatnonzero(several & worth_it)
        keys = _key(cells.place[useful], gain[useful] + shelf.ask.spare)
        order = np.argsort(keys, kind="stable")
        best = np.zeros(len(block.places), dtype=np.int64)
        np.maximum.at(best, cells.place[useful], gain[useful])
        return cls(block, shelf, useful[order], keys[order], most, best, bonus)

    def leads(self) -> Teams:
        """Single speakers who cover the first topic, where a team could be asked for."""
        cells, subjects = self.block.speakers, self.block.subjects
        lead = np.flatnonzero(subjects.lead[cells.pair] & (self.most[cells.place] > 1))
        alone = self.shelf.values.cells[lead] + SCALE * subjects.alone[cells.pair[lead]]
        return self._hopeful(lead[:, None], alone)

    def _place(self, teams: Teams) -> Ints:
        return self.block.speakers.place[teams.members[:, 0]]

    def _missing(self, teams: Teams) -> Ints:
        """What one more member would have to add for the team to be asked for or be the best."""
        place = self._place(teams)
        rest = np.maximum(self.most[place] - teams.members.shape[1] - 1, 0) * self.gain[place]
        wanted = np.minimum(self.shelf.asked(), self.shelf.top)
        missing: Ints = wanted[self.block.owner[place]] - teams.worth - teams.ceiling - rest
        return missing

    def room(self, teams: Teams) -> Ints:
        """How many people might be worth adding to each team."""
        place = self._place(teams)
        missing = self._missing(teams) + self.shelf.ask.spare
        after = np.searchsorted(self.keys, _key(place, missing), side="right")
        found = after - np.searchsorted(self.keys, _key(place, np.full(len(place), MOST_GAIN)))
        room: Ints = found * (self.most[place] > teams.members.shape[1])
        return room

    def grown(self, teams: Teams) -> Teams:
        """The teams with one member more who is worth it, each once, cells in ascending order."""
        cells, subjects = self.block.speakers, self.block.subjects
        place = self._place(teams)
        left, nth = expand(self.room(teams))
        first = np.searchsorted(self.keys, _key(place, np.full(len(place), MOST_GAIN)))
        added = self.useful[first[left] + nth]
        pair, other = cells.pair[teams.members[left]], cells.pair[added]
        before = subjects.joint(*cells.pair[teams.members].T)[left]
        extra = self.block.around.case.tables.problem.weights.extra_speaker
        more = SCALE * (subjects.joint(*pair.T, other) - before - extra)
        gain, bonus = self.shelf.values.members[added] + more, self.bonus[place[left]]
        fits = (pair != other[:, None]).all(axis=1) & (gain + bonus > -self.shelf.ask.spare)
        fits &= SCALE * cells.points[added] + more + bonus > 0
        fits &= gain + bonus >= self._missing(teams)[left]
        row = np.flatnonzero(fits)
        members = np.column_stack([teams.members[left[row]], added[row]])
        members, worth = _distinct(members, teams.worth[left[row]] + gain[row])
        return self._hopeful(members, worth)

    def _hopeful(self, members: Ints, worth: Ints) -> Teams:
        """Those with a start and a language in common that could be asked for or be the best."""
        cells, around = self.block.speakers, self.block.around
        bits = np.bitwise_and.reduce(cells.bits[members], axis=1)
        place, pair = cells.place[members[:, 0]], cells.pair[members]
        alone = np.bitwise_and.reduce(cells.able.spoken[pair], axis=1)
        reached = np.bitwise_and.reduce((cells.able.spoken | cells.able.via)[pair], axis=1)
        added, _ = self.shelf.partners.reach(place, reached & ~alone, bits)
        language = around.language[around.ranks[alone]]
        language += around.case.tables.problem.weights.no_interpreter
        ceiling = np.maximum(added, np.where(alone != 0, SCALE * language, NOTHING))
        ceiling += self.bonus[place]
        teams = Teams(members, worth, ceiling)
        further = np.where(self.most[place] > members.shape[1], self.gain[place], 0)
        keep = (bits != 0) & (reached != 0) & (ceiling > NOTHING // 2)
        keep &= self._missing(teams) <= further
        return teams.take(np.flatnonzero(keep))


MOST_GAIN = (1 << 31) - 1  # parts of a point: more than any member adds


def _key(place: Ints, gain: Ints) -> Ints:
    """Sorts by place, and at a place from the highest gain (0 at least) down."""
    key: Ints = (place << 32) + MOST_GAIN - np.clip(gain, 0, MOST_GAIN)
    return key


def _distinct(members: Ints, worth: Ints) -> tuple[Ints, Ints]:
    members = np.sort(members, axis=1)
    order = np.lexsort(members.T)
    ordered = members[order]
    head = np.append(True, (ordered[1:] != ordered[:-1]).any(axis=1))[: len(order)]
    return members[order[head]], worth[order[head]]


def _crew_bonus(block: Block) -> Ints:
    """By request what a crew may be worth beyond what going without one earns."""
    weight = block.around.case.tables.problem.weights.no_interpreter
    best = np.zeros(len(block.chosen), dtype=np.int64)
    np.maximum.at(best, block.owner[block.crews.place], block.crews.points - weight)
    return best


def _talks(block: Block, teams: Teams, shelf: Shelf) -> Iterator[Talks]:
    """The teams without a crew, and with the crews that could make them one asked for."""
    cells, around = block.speakers, block.around
    if not len(teams):
        return
    pair = cells.pair[teams.members]
    alone = np.bitwise_and.reduce(cells.able.spoken[pair], axis=1)
    reached = np.bitwise_and.reduce((cells.able.spoken | cells.able.via)[pair], axis=1)
    row = np.flatnonzero(alone)
    language = around.language[around.ranks[alone[row]]]
    language += around.case.tables.problem.weights.no_interpreter
    yield shelf.keep(teams.members[row], None, teams.worth[row] + SCALE * language)
    yield from _with_crews(block, teams, reached & ~alone, shelf)


def _with_crews(block: Block, teams: Teams, via: Ints, shelf: Shelf) -> Iterator[Talks]:
    cells, crews, around = block.speakers, block.crews, block.around
    bits = np.bitwise_and.reduce(cells.bits[teams.members], axis=1)
    place = cells.place[teams.members[:, 0]]
    added, clash = shelf.partners.reach(place, via, bits)
    row = np.flatnonzero(added > NOTHING)
    owner = block.owner[place[row]]
    row = row[shelf.hopeful(owner, teams.worth[row] + added[row], ~clash[row])]
    for part in chunks(crews.begins[place[row] + 1] - crews.begins[place[row]]):
        left, crew = join(place[row[part]], crews.begins)
        team = row[part][left]
        shared = via[team] & crews.via[crew]
        fits = np.flatnonzero((shared != 0) & ((bits[team] & crews.bits[crew]) != 0))
        team, crew = team[fits], crew[fits]
        language = around.language[around.ranks[shared[fits]]]
        points = teams.worth[team] + shelf.values.crews[crew] + SCALE * language
        yield shelf.keep(teams.members[team], crew, points)
