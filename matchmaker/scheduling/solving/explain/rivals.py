"""Which talks of the plan hold what a request would need: one of them alone, or several."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchmaker.scheduling.solving.arrays import Bools, Ints, member
from matchmaker.scheduling.solving.explain.beside import meetings, same_hours
from matchmaker.scheduling.solving.explain.options import Options
from matchmaker.scheduling.solving.explain.rows import rows_where, runs
from matchmaker.scheduling.solving.explain.rules import Bits
from matchmaker.scheduling.solving.kept.counts import Counts, Periods
from matchmaker.scheduling.solving.kept.kept import Kept

MOST_CELLS = 1_000_000  # looked at together


@dataclass(frozen=True, slots=True)
class Freed:
    """(spot, person, request): taking out that talk gives this person room at this spot.

    People are counted as columns of their table. Only cells that the plan alone stands against.
    """

    spot: Ints
    who: Ints
    request: Ints


def single_rivals(kept: Kept, request: int, bare: Options, options: Options) -> Ints:
    """Requests each of which alone frees a place when its talk goes, in their order: all of them.

    `bare` are the options before any plan, `options` the same beside it.
    """
    possible = bare.open()
    spots, speakers = rows_where(possible), rows_where(possible.T)
    if not len(spots):
        return spots
    helpers = rows_where((bare.helper_bits[spots] == 0).T)
    bare = bare.take(spots, speakers, helpers)
    options = options.take(spots, speakers, helpers)
    count = len(kept.tables.requests.ids)
    at_spot = _freed_spots(kept, request, bare, options, count)
    people = _freed_people(kept, options, options.speakers, bare.speaker_bits, options.speaker_bits)
    group = _freed_people(kept, options, options.helpers, bare.helper_bits, options.helper_bits)
    keys = [at_spot, people.spot * count + people.request, group.spot * count + group.request]
    tried, _ = runs(np.sort(np.concatenate(keys)))
    tried = tried[(options.spots[tried // count] == 0) | member(tried, at_spot)]
    frees = np.zeros(count, dtype=np.bool_)
    size = max(1, MOST_CELLS // max(1, len(speakers)))
    for part in range(0, len(tried), size):
        block = tried[part : part + size]
        frees[block[_opens(options, block, count, people, group)] % count] = True
    return np.flatnonzero(frees)


def _opens(options: Options, tried: Ints, count: int, people: Freed, helpers: Freed) -> Bools:
    """Which keys spot * count + request open their spot when that talk goes (it is free else)."""
    spot = tried // count
    can = (options.speaker_bits == 0)[spot]
    row = _rows(tried, people.spot * count + people.request)
    can[row[row >= 0], people.who[row >= 0]] = True
    if options.interpreted:
        partners = options.partners()[spot]
        row = _rows(tried, helpers.spot * count + helpers.request)
        has = options.has[helpers.who[row >= 0]].astype(np.int64)
        np.add.at(partners, row[row >= 0], has)
        can &= options.direct | options.helped(partners)
    else:
        can &= options.direct
    opened: Bools = can.any(axis=1)
    return opened


def _rows(keys: Ints, wanted: Ints) -> Ints:
    """Where the wanted ones stand among the sorted keys; -1 where they do not."""
    if not len(keys):
        return np.full(len(wanted), -1)
    spot = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[spot] == wanted, spot, -1)


def _freed_spots(kept: Kept, request: int, bare: Options, options: Options, count: int) -> Ints:
    """Ascending keys spot * count + request: host and venue can take this talk if that one goes."""
    wanted = kept.tables.requests
    host = int(wanted.organisation[request])
    guests = kept.held_in(int(wanted.venue[request]))
    others = np.union1d(kept.held_by(host), guests)
    spots = np.flatnonzero((bare.spots == 0) & (options.spots != 0))
    owner, talk = np.repeat(spots, len(others)), np.tile(others, len(spots))
    ours = wanted.organisation[talk] == host
    hosts = np.full(len(owner), host)
    gone = kept.times.periods(talk)
    fine = _has_room(kept.hosts, hosts, options.day[owner], gone, theirs=ours)
    if len(guests):
        overlap = member(talk, guests)
        overlap &= same_hours(kept, talk, options.begin[owner], options.end[owner])
        left = np.bincount(owner, overlap, minlength=len(options)).astype(np.int64)
        fine &= left[owner] == overlap
    keys: Ints = (owner * count + talk)[fine]
    return keys


def _freed_people(kept: Kept, options: Options, people: Ints, bare: Bits, bits: Bits) -> Freed:
    cells = np.flatnonzero((bare == 0) & (bits != 0))
    if not len(cells):
        return Freed(cells, cells, cells)
    met = meetings(kept, options, people, cells)
    spot, who = np.divmod(met.cell, max(1, len(people)))
    near = np.bincount(met.cell[met.clash], minlength=bits.size)
    everywhere = np.ones(len(spot), dtype=np.bool_)
    gone = kept.times.periods(met.request)
    fine = near[met.cell] == met.clash
    fine &= _has_room(kept.people, people[who], options.day[spot], gone, theirs=everywhere)
    return Freed(spot[fine], who[fine], met.request[fine])


def _has_room(counts: Counts, owner: Ints, day: Ints, gone: Periods, *, theirs: Bools) -> Bools:
    """Row by row: has the owner room for one talk more that day if that talk (if theirs) goes?"""
    limits, week, month = counts.limits, counts.days.week[day], counts.days.month[day]
    fine: Bools = counts.day[owner, day] - (theirs & (gone[0] == day)) < limits.per_day[owner]
    fine &= counts.week[owner, week] - (theirs & (gone[1] == week)) < limits.per_week[owner]
    fine &= counts.month[owner, month] - (theirs & (gone[2] == month)) < limits.per_month[owner]
    fine &= counts.in_all[owner] - theirs < limits.in_all[owner]
    return fine
