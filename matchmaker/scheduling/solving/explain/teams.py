"""The best teams, hours and languages for a request: exact, by bounds instead of a list of all.

Points of a team are those of its members, of the subjects at their best level, and a charge for
each further speaker. Best levels are submodular: a speaker adds to a team at most what they add to
any part of it. That bounds what a team could still become.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from matchmaker.scheduling.solving.arrays import NOTHING, Ints
from matchmaker.scheduling.solving.explain.worth import Worth

AT_ONCE = 32  # teams looked at together
MOST_CELLS = 400_000

Key = tuple[int, int, tuple[int, ...]]  # start, rank of the language, speakers (columns)


def in_order(key: Key) -> tuple[int, ...]:
    """Which of equally good ones comes first: few speakers, early, in the language most wanted."""
    start, rank, team = key
    return len(team), start, rank, *team


@dataclass(slots=True)
class Best:
    """The keys that earn most so far, `most` of them, each with the points of its best mode."""

    most: int
    points: dict[Key, int] = field(default_factory=dict)

    @property
    def least(self) -> int:
        """What a further key has to reach."""
        return min(self.points.values()) if len(self.points) == self.most else NOTHING // 2

    def offer(self, key: Key, points: int) -> None:
        if points <= self.points.get(key, NOTHING):
            return
        self.points[key] = points
        if len(self.points) > self.most:
            del self.points[max(self.points, key=lambda row: (-self.points[row], in_order(row)))]


def best_keys(worth: Worth, most_speakers: int, extra: int, most: int) -> dict[Key, int]:
    """The `most` best keys with their points; fewer if there are no more."""
    best = Best(most)
    count = len(worth.options.speakers)
    if not count:
        return {}
    _offer_all(worth, np.arange(count)[:, None], extra, best)
    if most_speakers > 1 and count > 1:
        search = _Search(worth, extra, best)
        search.pairs()
        if most_speakers > 2 and count > 2:
            search.triples()
    return best.points


def _offer_all(worth: Worth, teams: Ints, extra: int, best: Best) -> None:
    """Teams * members: each at all spots and in all languages."""
    options, ranks = worth.options, worth.alone.shape[1]
    size = max(1, MOST_CELLS // max(1, len(options) * ranks))
    enough = 2 * best.most  # a key has a spot in each mode
    for first in range(0, len(teams), size):
        part = teams[first : first + size]
        points = _points(worth, part, extra).ravel()
        rows = np.flatnonzero(points >= best.least)
        if len(rows) > enough:
            values = points[rows]
            limit = np.partition(values, -enough)[-enough]
            rows = np.concatenate([rows[values > limit], rows[values == limit][:enough]])
        for row in rows.tolist():
            spot, rest = divmod(row, ranks * len(part))
            rank, team = divmod(rest, len(part))
            key = (int(options.begin[spot]), rank, tuple(part[team].tolist()))
            best.offer(key, int(points[row]))


def _points(worth: Worth, teams: Ints, extra: int) -> Ints:
    """Spots * ranks * teams; below everything where it cannot be."""
    options = worth.options
    own = np.zeros((len(options), len(teams)), dtype=np.int64)
    free = np.ones(own.shape, dtype=np.bool_)
    for member in teams.T:
        own += worth.speaker[:, member]
        free &= worth.free[:, member]
    depth = worth.depth[teams].max(axis=1)
    free &= worth.covers[teams].any(axis=1)
    own += depth.sum(axis=1) - extra * (teams.shape[1] - 1)
    speaks = options.speaks[teams].all(axis=1)
    reach = (options.speaks | options.via)[teams].all(axis=1)
    language = np.where(
        speaks.T, worth.alone[:, :, None], np.where(reach.T, worth.helped[:, :, None], NOTHING)
    )
    return np.where(free[:, None, :], own[:, None, :] + language, NOTHING)


class _Search:
    """Bigger teams, those that could earn most first, until none could earn enough."""

    def __init__(self, worth: Worth, extra: int, best: Best) -> None:
        self.worth, self.extra, self.best = worth, extra, best
        options, depth = worth.options, worth.depth
        own = np.where(worth.free, worth.speaker, NOTHING)
        hour = np.maximum(worth.alone, worth.helped).max(axis=1)
        self.most_own = own.max(axis=0)
        most_all = (own + hour[:, None]).max(axis=0)
        joint = np.zeros((depth.shape[0],) * 2, dtype=np.int64)
        for topic in depth.T:
            joint += np.maximum(topic[:, None], topic)
        half = most_all[:, None] + self.most_own
        reach = (options.speaks | options.via).astype(np.float32)
        self.bound = np.minimum(half, half.T) + joint - extra
        self.bound[reach @ reach.T == 0] = NOTHING
        self.more = joint - depth.sum(axis=1)[:, None] + self.most_own - extra
        np.fill_diagonal(self.more, NOTHING)

    def pairs(self) -> None:
        ahead = np.triu(self.bound >= self.best.least, 1)
        ahead &= self.worth.covers[:, None] | self.worth.covers
        one, two = np.nonzero(ahead)
        self._offer(np.column_stack([one, two]), self.bound[one, two])

    def triples(self) -> None:
        third = self.more.max(axis=1)
        promise = self.bound + np.minimum(third[:, None], third)
        one, two = np.nonzero(np.triu(promise >= self.best.least, 1))
        order = np.argsort(-promise[one, two], kind="stable")
        for first in range(0, len(order), AT_ONCE):
            part = order[first : first + AT_ONCE]
            if promise[one[part[0]], two[part[0]]] < self.best.least:
                break
            self._grow(one[part], two[part])

    def _grow(self, one: Ints, two: Ints) -> None:
        """Each of the pairs with every later speaker."""
        promise = self.bound[one, two][:, None] + np.minimum(self.more[one], self.more[two])
        covers = self.worth.covers
        ahead = promise >= self.best.least
        ahead &= (covers[one] | covers[two])[:, None] | covers
        ahead &= np.arange(len(covers)) > two[:, None]
        pair, three = np.nonzero(ahead)
        self._offer(np.column_stack([one[pair], two[pair], three]), promise[pair, three])

    def _offer(self, teams: Ints, promise: Ints) -> None:
        order = np.argsort(-promise, kind="stable")
        for first in range(0, len(order), AT_ONCE):
            part = order[first : first + AT_ONCE]
            if promise[part[0]] < self.best.least:
                break
            _offer_all(self.worth, teams[part], self.extra, self.best)
