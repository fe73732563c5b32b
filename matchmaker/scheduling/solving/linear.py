"""The linear relaxation over the columns at hand, solved exactly by simplex.

GLOP takes the basis of a smaller relaxation over, which makes it by far the fastest while columns
are added to programs of a few thousand rows. It comes with OR-Tools (MathOpt).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from matchmaker.scheduling.solving.arrays import Floats, Ints, positions
from matchmaker.scheduling.solving.clock import Clock
from matchmaker.scheduling.solving.columns import Columns
from matchmaker.scheduling.solving.prices import SCALE
from matchmaker.scheduling.solving.rows import Rows

LOWER, BASIC = 2, 5  # MathOpt's numbers for the state of a variable or a row in a basis


Names = tuple[Ints, Ints, Ints]
"""Of columns, steps and rows, two numbers each: the same in every program of the case."""


@dataclass(frozen=True, slots=True)
class Ending:
    """The states of the basis where GLOP ended, by name: the next one starts there."""

    names: Names
    states: tuple[Floats, Floats, Floats]


@dataclass(frozen=True, slots=True)
class Relaxed:
    """`total` points; `share` of each column; duals of rows and requests in parts of a point.

    `ending` is where simplex may go on, if that found it.
    """

    total: float
    share: Floats
    duals: Ints
    request_duals: Ints
    ending: Ending | None = None


@dataclass(frozen=True)
class Program:
    """Columns and what they share. The model has the steps first, then the columns.

    Its rows are those of `rows`, then one for each request of `present`.
    """

    columns: Columns
    rows: Rows

    @cached_property
    def present(self) -> Ints:
        """The requests of the columns, ascending."""
        return np.unique(self.columns.request)

    @property
    def size(self) -> int:
        return len(self.rows.step_row) + len(self.columns)

    @property
    def names(self) -> Names:
        return self.columns.identity, self.step_names, self.row_names

    @property
    def row_names(self) -> Ints:
        """Two numbers a row, the same in every program of the case."""
        names = np.concatenate([self.rows.name, self.present])
        return np.column_stack([names, np.repeat([0, 1], [len(self.rows.name), len(self.present)])])

    @property
    def step_names(self) -> Ints:
        """The row of each step by name, and which of its steps it is."""
        row = self.rows.step_row
        heads = np.flatnonzero(np.diff(row, prepend=-1))
        nth = np.arange(len(row)) - np.repeat(heads, np.diff(np.append(heads, len(row))))
        return np.column_stack([self.rows.name[row], nth])


def solve_relaxation(
    clock: Clock,
    program: Program,
    requests: int,
    *,
    start: Ending | None = None,
    few: bool = False,
) -> Relaxed | None:
    """The optimum if columns may be taken in part; None if the time did not suffice.

    `requests` is how many the case has. Where only a `few` columns are new since `start`, the dual
    simplex is the quicker one: all columns are bounded, so that any basis will do for it.
    """
    from matchmaker.scheduling.solving import engine  # noqa: PLC0415  takes 0.2 s

    hint = engine.new_hint()
    if start is not None:
        _begin_at(hint, program, start)
    settings = engine.new_settings(clock)
    settings.glop.use_preprocessing = start is None  # it would lose the basis
    settings.glop.use_dual_simplex = few and start is not None
    answer = engine.run(clock, "glop", make_model(program), settings, hint)
    return None if answer is None else _relaxed(program, requests, answer)


@dataclass(frozen=True, slots=True)
class AtLeast:
    """So many of these columns have to be taken."""

    columns: Ints
    number: int


def make_model(program: Program, *, whole: bool = False, stay: AtLeast | None = None) -> Any:
    """The steps, then the columns (`whole`: taken or not) as a maximisation in MathOpt's form."""
    from matchmaker.scheduling.solving import engine  # noqa: PLC0415  takes 0.2 s

    columns, rows = program.columns, program.rows
    steps, count = len(rows.step_row), program.size
    model = engine.new_model()
    variables = model.variables
    variables.ids.extend(range(count))
    variables.lower_bounds.extend([0.0] * count)
    variables.upper_bounds.extend([*rows.step_size.astype(float).tolist(), *[1.0] * len(columns)])
    variables.integers.extend([*[False] * steps, *[whole] * len(columns)])
    points = np.concatenate([-rows.step_cost, columns.value]).astype(np.float64)
    worth = np.flatnonzero(points)
    model.objective.maximize = True
    model.objective.linear_coefficients.ids.extend(worth.tolist())
    model.objective.linear_coefficients.values.extend(points[worth].tolist())
    limits = [*rows.limit.astype(float).tolist(), *[1.0] * len(program.present)]
    model.linear_constraints.ids.extend(range(len(limits)))
    model.linear_constraints.lower_bounds.extend([-np.inf] * len(limits))
    model.linear_constraints.upper_bounds.extend(limits)
    column = np.repeat(np.arange(len(columns)), np.diff(rows.begins)) + steps
    every = np.arange(len(columns)) + steps
    of_request = np.searchsorted(program.present, columns.request) + len(rows.limit)
    row = np.concatenate([rows.step_row, rows.row, of_request])
    entry = np.concatenate([np.arange(steps), column, every])
    size = np.ones(len(row))
    size[:steps] = -1
    order = np.lexsort((entry, row))
    matrix = model.linear_constraint_matrix
    matrix.row_ids.extend(row[order].tolist())
    matrix.column_ids.extend(entry[order].tolist())
    matrix.coefficients.extend(size[order].tolist())
    if stay is not None:
        _require(model, len(limits), stay.columns + steps, stay.number)
    return model


def _require(model: Any, row: int, variables: Ints, least: int) -> None:
    """One row more, the last: at least so many of the variables."""
    model.linear_constraints.ids.append(row)
    model.linear_constraints.lower_bounds.append(float(least))
    model.linear_constraints.upper_bounds.append(np.inf)
    matrix = model.linear_constraint_matrix
    matrix.row_ids.extend([row] * len(variables))
    matrix.column_ids.extend(np.sort(variables).tolist())
    matrix.coefficients.extend([1.0] * len(variables))


def _begin_at(hint: Any, program: Program, start: Ending) -> None:
    """Take over what is known: new columns and steps start at nothing, new rows unbound."""
    columns, steps, of_rows = (
        carried(new, old, states, missing)
        for new, old, states, missing in zip(
            program.names, start.names, start.states, (LOWER, LOWER, BASIC), strict=True
        )
    )
    of_variables = np.concatenate([steps, columns])
    if int((of_rows == BASIC).sum() + (of_variables == BASIC).sum()) == len(of_rows):
        _fill(hint.initial_basis.variable_status, of_variables.astype(np.int64))
        _fill(hint.initial_basis.constraint_status, of_rows.astype(np.int64))


def carried(names: Ints, old: Ints, values: Floats, otherwise: float) -> Floats:
    """The values of those that were there before, by their new order."""
    spot = positions(names, old)
    found = np.full(len(names), float(otherwise))
    found[spot >= 0] = values[spot[spot >= 0]]
    return found


def _fill(vector: Any, values: Floats | Ints) -> None:
    vector.ids.extend(range(len(values)))
    vector.values.extend(values.tolist())


def _relaxed(program: Program, requests: int, answer: Any) -> Relaxed | None:
    from matchmaker.scheduling.solving import engine  # noqa: PLC0415  takes 0.2 s

    if not answer.solutions or not engine.optimal(answer):
        return None
    solution = answer.solutions[0]
    steps, rows = len(program.rows.step_row), program.rows
    taken = _dense(solution.primal_solution.variable_values, program.size)
    dual = _dense(solution.dual_solution.dual_values, len(rows.limit) + len(program.present))
    duals = np.rint(np.maximum(dual, 0) * SCALE).astype(np.int64)
    share = taken[steps:]
    total = float(program.columns.value @ share - rows.step_cost @ taken[:steps])
    taken_states = _dense(solution.basis.variable_status, program.size)
    row_states = _dense(solution.basis.constraint_status, len(dual))
    ending = Ending(program.names, (taken_states[steps:], taken_states[:steps], row_states))
    of_requests = np.zeros(requests, dtype=np.int64)
    of_requests[program.present] = duals[len(rows.limit) :]
    return Relaxed(total, share, duals[: len(rows.limit)], of_requests, ending)


def _dense(vector: Any, size: int) -> Floats:
    values = np.zeros(size)
    values[np.array(vector.ids, dtype=np.int64)] = np.array(vector.values, dtype=np.float64)
    return values
