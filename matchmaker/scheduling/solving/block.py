"""Some requests with everything that talks of theirs are put together from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchmaker.scheduling.solving.able import Able, able_interpreters, able_speakers
from matchmaker.scheduling.solving.arrays import NOTHING, Bools, Ints, join
from matchmaker.scheduling.solving.case import Case
from matchmaker.scheduling.solving.cells import Cells, Crews, find_cells, find_crews
from matchmaker.scheduling.solving.daytimes import Hours, find_hours
from matchmaker.scheduling.solving.directory import Directory
from matchmaker.scheduling.solving.places import Kept, Places, by_the_hour, find_places
from matchmaker.scheduling.solving.points import best_ranks, language_points
from matchmaker.scheduling.solving.prices import SCALE
from matchmaker.scheduling.solving.tables import RANK_POINTS, Tables
from matchmaker.scheduling.solving.thinning import Thinning
from matchmaker.scheduling.solving.wall import DAY


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every block of a case looks up; a `thinning` leaves some starts out."""

    case: Case
    hours: Hours
    split: Bools
    speakers: Directory
    interpreters: Directory
    ranks: Ints
    language: Ints
    thinning: Thinning | None = None

    @classmethod
    def of(cls, case: Case) -> Surroundings:
        people = case.tables.people
        first = people.speakers
        return cls(
            case,
            find_hours(case),
            by_the_hour(case),
            Directory.of(people, 0, people.level > 0),
            Directory.of(people, first, people.speaks[first:]),
            best_ranks(case.tables),
            language_points(case.tables),
        )


@dataclass(frozen=True, slots=True)
class Subjects:
    """What the pairs of a block's speakers bring to their request's topics.

    `points` are those of each requested topic, rank by rank. `alone` are the points of the
    speaker's topics, `more` at most what they add to any team, `lead` marks who covers the first
    topic.
    """

    points: tuple[Ints, ...]
    alone: Ints
    more: Ints
    lead: Bools

    @classmethod
    def of(cls, tables: Tables, able: Able) -> Subjects:
        weights = np.array(RANK_POINTS, dtype=np.int64) * tables.problem.weights.topics
        ranked = tables.requests.topics[able.request]
        ranks = int((ranked >= 0).sum(axis=1).max(initial=1))
        ranked, weights = ranked[:, :ranks], weights[:ranks]
        depth = np.where(ranked >= 0, tables.people.level[able.person[:, None], ranked], 0)
        lead = depth[:, 0] > 0
        points = depth * weights
        least = np.full((len(able.begins) - 1, ranks), 3 * weights.max())
        owner = np.repeat(np.arange(len(least)), np.diff(able.begins))
        np.minimum.at(least, owner[lead], points[lead])
        more = np.maximum(points - least[owner], 0).sum(axis=1)
        return cls(tuple(np.ascontiguousarray(points.T)), points.sum(axis=1), more, lead)

    def joint(self, *members: Ints) -> Ints:
        """The topics' points of teams, given their members' pairs one by one."""
        points = np.zeros(len(members[0]), dtype=np.int64)
        for of_rank in self.points:
            best = of_rank[members[0]]
            for pair in members[1:]:
                np.maximum(best, of_rank[pair], out=best)
            points += best
        return points


@dataclass(frozen=True, slots=True)
class Parts:
    """What a block is put together from: `chosen` requests (ascending) and who is free for them."""

    around: Surroundings
    chosen: Ints
    places: Places
    speakers: Cells
    helpers: Cells
    subjects: Subjects


@dataclass(frozen=True, slots=True)
class Block:
    """Some requests; `owner` is the number of a place's request among those of the block.

    `cells[n]` is the first speaker's cell of the n-th request, `alone` what speakers without a crew
    earn by language and topics, by pair (NOTHING: they cannot). `helped` are the cells of speakers
    who could hold the talk with a crew, from `helped_begins[n]` on those of the n-th request.
    `first_cell` and `first_crew` make numbers differ between blocks.
    """

    parts: Parts
    owner: Ints
    cells: Ints
    crews: Crews
    alone: Ints
    helped: Ints
    helped_begins: Ints
    first_cell: int = 0
    first_crew: int = 0

    @property
    def around(self) -> Surroundings:
        return self.parts.around

    @property
    def chosen(self) -> Ints:
        return self.parts.chosen

    @property
    def places(self) -> Places:
        return self.parts.places

    @property
    def speakers(self) -> Cells:
        return self.parts.speakers

    @property
    def subjects(self) -> Subjects:
        return self.parts.subjects


def make_block(around: Surroundings, chosen: Ints) -> Block:
    """The block of some requests; its numbers start at 0."""
    case, hours = around.case, around.hours
    able = able_speakers(case, around.speakers, chosen)
    kept = None if around.thinning is None else _kept(around.thinning, case, able, chosen)
    places = find_places(case, hours.daytimes, around.split, chosen, kept)
    helpers = able_interpreters(case, around.interpreters, chosen)
    return assemble(
        Parts(
            around=around,
            chosen=chosen,
            places=places,
            speakers=find_cells(case, hours, able, places),
            helpers=find_cells(case, hours, helpers, places),
            subjects=Subjects.of(case.tables, able),
        )
    )


def _kept(thinning: Thinning, case: Case, able: Able, chosen: Ints) -> Kept:
    """Which starts of the chosen requests stay, given the speakers who are able."""
    present = np.zeros((len(able) + 1, case.tables.days.count), dtype=np.int64)
    np.cumsum(thinning.free_days[able.person], axis=0, out=present[1:])
    of_day = present[able.begins[1:]] - present[able.begins[:-1]]

    def kept(request: Ints, start: Ints, value: Ints) -> Bools:
        day = start // DAY - case.tables.days.first
        there = of_day[np.searchsorted(chosen, request), day]
        return thinning.kept(request, start, value, there)

    return kept


def assemble(parts: Parts) -> Block:
    """The block of these parts; its numbers start at 0."""
    places, speakers, subjects = parts.places, parts.speakers, parts.subjects
    cells = speakers.begins[places.begins]
    able = speakers.able
    helped = np.flatnonzero((subjects.lead & (able.helped != 0))[speakers.pair])
    return Block(
        parts=parts,
        owner=np.repeat(np.arange(len(parts.chosen)), np.diff(places.begins)),
        cells=cells,
        crews=find_crews(parts.around.case, parts.helpers, places),
        alone=_alone(parts.around, able, subjects),
        helped=helped,
        helped_begins=np.searchsorted(helped, cells),
    )


def _alone(around: Surroundings, able: Able, subjects: Subjects) -> Ints:
    points = around.language[around.ranks[able.spoken]] + subjects.alone
    points += around.case.tables.problem.weights.no_interpreter
    return np.where(subjects.lead & (able.spoken != 0), points, NOTHING // SCALE)


def join_crews(block: Block, cells: Ints) -> tuple[Ints, Ints, Ints]:
    """(cell, crew, points of language and topics) of all crews that can work with the cells."""
    speakers, crews, around = block.speakers, block.crews, block.around
    left, crew = join(speakers.place[cells], crews.begins)
    cell = cells[left]
    shared = speakers.able.helped[speakers.pair[cell]] & crews.via[crew]
    fits = np.flatnonzero((shared != 0) & ((speakers.bits[cell] & crews.bits[crew]) != 0))
    cell, crew = cell[fits], crew[fits]
    points = around.language[around.ranks[shared[fits]]]
    return cell, crew, points + block.subjects.alone[speakers.pair[cell]]
