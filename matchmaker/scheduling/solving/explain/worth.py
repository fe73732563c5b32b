"""What every free person and hour is worth to a request, beside the rest of a plan.

Points that all assignments of the request have in common are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matchmaker.scheduling.solving.arrays import NOTHING, Bools, Ints, member
from matchmaker.scheduling.solving.explain.alone import covering, find_options
from matchmaker.scheduling.solving.explain.beside import beside
from matchmaker.scheduling.solving.explain.options import Options
from matchmaker.scheduling.solving.explain.rows import runs
from matchmaker.scheduling.solving.kept.kept import Kept
from matchmaker.scheduling.solving.places import window_starts
from matchmaker.scheduling.solving.points import language_points
from matchmaker.scheduling.solving.tables import MOST_RANKS, ONSITE, RANK_POINTS

NEVER = NOTHING // 8
"""Points of what cannot be: a few of them together still are a number, and outweigh all others."""


@dataclass(frozen=True)
class Worth:
    """Spots where something is free, and the people who are (tables of spots * people).

    `place[spot]`: the hour itself. `speaker`, `helper`: points of a person there, where `free`,
    `able`. `depth[speaker, topic]`: points of the request's subjects, whose first one `covers` it.
    `alone[spot, rank]`: the hour and the language without interpreters; `helped[spot, rank]`: with
    the best group of them, NEVER where there are too few.
    """

    options: Options
    place: Ints
    free: Bools
    able: Bools
    speaker: Ints
    helper: Ints
    depth: Ints
    covers: Bools
    alone: Ints
    helped: Ints

    @cached_property
    def by_speaker(self) -> Ints:
        """Speakers * spots: their points; NEVER where they are not free."""
        return np.ascontiguousarray(np.where(self.free, self.speaker, NEVER).T)

    @cached_property
    def hour(self) -> Ints:
        """The best of `alone` and `helped` at each spot."""
        best: Ints = np.maximum(self.alone, self.helped).max(axis=1)
        return best


def find_worth(kept: Kept, request: int) -> Worth:
    """For a request that has no talk in the plan."""
    facts, wanted = kept.facts, kept.tables.requests
    _, begin, liked = window_starts(facts.tables, np.array([request]))
    several = int(wanted.max_speakers[request]) > 1
    speakers = covering(facts, request, first=not several)
    modes = tuple(np.flatnonzero(wanted.modes[request]).tolist())
    bare = find_options(facts, request, begin, speakers, modes=modes, most=0).promising(0)
    options = beside(kept, request, bare).promising(0)
    preference = liked[np.searchsorted(begin, options.begin)]
    free, able = options.cells == 0, options.helper_bits == 0
    helper = _persons(kept, request, options, options.helpers, able)
    place = _places(kept, request, options, preference)
    return Worth(
        options=options,
        place=place,
        free=free,
        able=able,
        speaker=_persons(kept, request, options, options.speakers, free),
        helper=helper,
        depth=_subjects(kept, request, options.speakers),
        covers=kept.tables.people.level[options.speakers, wanted.topics[request, 0]] > 0,
        **_languages(kept, options, place, np.where(able, helper, NEVER)),
    )


def _places(kept: Kept, request: int, options: Options, preference: Ints) -> Ints:
    case, weights = kept.facts.case, kept.problem.weights
    published = int(case.published_start[request])
    moved = (options.begin != published) if published >= 0 else np.zeros(len(options), np.bool_)
    points: Ints = weights.preference * preference + case.day_points[options.day]
    points -= weights.move * moved
    return points


def _persons(kept: Kept, request: int, options: Options, people: Ints, there: Bools) -> Ints:
    """Spots * people: the points of each alone."""
    tables, case, weights = kept.tables, kept.facts.case, kept.problem.weights
    key = request * len(tables.people.ids) + people
    past = tables.people.past[people] + kept.people.in_all[people]
    own = -2 * weights.balance * past
    own += weights.preferred * member(key, case.preferred)
    own += weights.swap_speaker * member(key, case.published_speakers)
    own += weights.swap_interpreter * member(key, case.published_interpreters)
    own -= np.where(people < tables.people.speakers, 0, weights.interpreter)
    way = tables.travel[tables.people.home[people], tables.requests.district[request]]
    points: Ints = own - weights.travel * (options.mode == ONSITE)[:, None] * way
    days, of_spot = runs(options.day)
    disliking = kept.facts.avoiding[people[None, :], days[:, None]]
    if disliking.any():
        spot, who = np.nonzero(disliking[of_spot] & there)
        begin, end = options.begin[spot], options.end[spot]
        points[spot, who] -= weights.avoid * tables.people.avoid.overlap(people[who], begin, end)
    return points


def _subjects(kept: Kept, request: int, speakers: Ints) -> Ints:
    topics = kept.tables.requests.topics[request]
    topics = topics[topics >= 0]
    weights = np.array(RANK_POINTS[: len(topics)]) * kept.problem.weights.topics
    points: Ints = kept.tables.people.level[speakers[:, None], topics] * weights
    return points


def _languages(kept: Kept, options: Options, place: Ints, helper: Ints) -> dict[str, Ints]:
    """`alone` and `helped`, the place included."""
    ranks = options.speaks.shape[1]
    points = place[:, None] + language_points(kept.tables)[:MOST_RANKS][:ranks]
    helped = np.full((len(options), ranks), NEVER)
    for rank in np.flatnonzero(options.via.any(axis=0)).tolist():
        having = helper[:, options.has[:, rank]]
        if having.shape[1] >= options.needed:
            best = np.sort(having, axis=1)[:, -options.needed :]
            there = best[:, 0] > NEVER
            helped[there, rank] = points[there, rank] + best[there].sum(axis=1)
    return {"alone": points + kept.problem.weights.no_interpreter, "helped": helped}
