"""Timefold (package `timefold`, Java 17): local search over the best columns of every request.

One planning entity a request, one planning variable: the column, with its interpreters. Limits and
overlaps are hard constraints, the score is soft. What clashes at the end all the same is left out.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import combinations
from types import ModuleType
from typing import Any

from peers.board import Board, Talk, periods
from peers.command import Answer, MissingError, Task, run
from peers.facts import DAY, Facts
from peers.menu import NEVER, Menu, menu_of
from peers.menu import Column as ListedColumn

MOST_OBJECTS, FEWEST_COLUMNS, MOST_COLUMNS = 18_000, 10, 200
"""Columns in all (each becomes an object in the Java machine), and of a request: the best ones."""
HANDING_BACK = 0.001
"""Seconds that a column takes on its way back from the Java machine."""
WIDEST = 30
CHEAPEST_HELPERS = 3
"""Interpreters considered for a column that needs some: so many more than it needs."""

MOST_COUNTED = 100
"""Talks of one person or host up to which their points are counted on."""


def plan(task: Task) -> Answer:
    model = load_model()
    board = Board(Facts(task.problem))
    per_request = MOST_OBJECTS // max(1, len(task.problem.requests))
    writer = Writer(model, board, min(MOST_COLUMNS, max(FEWEST_COLUMNS, per_request)))
    for number in range(len(task.problem.requests)):
        if not task.left:
            return Answer(
                board.assignments(),
                info={"stopped": f"no time left after the columns of {number} requests"},
            )
        if number not in board.fixed:
            writer.add(menu_of(board.facts, number, WIDEST))
    info = {"columns": len(writer.talks)}
    if writer.entities and task.left:
        reserve = HANDING_BACK * len(writer.talks)
        quarter = model.Quarter(writer.entities)
        chosen = model.solve(quarter, lambda: max(task.left - reserve, 0.001), task.seed)
        left_out = sum(not writer.place(column) for column in chosen.values())
        info["left out"] = left_out
    return Answer(board.assignments(), info=info)


def load_model() -> ModuleType:
    """The module that needs the package and the Java machine; raises MissingError."""
    if shutil.which("java") is None:
        raise MissingError("Timefold needs Java 17 or later: no `java` was found")
    try:
        from peers import timefold_model  # noqa: PLC0415  only where both are there
    except ImportError as error:
        raise MissingError(f"Timefold is not installed (extra `peers`): {error}") from error
    return timefold_model


class Writer:
    """Makes the model's objects, each only once: handing them over to Java is what takes long."""

    def __init__(self, model: ModuleType, board: Board, per_request: int) -> None:
        self.talks: list[Talk] = []
        self.entities: list[Any] = []
        self._menus: list[Menu] = []
        self._model = model
        self._board = board
        self._per_request = per_request
        self._persons: dict[int, Any] = {}
        self._hosts: dict[str, Any] = {}
        self._crews: dict[tuple[int, ...], Any] = {}
        self._slots: dict[tuple[int, int, str | None], Any] = {}
        self._venues: dict[str | None, int] = {None: 0}
        self._places = self._all_places()

    def _all_places(self) -> dict[str | None, Any]:
        facts = self._board.facts
        names: list[str | None] = [None]
        names += sorted({row.district for row in facts.problem.requests})
        return {
            name: self._model.Place(number, [facts.gap(name, to) for to in names])
            for number, name in enumerate(names)
        }

    def add(self, menu: Menu) -> None:
        columns = []
        for points, slot, at in self._chosen(menu):
            for talk in self._staffed(menu, points, slot, at):
                columns.append(self._column(menu, talk))
                self.talks.append(talk)
                self._menus.append(menu)
        if columns:
            venue = self._venues.setdefault(menu.request.venue, len(self._venues))
            host = self._host(menu.request.organisation)
            self.entities.append(self._model.Talk(menu.number, host, venue, columns))

    def _chosen(self, menu: Menu) -> Iterator[ListedColumn]:
        """The best columns of a request, of each team and day only the best start."""
        seen: set[tuple[int, int]] = set()
        for column in menu.columns(0, len(menu)):
            _, slot, team = column
            day = int(menu.slots.start[slot]) // DAY
            if (team, day) not in seen and len(seen) < self._per_request:
                seen.add((team, day))
                yield column

    def place(self, column: int) -> bool:
        """Put the chosen column on the board, if it is legal there."""
        talk, menu = self.talks[column], self._menus[column]
        district = None if talk.online else menu.request.district
        legal = self._board.welcome(menu.request, talk.start) and all(
            self._board.takes(person, talk.start, talk.end, district) for person in talk.people
        )
        if legal:
            self._board.place(talk)
        return legal

    def _staffed(self, menu: Menu, points: int, slot: int, at: int) -> Iterator[Talk]:
        """The column once, or once for every choice of interpreters."""
        team, start = menu.teams[at], int(menu.slots.start[slot])
        online, end = bool(menu.slots.online[slot]), start + menu.request.minutes
        base = menu.worth + points
        if not team.interpreters:
            yield Talk(menu.number, start, end, online, team.language, team.speakers, base)
            return
        helpers = menu.helpers[menu.helpers_of(team, slot)]
        costs = zip(helpers.cost[:, slot].tolist(), helpers.numbers.tolist(), strict=True)
        able = sorted(pair for pair in costs if pair[0] < NEVER)
        able = able[: team.interpreters - 1 + CHEAPEST_HELPERS]
        least = sum(cost for cost, _ in able[: team.interpreters])
        for chosen in combinations(able, team.interpreters):
            people = (*team.speakers, *(person for _, person in chosen))
            worth = base + least - sum(cost for cost, _ in chosen)
            yield Talk(menu.number, start, end, online, team.language, people, worth)

    def _column(self, menu: Menu, talk: Talk) -> Any:
        place = None if talk.online else menu.request.district
        key = talk.start, talk.end, place
        if key not in self._slots:
            day, week, month = periods(talk.start // DAY)
            midnight = talk.start // DAY * DAY
            self._slots[key] = self._model.Slot(
                talk.start - midnight, talk.end - midnight, day, week, month, self._places[place]
            )
        if talk.people not in self._crews:
            people = [self._person(number) for number in talk.people]
            self._crews[talk.people] = self._model.Crew(people)
        slot, crew = self._slots[key], self._crews[talk.people]
        return self._model.Column(len(self.talks), talk.points, slot, crew)

    def _host(self, name: str) -> Any:
        if name not in self._hosts:
            most, points = self._board.host_room(name, 0), [0]
            for ahead in range(min(most, MOST_COUNTED)):
                points.append(points[-1] + self._board.fairness(name, ahead))
            row = self._board.facts.problem.organisation[name]
            host = self._model.Host(len(self._hosts), row.max_per_week, most, points)
            self._hosts[name] = host
        return self._hosts[name]

    def _person(self, number: int) -> Any:
        if number not in self._persons:
            most, points = self._board.person_room(number, 0), [0]
            for ahead in range(min(most, MOST_COUNTED)):
                points.append(points[-1] - self._board.burden(number, ahead))
            row = self._board.facts.people[number]
            self._persons[number] = self._model.Person(
                number, row.max_per_day, row.max_per_week, row.max_per_month, most, points
            )
        return self._persons[number]


if __name__ == "__main__":
    run(plan, prepare=load_model)
