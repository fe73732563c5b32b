"""Speaker teams and groups of interpreters for each request, whatever the day.

A bigger team is kept only if every member who could be left out is worth something: a part of the
team would otherwise do the same for no less, and need fewer people.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchmaker.scheduling.solving.able import Able
from matchmaker.scheduling.solving.arrays import NOTHING, Bools, Ints, offsets
from matchmaker.scheduling.solving.tables import RANK_POINTS, Tables

MOST_MEMBERS = 3
MOST_TEAMS = 4_000  # of one request; beyond it only the most promising are looked at
MOST_TRIALS = 200_000  # rows looked at when the teams of one request grow by a member


@dataclass(frozen=True, slots=True)
class Teams:
    """Rows sorted by request. `members` are rows of the pairs they were built from (-1: none).

    `spoken`, `via`: bit sets of languages for the team as a whole, without and with interpreters;
    `points` and `modes` have one column a mode. `left_out[request]` is the most that a team not
    listed here could be worth (NOTHING where all are listed).
    """

    request: Ints
    members: Ints
    spoken: Ints
    via: Ints
    modes: Bools
    points: Ints
    begins: Ints
    left_out: Ints

    def __len__(self) -> int:
        return len(self.request)


def rank_weights(tables: Tables) -> Ints:
    return np.array(RANK_POINTS, dtype=np.int64) * tables.problem.weights.topics


def levels(tables: Tables, able: Able) -> Ints:
    """Per pair and rank of the request's topics: the speaker's level (0: not covered)."""
    ranked = tables.requests.topics[able.request]
    depth = tables.people.level[able.person[:, None], ranked]
    return np.where(ranked >= 0, depth, 0)


def _worth(depth: Ints, own: Ints, extra: int, weights: Ints) -> Ints:
    """Points of teams by mode: best level a topic, own points, what further speakers cost.

    `depth` is teams * members * ranks, `own` teams * members * modes.
    """
    subject: Ints = depth.max(axis=1) @ weights
    worth: Ints = subject[:, None] + own.sum(axis=1) - extra * (depth.shape[1] - 1)
    return worth


def _every(modes: Bools) -> Bools:
    """Teams * modes in which every member takes part, from teams * members * modes."""
    together: Bools = np.all(modes, axis=1)
    return together


@dataclass(slots=True)
class _Growth:
    """Teams of one request, grown member by member; `left_out` bounds what was never looked at."""

    able: Able
    depth: Ints
    weights: Ints
    extra: int
    pairs: Ints
    left_out: int = NOTHING

    def _all(self, teams: Ints) -> Ints:
        return _worth(self.depth[teams], self.able.points[teams], self.extra, self.weights)

    def _needed(self, teams: Ints, modes: Bools) -> Bools:
        """Which teams lose by leaving out any member; the first topic has to stay covered."""
        whole = self._all(teams)
        keep = np.ones(len(teams), dtype=np.bool_)
        for member in range(teams.shape[1]):
            rest = np.delete(teams, member, axis=1)
            legal = (self.depth[rest, 0] > 0).any(axis=1)
            gains = ((whole > self._all(rest)) & modes).any(axis=1)
            keep &= gains | ~legal
        return keep

    def _most_promising(self, teams: Ints) -> Ints:
        """As many teams as may be grown, the best; what the others could become is noted."""
        room = max(1, MOST_TRIALS // len(self.pairs))
        if len(teams) <= room:
            return teams
        worth = np.where(_every(self.able.modes[teams]), self._all(teams), NOTHING).max(axis=1)
        order = np.argsort(-worth, kind="stable")
        best_gain = max(0, int(self._all(self.pairs[:, None]).max()) - self.extra)
        steps = MOST_MEMBERS - teams.shape[1]
        self.left_out = max(self.left_out, int(worth[order[room]]) + steps * best_gain)
        return teams[np.sort(order[:room])]

    def _gains(self, teams: Ints) -> Bools:
        """Teams * pairs: would the further speaker be worth it and have a language with them?"""
        deep = self.depth[teams].max(axis=1)
        joint = np.maximum(deep[:, None, :], self.depth[self.pairs]) @ self.weights
        more = (joint - (deep @ self.weights)[:, None] - self.extra)[:, :, None]
        fits = (more + self.able.points[self.pairs]) > 0
        fits &= _every(self.able.modes[teams])[:, None, :] & self.able.modes[self.pairs]
        languages = self.able.spoken | self.able.via
        shared = np.bitwise_and.reduce(languages[teams], axis=1)
        talking: Bools = shared[:, None] & languages[self.pairs] != 0
        new: Bools = np.all(teams[:, :, None] != self.pairs, axis=1)
        useful: Bools = np.any(fits, axis=2) & talking & new
        return useful

    def bigger(self, teams: Ints) -> Ints:
        """Teams with one speaker more, each once, members in ascending order."""
        teams = self._most_promising(teams)
        team, added = np.nonzero(self._gains(teams))
        grown = np.sort(np.column_stack([teams[team], self.pairs[added]]), axis=1)
        stride = int(self.pairs[-1]) + 1
        key = grown[:, 0]
        for spot in range(1, grown.shape[1]):
            key = key * stride + grown[:, spot]
        _, first = np.unique(key, return_index=True)
        grown = grown[first]
        return grown[self._needed(grown, _every(self.able.modes[grown]))]


def speaker_teams(tables: Tables, able: Able) -> Teams:
    """Legal teams of every request that could be worth it; single speakers always are."""
    weights, extra = rank_weights(tables), tables.problem.weights.extra_speaker
    depth = levels(tables, able)
    left_out = np.full(len(tables.requests.ids), NOTHING, dtype=np.int64)
    blocks = [np.flatnonzero(depth[:, 0] > 0)[:, None]]
    most = tables.requests.max_speakers
    for request in np.unique(able.request[most[able.request] > 1]).tolist():
        pairs = np.arange(able.begins[request], able.begins[request + 1])
        growth = _Growth(able, depth, weights, extra, pairs)
        teams = pairs[depth[pairs, 0] > 0][:, None]
        for _ in range(int(most[request]) - 1):
            teams = growth.bigger(teams) if len(teams) else teams
            blocks.append(teams)
        left_out[request] = growth.left_out
    members = _stack(blocks)
    there = members >= 0
    deep = np.where(there[:, :, None], depth[members], 0)
    subject = (deep.max(axis=1, initial=0) * weights).sum(axis=1)
    cost = subject - extra * (there.sum(axis=1) - 1)
    return _teams(tables, able, members, cost, left_out)


def interpreter_groups(tables: Tables, able: Able) -> Teams:
    """Groups of the number that each request needs with a language in common."""
    wanted = tables.requests.interpreters
    left_out = np.full(len(wanted), NOTHING, dtype=np.int64)
    blocks = [np.flatnonzero(wanted[able.request] == 1)[:, None]]
    for request in np.unique(able.request[wanted[able.request] > 1]).tolist():
        number = int(wanted[request])
        pairs = np.arange(able.begins[request], able.begins[request + 1])
        best = np.where(able.modes[pairs], able.points[pairs], NOTHING).max(axis=1)
        room = {2: 89, 3: 30}[number]  # so many people form about MOST_TEAMS groups
        if len(pairs) > room:
            order = np.argsort(-best, kind="stable")
            left_out[request] = best[order[room]] + (number - 1) * max(0, int(best.max()))
            pairs = np.sort(pairs[order[:room]])
        rows = pairs[:, None]
        for _ in range(number - 1):
            old, added = np.repeat(rows, len(pairs), axis=0), np.tile(pairs, len(rows))
            later = added > old[:, -1]
            rows = np.column_stack([old[later], added[later]])
            rows = rows[np.bitwise_and.reduce(able.via[rows], axis=1) != 0]
        blocks.append(rows)
    members = _stack(blocks)
    cost = -tables.problem.weights.interpreter * (members >= 0).sum(axis=1)
    return _teams(tables, able, members, cost, left_out)


def _stack(blocks: list[Ints]) -> Ints:
    """Blocks of teams of different sizes as one table, padded with -1."""
    table = np.full((sum(map(len, blocks)), MOST_MEMBERS), -1, dtype=np.int64)
    row = 0
    for block in blocks:
        table[row : row + len(block), : block.shape[1]] = block
        row += len(block)
    return table


def _teams(tables: Tables, able: Able, members: Ints, shared: Ints, left_out: Ints) -> Teams:
    """Teams with their languages, modes and points, sorted by request, at most MOST_TEAMS each."""
    there = members >= 0
    everything = -1  # all bits set: whoever is not there forbids nothing
    spoken = np.where(there, able.spoken[members], everything)
    reached = np.where(there, able.spoken[members] | able.via[members], everything)
    alone = np.bitwise_and.reduce(spoken, axis=1)
    via = np.bitwise_and.reduce(reached, axis=1) & ~alone
    modes = _every(np.where(there[:, :, None], able.modes[members], True))
    own = np.where(there[:, :, None], able.points[members], 0).sum(axis=1)
    points = own + shared[:, None]
    request = able.request[members[:, 0]]
    best = np.where(modes, points, NOTHING).max(axis=1)
    alive = np.flatnonzero(modes.any(axis=1) & ((alone | via) != 0))
    order = alive[np.lexsort((-best[alive], request[alive]))]
    count = len(tables.requests.ids)
    begins = offsets(np.bincount(request[order], minlength=count))
    surplus = np.arange(len(order)) - begins[request[order]] >= MOST_TEAMS
    np.maximum.at(left_out, request[order[surplus]], best[order[surplus]])
    rows = np.sort(order[~surplus])
    rows = rows[np.argsort(request[rows], kind="stable")]
    begins = offsets(np.bincount(request[rows], minlength=count))
    return Teams(
        request[rows],
        members[rows],
        alone[rows],
        via[rows],
        modes[rows],
        points[rows],
        begins,
        left_out,
    )
