"""Why a request has its talk, and where else it could take place while all others stay."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import numpy as np

from matchmaker.scheduling.explanation import Alternative, Why
from matchmaker.scheduling.problem import Assignment
from matchmaker.scheduling.proposal import Score
from matchmaker.scheduling.solving.arrays import Ints
from matchmaker.scheduling.solving.explain.teams import Key, best_keys, in_order
from matchmaker.scheduling.solving.explain.worth import Worth, find_worth
from matchmaker.scheduling.solving.kept.gain import difference, gain
from matchmaker.scheduling.solving.kept.kept import Kept
from matchmaker.scheduling.solving.tables import MODES
from matchmaker.scheduling.solving.wall import moment

MOST_ALTERNATIVES = 5

Way = tuple[int, int, Ints]  # points to compare by, the spot, the interpreters


def why(kept: Kept, request_id: str) -> Why:
    """KeyError for an unknown id, ValueError for a request without a talk."""
    row = kept.row(request_id)
    if row not in kept.talks:
        raise ValueError(f"{request_id} has no talk in the plan")
    talk = kept.talks[row]
    return Why(talk=talk, fixed=request_id in kept.facts.fixed, gain=gain(kept.without(row), talk))


def alternatives(
    kept: Kept, request_id: str, most: int = MOST_ALTERNATIVES
) -> tuple[Alternative, ...]:
    """The best other talks of a request, the best first, while the rest of the plan stays.

    Any two differ in speakers, start or language; of their modes and interpreters the best are
    taken. For a request without a talk: its places, which may cost more than they earn. A fixed
    talk has none. KeyError for an unknown id.
    """
    row = kept.row(request_id)
    if request_id in kept.facts.fixed or most < 1:
        return ()
    now, rest = kept.talks.get(row), kept.without(row)
    own = gain(rest, now) if now is not None else Score()
    worth = find_worth(rest, row)
    wanted, weights = rest.tables.requests, rest.problem.weights
    # One more than asked for: the best may turn out to be the talk as it is.
    keys = best_keys(worth, int(wanted.max_speakers[row]), weights.extra_speaker, most + 1)
    found = [
        (points, talk)
        for key in sorted(keys, key=in_order)
        for points, talk in _best_of(rest, row, worth, (key, keys[key]), now)
    ]
    found.sort(key=lambda pair: -pair[0])
    return tuple(
        Alternative(talk=talk, change=difference(gain(rest, talk), own)) for _, talk in found[:most]
    )


def _best_of(
    kept: Kept, row: int, worth: Worth, best: tuple[Key, int], now: Assignment | None
) -> Iterator[tuple[int, Assignment]]:
    """With its points the best talk of a key, or the next best if that is the one that is."""
    key, points = best
    ways = sorted(_ways(worth, key), key=lambda way: -way[0])
    talks = ((way[0] - ways[0][0], _talk(kept, row, worth, key, way)) for way in ways)
    return islice(((points + less, talk) for less, talk in talks if talk != now), 1)


def _ways(worth: Worth, key: Key) -> Iterator[Way]:
    """In each mode the best way and the next best."""
    start, rank, team = key
    options, members = worth.options, list(team)
    direct = bool(options.speaks[members, rank].all())
    first, last = np.searchsorted(options.begin, [start, start + 1]).tolist()
    for spot in range(first, last):
        if worth.free[spot, members].all():
            points = int(worth.speaker[spot, members].sum())
            groups = [(0, options.helpers[:0])] if direct else _groups(worth, spot, rank)
            yield from ((points + more, spot, group) for more, group in groups)


def _talk(kept: Kept, row: int, worth: Worth, key: Key, way: Way) -> Assignment:
    _, spot, group = way
    start, rank, team = key
    request, names = kept.request(row), kept.tables.people.ids
    speakers = worth.options.speakers[list(team)]
    return Assignment(
        request=request.id,
        start=moment(start),
        mode=MODES[int(worth.options.mode[spot])],
        language=request.languages[rank],
        speakers=tuple(sorted(names[who] for who in speakers.tolist())),
        interpreters=tuple(sorted(names[who] for who in group.tolist())),
    )


def _groups(worth: Worth, spot: int, rank: int) -> Iterator[tuple[int, Ints]]:
    """The best group of interpreters, and the next: its last member gives way to the next one."""
    options, needed = worth.options, worth.options.needed
    able = np.flatnonzero(worth.able[spot] & options.has[:, rank])
    order = able[np.argsort(-worth.helper[spot, able], kind="stable")]
    for group in (order[:needed], np.append(order[: needed - 1], order[needed : needed + 1])):
        if len(group) == needed:
            yield int(worth.helper[spot, group].sum()), options.helpers[group]
