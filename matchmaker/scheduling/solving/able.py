"""Who could take part in which request, whatever the day: pairs of request and person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchmaker.scheduling.solving.arrays import (
    Bools,
    Ints,
    expand,
    join,
    member,
    offsets,
)
from matchmaker.scheduling.solving.case import Case
from matchmaker.scheduling.solving.tables import MOST_RANKS, ONSITE, Tables

BITS = 1 << np.arange(MOST_RANKS)


@dataclass(frozen=True, slots=True)
class Able:
    """Pairs sorted by request and person; `begins[request]` is the first of a request.

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


def _asked_for(case: Case, request: Ints, person: Ints) -> Ints:
    """Points for speakers that the host prefers and for people who were published."""
    weights = case.tables.problem.weights
    key = request * len(case.tables.people.ids) + person
    points = weights.preferred * member(key, case.preferred).astype(np.int64)
    points += weights.swap_speaker * member(key, case.published_speakers)
    points += weights.swap_interpreter * member(key, case.published_interpreters)
    return points


def _language_sets(tables: Tables, request: Ints, person: Ints) -> tuple[Ints, Ints]:
    """Bit sets of the ranked languages: spoken by the person; not German."""
    ranked = tables.requests.languages[request]
    spoken = (ranked >= 0) & tables.people.speaks[person[:, None], ranked]
    foreign = (ranked >= 0) & ~tables.requests.german[request]
    return spoken @ BITS, foreign @ BITS


def _finish(case: Case, request: Ints, person: Ints, spoken: Ints, via: Ints) -> Able:
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
    rows = rows[np.lexsort((person[rows], request[rows]))]
    counts = np.bincount(request[rows], minlength=len(wanted.ids))
    return Able(
        request[rows],
        person[rows],
        spoken[rows],
        via[rows],
        modes[rows],
        points[rows],
        offsets(counts),
    )


def able_speakers(case: Case, chosen: Ints) -> Able:
    """Speakers who cover a requested subject and fit the host, group, languages and district."""
    tables, wanted, people = case.tables, case.tables.requests, case.tables.people
    subject, speaker = np.nonzero(people.level.T > 0)
    begins = offsets(np.bincount(subject, minlength=people.level.shape[1]))
    alone = wanted.max_speakers[chosen] == 1
    ranks = np.where(alone, 1, (wanted.topics[chosen] >= 0).sum(axis=1))
    owner, rank = expand(ranks)
    left, right = join(wanted.topics[chosen[owner], rank], begins)
    pairs = np.unique(chosen[owner[left]] * len(people.ids) + speaker[right])
    request, person = np.divmod(pairs, len(people.ids))
    keep = ~member(pairs, case.excluded) & (wanted.people[request] >= people.min_people[person])
    request, person = request[keep], person[keep]
    spoken, foreign = _language_sets(tables, request, person)
    via = np.where(people.german[person], foreign, spoken & foreign)
    via[~wanted.interpreting[request]] = 0
    return _finish(case, request, person, spoken, via)


def able_interpreters(case: Case, chosen: Ints) -> Able:
    """Interpreters who have one of the request's languages and fit the rest."""
    tables, wanted, people = case.tables, case.tables.requests, case.tables.people
    language, row = np.nonzero(people.speaks[people.speakers :].T)
    begins = offsets(np.bincount(language, minlength=people.speaks.shape[1]))
    asked = (wanted.languages >= 0) & ~wanted.german & wanted.interpreting[:, None]
    owner, rank = np.nonzero(asked[chosen])
    left, right = join(wanted.languages[chosen[owner], rank], begins)
    pairs = np.unique(chosen[owner[left]] * len(people.ids) + people.speakers + row[right])
    request, person = np.divmod(pairs, len(people.ids))
    spoken, foreign = _language_sets(tables, request, person)
    return _finish(case, request, person, np.zeros_like(spoken), spoken & foreign)
