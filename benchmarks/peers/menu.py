"""Everything that could be decided for one request: its columns (team, slot) by points."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from matchmaker.scheduling.problem import Mode, Request
from peers.facts import Facts, Slots
from peers.spans import Bools, Ints
from peers.teams import Team, teams_of

BATCH = 5_000
NEVER = 2**40
"""Points that no column is worth: the cost of an interpreter who cannot come."""


Column = tuple[int, int, int]
"""Points (they allow for the cheapest interpreters), slot and team of a choice for a request."""


@dataclass(frozen=True, slots=True)
class Helpers:
    """The interpreters of a language: who, and what each costs at each slot (NEVER: cannot)."""

    numbers: Ints
    cost: Ints

    def cheapest(self, count: int) -> Ints:
        """For every slot the least that so many of them cost together."""
        if len(self.numbers) < count:
            return np.full(self.cost.shape[1], NEVER, dtype=np.int64)
        return np.asarray(np.sort(self.cost, axis=0)[:count].sum(axis=0))


@dataclass(frozen=True, slots=True)
class Menu:
    """The columns of a request, the best first, as far as they stand on their own.

    What other talks do to it (people's time and load, the host, the venue) is for the plan to say,
    as is the fairness that serving it earns; `worth` are the points that all columns have alike.
    """

    number: int
    request: Request
    worth: int
    slots: Slots
    teams: tuple[Team, ...]
    helpers: dict[str, Helpers]
    points: Ints
    slot: Ints
    team: Ints

    def __len__(self) -> int:
        return len(self.points)

    def helpers_of(self, team: Team, slot: int) -> str:
        """The key in `helpers` for a team that needs interpreters."""
        return helpers_key(team.language, online=bool(self.slots.online[slot]))

    def columns(self, begin: int, end: int) -> list[Column]:
        """Those from one position to another, the best first."""
        part = slice(begin, end)
        return list(
            zip(
                self.points[part].tolist(),
                self.slot[part].tolist(),
                self.team[part].tolist(),
                strict=True,
            )
        )


def menu_of(facts: Facts, number: int, widest: int | None) -> Menu:
    """The menu of the request at that position of the problem.

    Teams of several are formed among the `widest` speakers who are worth most, or all if None.
    """
    cook = _Cook(facts, facts.problem.requests[number])
    parts = [part for mode in Mode for part in cook.columns(mode, widest)]
    empty = (np.empty(0, dtype=np.int64),) * 3
    columns = [np.concatenate(column) for column in zip(empty, *parts, strict=True)]
    order = np.argsort(-columns[0], kind="stable")
    points, slot, team = (column[order] for column in columns)
    request, teams = cook.request, tuple(cook.teams)
    worth = facts.worth(request)
    return Menu(number, request, worth, cook.slots, teams, cook.helpers, points, slot, team)


class _Cook:
    """Makes the menu of one request: first on site, then online."""

    def __init__(self, facts: Facts, request: Request) -> None:
        self.request = request
        self.slots = facts.slots(request)
        self.teams: list[Team] = []
        self.helpers: dict[str, Helpers] = {}
        self._facts = facts

    def columns(self, mode: Mode, widest: int | None) -> Iterator[tuple[Ints, Ints, Ints]]:
        """Points, slots and teams of the columns, some teams of one size at a time."""
        facts, request, online = self._facts, self.request, mode is Mode.ONLINE
        at = np.flatnonzero(self.slots.online == online)
        if not len(at):
            return
        there = self.slots.part(at)
        speakers = facts.able_speakers(request, mode)
        free = facts.free(speakers, request, there)
        speakers, free = speakers[free.any(axis=1)], free[free.any(axis=1)]
        disliked = facts.disliked(speakers, request, there)
        for teams in _batches(teams_of(facts, request, mode, speakers, widest)):
            members = np.searchsorted(speakers, np.array([team.speakers for team in teams]))
            able = free[members].all(axis=1)
            each = np.array([team.points for team in teams], dtype=np.int64)
            points = each[:, None] + there.points - disliked[members].sum(axis=1)
            self._charge_interpreters(mode, teams, at, able, points)
            team, inside = np.nonzero(able)
            yield points[team, inside], at[inside], team + len(self.teams)
            self.teams += teams

    def _charge_interpreters(
        self, mode: Mode, teams: list[Team], at: Ints, able: Bools, points: Ints
    ) -> None:
        """Take the cheapest off the points, and the slots at which there are too few."""
        languages = np.array([team.language if team.interpreters else "" for team in teams])
        for language in sorted({str(name) for name in languages} - {""}):
            least = self._helpers(mode, language).cheapest(self.request.interpreters_needed)[at]
            rows = languages == language
            able[rows] &= least < NEVER
            points[rows] -= least

    def _helpers(self, mode: Mode, language: str) -> Helpers:
        """The interpreters of a language for one mode; looked up once."""
        name = helpers_key(language, online=mode is Mode.ONLINE)
        if name not in self.helpers:
            facts, request, slots = self._facts, self.request, self.slots
            numbers = facts.able_interpreters(request, mode, language)
            free = facts.free(numbers, request, slots)
            free &= slots.online == (mode is Mode.ONLINE)
            published = facts.published.get(request.id)
            expected = published.interpreters if published else ()
            each = facts.way(numbers, request, mode)
            each = each - facts.stays(numbers, expected, facts.problem.weights.swap_interpreter)
            cost = each[:, None] + facts.disliked(numbers, request, slots)
            self.helpers[name] = Helpers(numbers, np.where(free, cost, NEVER))
        return self.helpers[name]


def _batches(teams: list[Team]) -> Iterator[list[Team]]:
    """Teams of equal size, not too many at once; the list begins with the small ones."""
    for _, group in groupby(teams, key=lambda team: len(team.speakers)):
        rest = list(group)
        for begin in range(0, len(rest), BATCH):
            yield rest[begin : begin + BATCH]


def helpers_key(language: str, *, online: bool) -> str:
    """Under which name a menu keeps the interpreters of a language."""
    return f"{language} {'online' if online else 'onsite'}"
