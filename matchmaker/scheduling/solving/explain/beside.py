"""What the talks of a plan add to the rules that stand against a request's options."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matchmaker.scheduling.solving.arrays import Bools, Ints
from matchmaker.scheduling.solving.explain.options import Options
from matchmaker.scheduling.solving.explain.rows import runs
from matchmaker.scheduling.solving.explain.rules import Bits, flag
from matchmaker.scheduling.solving.kept.kept import Kept


@dataclass(frozen=True, slots=True)
class Meetings:
    """Talks of people on the days of spots: (cell, request of the talk, can nobody take both).

    `cell` is spot * number of people + person, both by their numbers in the options.
    """

    cell: Ints
    request: Ints
    clash: Bools


def beside(kept: Kept, request: int, options: Options) -> Options:
    """Options of before any plan, with what the plan adds to them.

    Of spots host_load and venue; of people workload, and travel where a talk is too near.
    """
    duties = _duties(kept, options)
    count = len(options.speakers)
    return replace(
        options,
        spots=options.spots | _spots(kept, request, options),
        speaker_bits=options.speaker_bits | duties[:, :count],
        helper_bits=options.helper_bits | duties[:, count:],
    )


def _spots(kept: Kept, request: int, options: Options) -> Bits:
    wanted = kept.tables.requests
    bits = flag("host_load", kept.hosts.full[wanted.organisation[request], options.day])
    others = kept.held_in(int(wanted.venue[request]))
    if len(others):
        taken = same_hours(kept, others[:, None], options.begin, options.end)
        bits |= flag("venue", np.any(taken, axis=0))
    return bits


def _duties(kept: Kept, options: Options) -> Bits:
    """Spots * people (the speakers, then the helpers)."""
    people = options.everybody
    days, of_spot = runs(options.day)
    which = people[None, :], days[:, None]
    bits = flag("workload", kept.people.full[which])[of_spot]
    taken = (kept.people.day[which] > 0) | kept.late
    if taken.any():
        met = meetings(kept, options, people, np.flatnonzero(taken[of_spot]))
        bits.reshape(-1)[met.cell[met.clash]] |= flag("travel", np.ones(1, dtype=np.bool_))
    return bits


def meetings(kept: Kept, options: Options, people: Ints, cells: Ints) -> Meetings:
    """Every talk that the people of these cells have, any day."""
    spot, who = np.divmod(cells, max(1, len(people)))
    owner, other = kept.seats.of_people(people[who])
    return Meetings(cells[owner], other, clashes(kept, options, spot[owner], other))


def clashes(kept: Kept, options: Options, spot: Ints, other: Ints) -> Bools:
    """Spot by spot: whether somebody in the other talk cannot take this one as well."""
    times, travel = kept.times, kept.tables.travel
    begin, end, place = options.begin[spot], options.end[spot], options.place[spot]
    there, back = travel[times.place[other], place], travel[place, times.place[other]]
    near = (times.end[other] + there > begin) & (end + back > times.begin[other])
    near &= times.day[other] == options.day[spot]
    return near | same_hours(kept, other, begin, end)


def same_hours(kept: Kept, other: Ints, begin: Ints, end: Ints) -> Bools:
    overlap: Bools = (kept.times.begin[other] < end) & (begin < kept.times.end[other])
    return overlap
