"""Who could take part in which request, whatever the day: pairs of request and person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchmaker.scheduling.solving.arrays import Bools, Ints, expand, member
from matchmaker.scheduling.solving.case import Case
from matchmaker.scheduling.solving.directory import Directory
from matchmaker.scheduling.solving.tables import MOST_RANKS, ONSITE, Tables

BITS = 1 << np.arange(MOST_RANKS)


@dataclass(frozen=True, slots=True)
class Able:
    """Pairs sorted by request and person; from `begins[n]` on those of the n-th chosen request.

    `spoken` and `via` are bit sets of the request's ranked languages: those in which the person
    can hold the evening alone, and those in which they can with an interpreter beside them (for
    interpreters: those that they interpret). `modes` and `points` have one column a mode; points
    are what the person alone is worth there, the least that the load costs included.
    """

    request: Ints
    person: Ints
    spoken: Ints
    via: Ints
    modes: Bools
    points: Ints
    begins: Ints

    def __len__(self) -> int:
        return len(self.request)

    @property
    def helped(self) -> Ints:
        """The languages that a speaker alone could only be interpreted into."""
        return self.via & ~self.spoken


def _asked_for(case: Case, request: Ints, person: Ints) -> Ints:
    """Points for speakers that the host prefers and for people who were published."""
    weights = case.tables.problem.weights
    key = request * len(case.tables.people.ids) + person
    points = weights.preferred * member(key, case.preferred).astype(np.int64)
    points += weights.swap_speaker * member(key, case.published_speakers)
    points += weights.swap_interpreter * member(key, case.published_interpreters)
    return points


def interpreted(tables: Tables, request: Ints) -> Bools:
    """By ranked language: whether an evening of the request may be interpreted into it."""
    wanted = tables.requests
    foreign = wanted.languages[request] > 0  # German is number 0, none -1
    found: Bools = foreign & wanted.interpreting[request, None]
    return found


def _language_sets(tables: Tables, request: Ints, person: Ints) -> tuple[Ints, Ints]:
    """Bit sets of the ranked languages: spoken by the person; interpreted into."""
    ranked = tables.requests.languages[request]
    spoken = (ranked >= 0) & tables.people.speaks[person[:, None], ranked]
    return spoken @ BITS, interpreted(tables, request) @ BITS


def _finish(
    case: Case, chosen: Ints, request: Ints, person: Ints, *, spoken: Ints, via: Ints
) -> Able:
    tables, wanted, people = case.tables, case.tables.requests, case.tables.people
    district = wanted.district[request]
    modes = wanted.modes[request] & people.modes[person]
    modes[:, ONSITE] &= people.reach[person, district]
    keep = modes.any(axis=1) & ((spoken | via) != 0)
    keep &= people.womens_groups[person] | ~wanted.womens_group[request]
    keep &= case.load.people.in_all[person] > 0
    own = _asked_for(case, request, person) + case.person_points[person]
    points = np.column_stack([own, own])
    way = tables.travel[people.home[person], district]
    points[:, ONSITE] -= tables.problem.weights.travel * way
    rows = np.flatnonzero(keep)
    begins = np.append(0, np.searchsorted(request[rows], chosen, side="right"))
    kept = (request[rows], person[rows], spoken[rows], via[rows], modes[rows], points[rows])
    return Able(*kept, begins)


def able_speakers(case: Case, directory: Directory, chosen: Ints) -> Able:
    """Speakers who cover a requested subject and fit the host, group, languages and district."""
    tables, wanted, people = case.tables, case.tables.requests, case.tables.people
    alone = wanted.max_speakers[chosen] == 1
    ranks = np.where(alone, 1, (wanted.topics[chosen] >= 0).sum(axis=1))
    owner, rank = expand(ranks)
    pairs = directory.pairs(tables, chosen[owner], wanted.topics[chosen[owner], rank])
    request, person = np.divmod(pairs, len(people.ids))
    keep = ~member(pairs, case.excluded) & (wanted.people[request] >= people.min_people[person])
    request, person = request[keep], person[keep]
    spoken, foreign = _language_sets(tables, request, person)
    via = np.where(people.german[person], foreign, spoken & foreign)
    return _finish(case, chosen, request, person, spoken=spoken, via=via)


def able_interpreters(case: Case, directory: Directory, chosen: Ints) -> Able:
    """Interpreters who have one of the request's languages and fit the rest."""
    tables, wanted, people = case.tables, case.tables.requests, case.tables.people
    owner, rank = np.nonzero(interpreted(tables, chosen))
    pairs = directory.pairs(tables, chosen[owner], wanted.languages[chosen[owner], rank])
    pairs = pairs[~member(pairs, case.excluded)]
    request, person = np.divmod(pairs, len(people.ids))
    spoken, foreign = _language_sets(tables, request, person)
    return _finish(
        case, chosen, request, person, spoken=np.zeros_like(spoken), via=spoken & foreign
    )
