"""Who is free where: people of both sides at the places of some requests, with their points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchmaker.scheduling.solving.able import Able
from matchmaker.scheduling.solving.arrays import Ints, expand, join, offsets
from matchmaker.scheduling.solving.case import Case
from matchmaker.scheduling.solving.daytimes import BAND, Bits, Hours, split, without_busy
from matchmaker.scheduling.solving.places import Places
from matchmaker.scheduling.solving.tables import ONSITE
from matchmaker.scheduling.solving.wall import DAY

MOST_MEMBERS = 3


@dataclass(frozen=True, slots=True)
class Cells:
    """Able people at places, sorted by place: those of place p are `begins[p]:begins[p + 1]`.

    `bits` are the starts at which the person is free, `points` what the person alone is worth
    there. A person may have two cells at a place: starts that they would rather avoid are apart.
    Where a person's day has room for several talks, every start is a cell of its own (`several`).
    """

    able: Able
    pair: Ints
    place: Ints
    bits: Bits
    points: Ints
    several: Ints
    begins: Ints

    def __len__(self) -> int:
        return len(self.pair)

    @property
    def person(self) -> Ints:
        return self.able.person[self.pair]


@dataclass(frozen=True, slots=True)
class Crews:
    """Groups of interpreters, as many as their request needs, sorted by place like `Cells`.

    `members` are rows of the interpreters' cells (-1: none), `via` the languages that all of them
    have, `bits` the starts at which all are free.
    """

    cells: Cells
    members: Ints
    place: Ints
    bits: Bits
    via: Ints
    points: Ints
    begins: Ints

    def __len__(self) -> int:
        return len(self.place)


def find_cells(case: Case, hours: Hours, able: Able, places: Places) -> Cells:
    """All cells of the requests that places and pairs belong to (the same, in the same order)."""
    pair, place = _everywhere(able, places)
    tables = case.tables
    person, day, band = able.person[pair], places.day[place], places.band[place]
    minutes = tables.requests.minutes[places.request[place]]
    spot = hours.index(minutes, person, day, band)
    bits = places.bits[place] & hours.free[spot]
    kept = np.flatnonzero((bits != 0) & able.modes[pair, places.mode[place]])
    pair, place, spot, bits = pair[kept], place[kept], spot[kept], bits[kept]
    person, day = person[kept], day[kept]
    busy = np.flatnonzero(hours.busy_days[person, day])
    if len(busy):
        request, onsite = places.request[place[busy]], places.mode[place[busy]] == ONSITE
        bits[busy] = without_busy(
            tables,
            case.load.busy,
            hours.daytimes,
            bits[busy],
            person=person[busy],
            day=day[busy],
            band=places.band[place[busy]],
            minutes=tables.requests.minutes[request],
            place=np.where(onsite, tables.requests.district[request], tables.online),
        )
    avoid = bits & hours.avoid[spot]
    return _arranged(case, able, places, pair, place, bits=bits, avoid=avoid)


def _everywhere(able: Able, places: Places) -> tuple[Ints, Ints]:
    """(pair, place) of all pairs of a request at all of its places, place after place."""
    owner = np.repeat(np.arange(len(places.begins) - 1), np.diff(places.begins))
    place, nth = expand(np.diff(able.begins)[owner])
    return able.begins[owner[place]] + nth, place


def _arranged(
    case: Case,
    able: Able,
    places: Places,
    pair: Ints,
    place: Ints,
    *,
    bits: Bits,
    avoid: Bits,
) -> Cells:
    """Cells with the starts to avoid apart, and every start apart where a day takes several."""
    willing, unwilling = np.flatnonzero(bits & ~avoid), np.flatnonzero(avoid)
    rows = np.concatenate([willing, unwilling])
    bits = np.concatenate([(bits & ~avoid)[willing], avoid[unwilling]])
    cost = np.repeat([0, case.tables.problem.weights.avoid], [len(willing), len(unwilling)])
    many = ~case.single[able.person[pair[rows]], places.day[place[rows]]]
    if many.any():
        one, more = np.flatnonzero(~many), np.flatnonzero(many)
        source, single = split(bits[more])
        origin = np.concatenate([one, more[source]])
        bits = np.concatenate([bits[one], single])
        rows, cost = rows[origin], cost[origin]
        many = np.repeat([False, True], [len(one), len(source)])
    order = np.argsort(place[rows], kind="stable")
    rows, bits, cost = rows[order], bits[order], cost[order]
    pair, place = pair[rows], place[rows]
    return Cells(
        able=able,
        pair=pair,
        place=place,
        bits=bits,
        points=able.points[pair, places.mode[place]] - cost,
        several=np.flatnonzero(many[order]),
        begins=offsets(np.bincount(place, minlength=len(places))),
    )


def find_crews(case: Case, cells: Cells, places: Places) -> Crews:
    """All groups of interpreters whose members have a language and a start in common."""
    needed = case.tables.requests.interpreters[places.request[cells.place]]
    members = np.flatnonzero(needed == 1)[:, None]
    blocks = [members]
    for size in (2, 3):
        rows = np.flatnonzero(needed == size)[:, None]
        for _ in range(size - 1):
            rows = _grown(cells, rows)
        blocks.append(rows)
    table = np.full((sum(map(len, blocks)), MOST_MEMBERS), -1, dtype=np.int64)
    first = 0
    for block in blocks:
        table[first : first + len(block), : block.shape[1]] = block
        first += len(block)
    place = cells.place[table[:, 0]]
    order = np.argsort(place, kind="stable")
    table, place = table[order], place[order]
    there = table >= 0
    bits = np.where(there, cells.bits[table], ~np.uint64(0))
    via = np.where(there, cells.able.via[cells.pair[table]], -1)
    own = np.where(there, cells.points[table], 0).sum(axis=1)
    return Crews(
        cells=cells,
        members=table,
        place=place,
        bits=np.bitwise_and.reduce(bits, axis=1),
        via=np.bitwise_and.reduce(via, axis=1),
        points=own - case.tables.problem.weights.interpreter * there.sum(axis=1),
        begins=offsets(np.bincount(place, minlength=len(places))),
    )


def _grown(cells: Cells, rows: Ints) -> Ints:
    """The groups with one more cell of a later row, as long as they can work together.

    Two cells of a person have no start in common, so nobody joins a group twice.
    """
    left, added = join(cells.place[rows[:, 0]], cells.begins)
    later = added > rows[left, -1]
    left, added = left[later], added[later]
    grown = np.column_stack([rows[left], added])
    via = np.bitwise_and.reduce(cells.able.via[cells.pair[grown]], axis=1)
    bits = np.bitwise_and.reduce(cells.bits[grown], axis=1)
    kept: Ints = grown[(via != 0) & (bits != 0)]
    return kept


def first_start(case: Case, hours: Hours, places: Places, place: Ints, slot: Ints) -> Ints:
    """The start in minutes of a slot (number of a bit) of each place."""
    slots = BAND * places.band[place] + slot
    start: Ints = (places.day[place] + case.tables.days.first) * DAY + hours.daytimes.first
    start += hours.daytimes.step * slots
    return start
