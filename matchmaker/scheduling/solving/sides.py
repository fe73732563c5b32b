"""Both sides of every possible talk: speaker teams and interpreter groups, place by place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchmaker.scheduling.solving.able import Able, able_interpreters, able_speakers
from matchmaker.scheduling.solving.arrays import NOTHING, Ints, expand, offsets
from matchmaker.scheduling.solving.case import Case
from matchmaker.scheduling.solving.free import Free, distinct_places, find_free, take_places
from matchmaker.scheduling.solving.places import Places, find_places
from matchmaker.scheduling.solving.teams import (
    MOST_MEMBERS,
    Teams,
    interpreter_groups,
    speaker_teams,
)


@dataclass(frozen=True, slots=True)
class Side:
    """Teams (or groups) at the places where all members are free, with the points of both.

    Row by row: `team`, `key` = place * 2 + mode, `points` of the members there. By team: `people`
    (rows of the members, -1: none) and the sets of languages `spoken` and `via`.
    """

    people: Ints
    spoken: Ints
    via: Ints
    team: Ints
    key: Ints
    points: Ints

    def __len__(self) -> int:
        return len(self.team)

    def take(self, rows: Ints) -> Side:
        """Some of the rows; the teams keep their numbers."""
        chosen = self.team[rows], self.key[rows], self.points[rows]
        return Side(self.people, self.spoken, self.via, *chosen)


@dataclass(frozen=True, slots=True)
class Sides:
    """All that talks of some requests are put together from.

    By place: `request`, `start`, `day`, `value`. The rows of `speakers` are sorted by request,
    those of the n-th of `requests` being `begins[n]:begins[n + 1]`; the rows of `interpreters` are
    sorted by key (`groups_of_key`). `unlisted[n]` bounds the points of talks of a request that
    were not listed because there were too many (NOTHING: all are listed).
    """

    requests: Ints
    request: Ints
    start: Ints
    day: Ints
    value: Ints
    speakers: Side
    begins: Ints
    interpreters: Side
    groups_of_key: Ints
    unlisted: Ints


def _side(case: Case, able: Able, teams: Teams, free: Free, places: Places) -> Side:
    team, position = expand(places.begins[teams.request + 1] - places.begins[teams.request])
    place = places.begins[teams.request[team]] + position
    able_to = teams.modes[team]
    avoided = np.zeros(len(team), dtype=np.int64)
    for member in range(MOST_MEMBERS):
        who = teams.members[:, member]
        row = np.flatnonzero(who[team] >= 0)
        cell = free.begins[who[team[row]]] + position[row]
        able_to[row] &= free.open[cell]
        avoided[row] += free.avoid[cell]
    row, mode = np.nonzero(able_to)
    points = teams.points[team[row], mode] - case.tables.problem.weights.avoid * avoided[row]
    there = teams.members >= 0
    people = np.full(there.shape, -1, dtype=np.int64)
    people[there] = able.person[teams.members[there]]
    return Side(people, teams.spoken, teams.via, team[row], place[row] * 2 + mode, points)


def _by_key(side: Side) -> Side:
    return side.take(np.argsort(side.key, kind="stable"))


def find_sides(case: Case, chosen: Ints) -> Sides:
    """Both sides for the chosen requests (ascending), given what stands."""
    places = find_places(case, chosen)
    speakers, interpreters = able_speakers(case, chosen), able_interpreters(case, chosen)
    free_speakers = find_free(case, speakers, places)
    free_interpreters = find_free(case, interpreters, places)
    keep = distinct_places(
        case, places, [(speakers, free_speakers), (interpreters, free_interpreters)]
    )
    places = places.take(keep)
    teams = speaker_teams(case.tables, speakers)
    groups = interpreter_groups(case.tables, interpreters)
    left = _side(case, speakers, teams, take_places(free_speakers, keep), places)
    right = _side(case, interpreters, groups, take_places(free_interpreters, keep), places)
    right = _by_key(right)
    counts = np.bincount(teams.request[left.team], minlength=len(case.tables.requests.ids))
    return Sides(
        requests=chosen,
        request=places.request,
        start=places.start,
        day=places.day,
        value=places.value,
        speakers=left,
        begins=offsets(counts[chosen]),
        interpreters=right,
        groups_of_key=offsets(np.bincount(right.key, minlength=2 * len(places))),
        unlisted=_unlisted(case, places, teams, groups)[chosen],
    )


def _unlisted(case: Case, places: Places, teams: Teams, groups: Teams) -> Ints:
    """Per request: the most that a talk with a team or group left out could earn."""
    most = []
    for side in (teams, groups):
        best = np.maximum(side.left_out, 0)
        np.maximum.at(best, side.request, side.points.max(axis=1, initial=0))
        most.append(best)
    place = np.full(len(best), NOTHING, dtype=np.int64)
    np.maximum.at(place, places.request, places.value)
    weights = case.tables.problem.weights
    language = max(weights.language_first, weights.language_second, weights.language_later)
    points = case.request_points + most[0] + most[1] + language + weights.no_interpreter
    some_left = np.maximum(teams.left_out, groups.left_out) > NOTHING
    return np.where(some_left & (place > NOTHING), points + place, NOTHING)
