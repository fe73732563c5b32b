"""The best teams, hours and languages for a request: exact, by bounds instead of a list of all.

Points of a team are those of its members, of the subjects at their best level, and a charge for
each further speaker. Best levels are submodular: a speaker adds to a team at most what they add to
any part of it. That bounds what a team could still become.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from matchmaker.scheduling.solving.arrays import Bools, Ints
from matchmaker.scheduling.solving.explain.worth import NEVER, Worth

AT_ONCE = 64  # teams looked at together
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

    def least(self, members: int) -> int:
        """What a further key of a team of so many has to reach."""
        if len(self.points) < self.most:
            return NEVER // 2
        last = self._last()
        return self.points[last] + (len(last[2]) < members)

    def offer(self, key: Key, points: int) -> None:
        if points <= self.points.get(key, NEVER):
            return
        self.points[key] = points
        if len(self.points) > self.most:
            del self.points[self._last()]

    def _last(self) -> Key:
        return max(self.points, key=lambda key: (-self.points[key], in_order(key)))


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
    begin = worth.options.begin
    size = max(1, MOST_CELLS // max(1, len(begin)))
    for first in range(0, len(teams), size):
        part = teams[first : first + size]
        spot, rank, team, points = _talks(worth, part, extra, best.least(teams.shape[1]))
        for row in _first(points, spot, rank, team, 2 * best.most):  # a key has two modes at most
            key = (int(begin[spot[row]]), int(rank[row]), tuple(part[team[row]].tolist()))
            best.offer(key, int(points[row]))


def _first(points: Ints, spot: Ints, rank: Ints, team: Ints, most: int) -> list[int]:
    """Rows with the highest points; of equal ones those that come first in order."""
    rows = np.arange(len(points))
    if len(rows) > most:
        limit = np.partition(points, -most)[-most]
        equal = rows[points == limit]
        order = np.lexsort((team[equal], rank[equal], spot[equal]))
        rows = np.concatenate([rows[points > limit], equal[order[:most]]])
    return rows.tolist()


def _talks(worth: Worth, teams: Ints, extra: int, least: int) -> tuple[Ints, Ints, Ints, Ints]:
    """(spot, rank, team, points) wherever a team can talk for so many points at least."""
    options = worth.options
    subjects = worth.depth[teams].max(axis=1).sum(axis=1) - extra * (teams.shape[1] - 1)
    subjects[~worth.covers[teams].any(axis=1)] = NEVER
    own = worth.by_speaker[teams[:, 0]] + subjects[:, None]
    for member in teams.T[1:]:
        own += worth.by_speaker[member]
    team, spot = np.nonzero(own + worth.hour >= least)
    speaks: Bools = np.all(options.speaks[teams], axis=1)
    reach: Bools = np.all((options.speaks | options.via)[teams], axis=1)
    helped = np.where(reach[team], worth.helped[spot], NEVER)
    language = np.where(speaks[team], worth.alone[spot], helped)
    points = own[team, spot, None] + language
    row, rank = np.nonzero(points >= least)
    return spot[row], rank, team[row], points[row, rank]


class _Search:
    """Bigger teams, those that could earn most first, until none could earn enough."""

    def __init__(self, worth: Worth, extra: int, best: Best) -> None:
        self.worth, self.extra, self.best = worth, extra, best
        options, depth = worth.options, worth.depth
        self.most_own = worth.by_speaker.max(axis=1)
        most_all = (worth.by_speaker + worth.hour).max(axis=1)
        joint = np.zeros((depth.shape[0],) * 2, dtype=np.int64)
        for topic in depth.T:
            joint += np.maximum(topic[:, None], topic)
        half = most_all[:, None] + self.most_own
        reach = (options.speaks | options.via).astype(np.float32)
        self.subjects = joint - extra
        self.bound = np.minimum(half, half.T) + self.subjects
        self.bound[reach @ reach.T == 0] = NEVER
        self.more = joint - depth.sum(axis=1)[:, None] + self.most_own - extra
        np.fill_diagonal(self.more, NEVER)

    def pairs(self) -> None:
        ahead = np.triu(self.bound >= self.best.least(2), 1)
        ahead &= self.worth.covers[:, None] | self.worth.covers
        one, two = np.nonzero(ahead)
        self._offer(np.column_stack([one, two]), self.bound[one, two])

    def triples(self) -> None:
        third = self.more.max(axis=1)
        promise = self.bound + np.minimum(third[:, None], third)
        one, two = np.nonzero(np.triu(promise >= self.best.least(3), 1))
        order = np.argsort(-promise[one, two], kind="stable")
        for first in range(0, len(order), AT_ONCE):
            part = order[first : first + AT_ONCE]
            if promise[one[part[0]], two[part[0]]] < self.best.least(3):
                break
            self._grow(one[part], two[part])

    def _grow(self, one: Ints, two: Ints) -> None:
        """Each of the pairs with every later speaker."""
        own, covers, depth = self.worth.by_speaker, self.worth.covers, self.worth.depth
        both = (own[one] + own[two] + self.worth.hour).max(axis=1)
        promise = both + self.subjects[one, two]
        ahead = promise[:, None] + np.minimum(self.more[one], self.more[two]) >= self.best.least(3)
        ahead &= (covers[one] | covers[two])[:, None] | covers
        ahead &= np.arange(len(covers)) > two[:, None]
        pair, three = np.nonzero(ahead)
        subjects = np.maximum(np.maximum(depth[one], depth[two])[pair], depth[three]).sum(axis=1)
        promise = both[pair] + self.most_own[three] + subjects - 2 * self.extra
        rows = np.flatnonzero(promise >= self.best.least(3))
        teams = np.column_stack([one[pair], two[pair], three])
        self._offer(teams[rows], promise[rows])

    def _offer(self, teams: Ints, promise: Ints) -> None:
        order = np.argsort(-promise, kind="stable")
        for first in range(0, len(order), AT_ONCE):
            part = order[first : first + AT_ONCE]
            if promise[part[0]] < self.best.least(teams.shape[1]):
                break
            _offer_all(self.worth, teams[part], self.extra, self.best)
