"""The teams that could hold one request: one to three speakers and a language, none idle."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np

from matchmaker.scheduling.problem import Interpreting, Mode, Request
from peers.facts import Facts
from peers.spans import Bools, Ints

RANKS = (40, 30, 20, 10, 10, 10)
MOST_TEAMS = 200_000
WORTHLESS = -(2**40)
"""Points of what is not allowed."""


class TooManyTeamsError(RuntimeError):
    """The list of teams of one request would not end."""


@dataclass(frozen=True, slots=True)
class Team:
    """Speakers by number; `points` leave out the slot, their dislikes and the interpreters."""

    speakers: tuple[int, ...]
    language: str
    interpreters: int
    points: int


@dataclass(frozen=True, slots=True)
class _Able:
    """What the able speakers bring, one row each: levels [topic], speaks [language], points."""

    levels: Ints
    speaks: Bools
    german: Bools
    points: Ints


@dataclass(frozen=True, slots=True)
class _Valued:
    """All teams of one size: members by row, points without and with interpreters [language].

    `plain_in` is the position of the language for the points without interpreters.
    """

    members: Ints
    plain: Ints
    plain_in: Ints
    interpreted: Ints


def teams_of(
    facts: Facts, request: Request, mode: Mode, speakers: Ints, widest: int | None
) -> list[Team]:
    """Every allowed team that gains by each of its members and by its interpreters.

    Leaving somebody out never breaks a rule as long as the first topic stays covered, and frees
    them for others: a team that is worth no more than a part of it can be passed over.
    """
    able = _able(facts, request, mode, speakers)
    valued: list[_Valued] = []
    teams: list[Team] = []
    for size in range(1, min(request.max_speakers, len(speakers)) + 1):
        rows = np.arange(len(speakers))
        if size > 1 and widest is not None and len(rows) > widest:
            rows = np.sort(np.argsort(-_alone(facts, able), kind="stable")[:widest])
        found = _value(facts, request, able, _members(rows, size))
        better = _without_idle(found, valued, len(speakers)) if valued else found
        teams += _listed(request, speakers, better)
        valued.append(found)
    return teams


def _able(facts: Facts, request: Request, mode: Mode, speakers: Ints) -> _Able:
    weights, published = facts.problem.weights, facts.published.get(request.id)
    rows = [facts.problem.speakers[number] for number in speakers.tolist()]
    points = facts.stays(speakers, request.preferred_speakers, weights.preferred)
    points = points - facts.way(speakers, request, mode)
    if published is not None:
        points = points + facts.stays(speakers, published.speakers, weights.swap_speaker)
    levels = [[row.topics.get(topic, 0) for topic in request.topics] for row in rows]
    speaks = [[language in row.languages for language in request.languages] for row in rows]
    return _Able(
        np.array(levels, dtype=np.int64).reshape(len(rows), len(request.topics)),
        np.array(speaks, dtype=np.bool_).reshape(len(rows), len(request.languages)),
        np.array(["de" in row.languages for row in rows], dtype=np.bool_),
        points,
    )


def _alone(facts: Facts, able: _Able) -> Ints:
    factors = np.array(RANKS[: able.levels.shape[1]]) * facts.problem.weights.topics
    return np.asarray(able.levels @ factors + able.points)


def _members(rows: Ints, size: int) -> Ints:
    if comb(len(rows), size) > MOST_TEAMS:
        raise TooManyTeamsError(f"{len(rows)} speakers could form teams of {size}")
    chosen = list(combinations(rows.tolist(), size))
    return np.array(chosen, dtype=np.int64).reshape(len(chosen), size)


def _value(facts: Facts, request: Request, able: _Able, members: Ints) -> _Valued:
    weights = facts.problem.weights
    factors = np.array(RANKS[: len(request.topics)], dtype=np.int64) * weights.topics
    levels = able.levels[members].max(axis=1)
    points = levels @ factors + able.points[members].sum(axis=1)
    points = points - weights.extra_speaker * (members.shape[1] - 1)
    points = np.where(levels[:, 0] > 0, points, WORTHLESS)
    by_rank = (weights.language_first, weights.language_second, *[weights.language_later] * 4)
    ranks = np.array(by_rank[: len(request.languages)], dtype=np.int64)
    speaks = able.speaks[members]
    needed = ~speaks.all(axis=1)
    plain = np.where(needed, WORTHLESS, ranks + weights.no_interpreter)
    with_german = (speaks | able.german[members][:, :, None]).all(axis=1)
    foreign = np.array([language != "de" for language in request.languages])
    allowed = needed & with_german & foreign & (request.interpreting is Interpreting.IF_NEEDED)
    paid = ranks - weights.interpreter * request.interpreters_needed
    return _Valued(
        members,
        points + plain.max(axis=1),
        plain.argmax(axis=1),
        np.where(allowed, points[:, None] + paid, WORTHLESS),
    )


def _without_idle(found: _Valued, smaller: list[_Valued], speakers: int) -> _Valued:
    """The teams again, worthless where one with fewer of the same people is worth as much."""
    plain, interpreted = found.plain.copy(), found.interpreted.copy()
    for part in smaller:
        size = part.members.shape[1]
        for places in combinations(range(found.members.shape[1]), size):
            at = _positions(part.members, found.members[:, places], speakers)
            known = at >= 0
            best_plain = np.where(known, part.plain[at], WORTHLESS)
            best_any = np.where(known[:, None], part.interpreted[at], WORTHLESS)
            best_any = np.maximum(best_any, best_plain[:, None])
            plain[plain <= best_plain] = WORTHLESS
            interpreted[interpreted <= best_any] = WORTHLESS
    return _Valued(found.members, plain, found.plain_in, interpreted)


def _positions(listed: Ints, wanted: Ints, speakers: int) -> Ints:
    """Where each wanted team stands in the list, which is in lexical order; -1 if nowhere."""
    scale = np.array([speakers**power for power in reversed(range(listed.shape[1]))])
    keys, asked = listed @ scale, wanted @ scale
    at = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
    return np.asarray(np.where(keys[at] == asked, at, -1))


def _listed(request: Request, speakers: Ints, valued: _Valued) -> list[Team]:
    """Team objects; interpreters are only worth it for more points than without them."""
    limit = WORTHLESS // 2
    teams = []
    paid = (valued.interpreted > valued.plain[:, None]) & (valued.interpreted > limit)
    for row in np.flatnonzero((valued.plain > limit) | paid.any(axis=1)).tolist():
        members = tuple(speakers[valued.members[row]].tolist())
        if valued.plain[row] > limit:
            language = request.languages[int(valued.plain_in[row])]
            teams.append(Team(members, language, 0, int(valued.plain[row])))
        for at in np.flatnonzero(paid[row]).tolist():
            points = int(valued.interpreted[row, at])
            teams.append(Team(members, request.languages[at], request.interpreters_needed, points))
    return teams
