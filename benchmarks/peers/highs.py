"""HiGHS on all columns, through OR-Tools: every team of a request at every start is a variable.

The rows are those of a textbook: each request once, what people and hosts can take, no overlaps.
Interpreters are variables of their own, tied to the columns that need them.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver.python import model_builder_helper as mb

from peers.board import Board, Talk
from peers.command import Answer, GaveUpError, Task, run, value_of
from peers.facts import Facts
from peers.limits import Limits
from peers.menu import NEVER, Menu, menu_of
from peers.teams import TooManyTeamsError

WIDEST = 30
"""Speakers of whom teams are listed where the list of all would be endless: then no bound."""
MOST_COLUMNS = 4_000_000
"""Some ten gigabytes in this model, and far more than HiGHS solves."""


@dataclass(slots=True)
class Model:
    """Variables by their points and upper bounds, rows by members, coefficients and limits."""

    points: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    rows: list[tuple[list[int], list[float], float, float]] = field(default_factory=list)

    def variable(self, points: float, upper: float = 1.0) -> int:
        self.points.append(points)
        self.upper.append(upper)
        return len(self.points) - 1

    def at_most(self, members: list[int], most: float) -> None:
        self.rows.append((members, [1.0] * len(members), -math.inf, most))

    def balance(self, plus: list[int], minus: list[int], times: float = 1.0) -> None:
        """As many of `plus` as `times` those of `minus`."""
        factors = [1.0] * len(plus) + [-times] * len(minus)
        self.rows.append(([*plus, *minus], factors, 0.0, 0.0))


def plan(task: Task) -> Answer:
    board = Board(Facts(task.problem))
    base = value_of(board)
    writer = Writer(task, board)
    try:
        writer.write()
        if not writer.columns:
            return Answer(board.assignments(), base)
        solver = _solve(task, writer.model)
    except GaveUpError as error:
        return Answer(board.assignments(), info={"stopped": str(error)})
    info = {"columns": len(writer.columns), "rows": len(writer.model.rows)}
    if solver.status() not in (mb.OPTIMAL, mb.FEASIBLE):
        return Answer(board.assignments(), info=info | {"stopped": "searching"})
    writer.place(np.asarray(solver.variable_values()))
    limit = solver.best_objective_bound()
    proven = writer.complete and solver.objective_value() - 0.5 < limit < NEVER
    bound = base + math.floor(limit + 1e-6) if proven else None
    return Answer(board.assignments(), bound, info)


class Writer:
    """Writes the model down and knows what its variables mean.

    `columns` are (request, slot, team), `helpers` (request, slot, interpreter); `complete` is False
    if the teams of some request were too many to list.
    """

    def __init__(self, task: Task, board: Board) -> None:
        self.model = Model()
        self.columns: dict[int, tuple[int, int, int]] = {}
        self.helpers: dict[int, tuple[int, int, int]] = {}
        self.complete = True
        self._task = task
        self._board = board
        self._limits = Limits(board)
        self._menus: dict[int, Menu] = {}

    def write(self) -> None:
        """All of it; raises GaveUpError."""
        for number in range(len(self._task.problem.requests)):
            self._check_time(f"listing the columns of {number} requests")
            if number not in self._board.fixed:
                self._request(self._menu(number))
        for members, most in self._limits.rows(cliques=True):
            self._check_time("listing the rows")
            self.model.at_most(members, most)
        for members, gains in self._limits.fairness():
            self.model.balance(members, [self.model.variable(gain) for gain in gains])
        for members, costs in self._limits.burdens():
            self.model.balance(members, [self.model.variable(-cost) for cost in costs])

    def _check_time(self, what: str) -> None:
        if not self._task.left:
            raise GaveUpError(f"no time left after {what}")
        if len(self.columns) > MOST_COLUMNS:
            raise GaveUpError(f"more than {MOST_COLUMNS} columns after {what}")

    def _menu(self, number: int) -> Menu:
        try:
            menu = menu_of(self._board.facts, number, None)
        except TooManyTeamsError:
            menu, self.complete = menu_of(self._board.facts, number, WIDEST), False
        self._menus[number] = menu
        return menu

    def _request(self, menu: Menu) -> None:
        """Its columns, of which one at most is taken, and the interpreters that they need."""
        count = menu.request.interpreters_needed
        least = {key: row.cheapest(count) for key, row in menu.helpers.items()}
        needing: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
        listed = []
        for points, slot, at in menu.columns(0, len(menu)):
            team = menu.teams[at]
            if not self._possible(menu, team.speakers, slot):
                continue
            key = menu.helpers_of(team, slot)
            given_back = int(least[key][slot]) if team.interpreters else 0
            variable = self.model.variable(menu.worth + points + given_back)
            listed.append(variable)
            self.columns[variable] = menu.number, slot, at
            self._limits.hold(variable, menu.number, int(menu.slots.start[slot]))
            self._use(variable, menu, slot, team.speakers)
            if team.interpreters:
                needing[slot, key].append(variable)
        self.model.at_most(listed, 1)
        for (slot, key), columns in needing.items():
            self.model.balance(self._interpreters(menu, slot, key), columns, count)

    def _interpreters(self, menu: Menu, slot: int, key: str) -> list[int]:
        helpers = menu.helpers[key]
        costs = zip(helpers.numbers.tolist(), helpers.cost[:, slot].tolist(), strict=True)
        added = []
        for person, cost in costs:
            if cost < NEVER and self._possible(menu, (person,), slot):
                variable = self.model.variable(-cost)
                added.append(variable)
                self.helpers[variable] = menu.number, slot, person
                self._use(variable, menu, slot, (person,))
        return added

    def _use(self, variable: int, menu: Menu, slot: int, people: Iterable[int]) -> None:
        start, online = int(menu.slots.start[slot]), bool(menu.slots.online[slot])
        for person in people:
            self._limits.use(variable, menu.number, start, online=online, person=person)

    def _possible(self, menu: Menu, people: Iterable[int], slot: int) -> bool:
        """Whether it is legal beside the fixed talks."""
        if not self._board.fixed:
            return True
        start = int(menu.slots.start[slot])
        district = None if menu.slots.online[slot] else menu.request.district
        end = start + menu.request.minutes
        return self._board.welcome(menu.request, start) and all(
            self._board.takes(person, start, end, district) for person in people
        )

    def place(self, values: NDArray[np.float64]) -> None:
        """Put the talks of a solution on the board."""
        chosen = set(np.flatnonzero(values > 0.5).tolist())
        helpers: defaultdict[int, list[int]] = defaultdict(list)
        for variable in sorted(chosen & self.helpers.keys()):
            number, _, person = self.helpers[variable]
            helpers[number].append(person)
        for variable in sorted(chosen & self.columns.keys()):
            number, slot, at = self.columns[variable]
            menu = self._menus[number]
            start, team = int(menu.slots.start[slot]), menu.teams[at]
            end, online = start + menu.request.minutes, bool(menu.slots.online[slot])
            people = (*team.speakers, *helpers[number])
            self._board.place(Talk(number, start, end, online, team.language, people))


def _solve(task: Task, model: Model) -> mb.ModelSolverHelper:
    helper = mb.ModelBuilderHelper()
    count = len(model.points)
    helper.add_var_array_with_bounds(
        np.zeros(count), np.array(model.upper), np.ones(count, dtype=np.bool_), ""
    )
    helper.set_objective_coefficients(list(range(count)), model.points)
    helper.set_maximize(True)
    put = helper.set_constraint_coefficient
    for row, (members, factors, low, high) in enumerate(model.rows):
        helper.add_linear_constraint()
        helper.set_constraint_lower_bound(row, low)
        helper.set_constraint_upper_bound(row, high)
        for member, factor in zip(members, factors, strict=True):
            put(row, member, factor)
        if row % 1000 == 0 and not task.left:
            raise GaveUpError("no time left after handing some rows over")
    solver = mb.ModelSolverHelper("highs")
    solver.set_time_limit_in_seconds(max(task.left, 0.01))
    solver.solve(helper)
    return solver


if __name__ == "__main__":
    run(plan)
