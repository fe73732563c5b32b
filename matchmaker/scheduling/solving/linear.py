"""The linear relaxation over the columns at hand: exactly by simplex, or nearly by PDLP.

GLOP takes the basis of a smaller relaxation over, which makes it by far the fastest while columns
are added; PDLP comes close to the optimum of larger ones in a fixed number of cheap steps, on one
core. Both come with OR-Tools (MathOpt).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any

import numpy as np

from matchmaker.scheduling.solving.arrays import Floats, Ints, positions
from matchmaker.scheduling.solving.clock import Clock
from matchmaker.scheduling.solving.columns import Columns
from matchmaker.scheduling.solving.prices import SCALE
from matchmaker.scheduling.solving.rows import Rows

LOWER, BASIC = 2, 5  # MathOpt's numbers for the state of a variable or a row in a basis


class Method(Enum):
    """How a relaxation is solved."""

    GLOP = "glop"
    PDLP = "pdlp"


@dataclass(frozen=True, slots=True)
class Ending:
    """Where a solver ended, by the names of columns, steps and rows: the next one starts there.

    Of GLOP the states of a basis, of PDLP the values themselves.
    """

    method: Method
    names: tuple[Ints, Ints, Ints]
    values: tuple[Floats, Floats, Floats]


@dataclass(frozen=True, slots=True)
class Relaxed:
    """`total` points; `share` of each column; duals of rows and requests in parts of a point.

    `ending` is None if the solver cannot tell where it ended.
    """

    total: float
    share: Floats
    duals: Ints
    request_duals: Ints
    ending: Ending | None


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
    def names(self) -> tuple[Ints, Ints, Ints]:
        """Of columns, steps and rows, two numbers each: the same in every program of the case."""
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
    method: Method,
    *,
    start: Ending | None = None,
    steps: int = 0,
) -> Relaxed | None:
    """The optimum if columns may be taken in part; None if the time did not suffice.

    `requests` is how many the case has; `start` is used if it comes from the same method; PDLP
    makes so many `steps` at most.
    """
    from matchmaker.scheduling.solving import engine  # noqa: PLC0415  takes 0.2 s

    hint = engine.new_hint()
    if start is not None and start.method is method:
        _begin_at(hint, program, start)
    settings = engine.new_settings(clock)
    if method is Method.GLOP:
        settings.glop.use_preprocessing = start is None  # it would lose the basis
    if method is Method.PDLP:
        settings.iteration_limit = steps
        exact = settings.pdlp.termination_criteria.simple_optimality_criteria
        exact.eps_optimal_relative = exact.eps_optimal_absolute = 1e-6
    answer = engine.run(clock, method.value, make_model(program), settings, hint)
    return None if answer is None else _relaxed(program, requests, method, answer)


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
    basis = start.method is Method.GLOP
    otherwise = (LOWER, LOWER, BASIC) if basis else (0, 0, 0)
    columns, steps, of_rows = (
        _carried(new, old, values, missing)
        for new, old, values, missing in zip(
            program.names, start.names, start.values, otherwise, strict=True
        )
    )
    of_variables = np.concatenate([steps, columns])
    if not basis:
        known = hint.solution_hints.add()
        _fill(known.variable_values, of_variables)
        _fill(known.dual_values, of_rows)
    elif int((of_rows == BASIC).sum() + (of_variables == BASIC).sum()) == len(of_rows):
        _fill(hint.initial_basis.variable_status, of_variables.astype(np.int64))
        _fill(hint.initial_basis.constraint_status, of_rows.astype(np.int64))


def _carried(names: Ints, old: Ints, values: Floats, otherwise: float) -> Floats:
    spot = positions(names, old)
    carried = np.full(len(names), float(otherwise))
    carried[spot >= 0] = values[spot[spot >= 0]]
    return carried


def _fill(vector: Any, values: Floats | Ints) -> None:
    vector.ids.extend(range(len(values)))
    vector.values.extend(values.tolist())


def _relaxed(program: Program, requests: int, method: Method, answer: Any) -> Relaxed | None:
    from matchmaker.scheduling.solving import engine  # noqa: PLC0415  takes 0.2 s

    exact = engine.optimal(answer)
    if not answer.solutions or not (exact or method is Method.PDLP):
        return None
    solution = answer.solutions[0]
    steps, rows = len(program.rows.step_row), program.rows
    taken = _dense(solution.primal_solution.variable_values, program.size)
    dual = _dense(solution.dual_solution.dual_values, len(rows.limit) + len(program.present))
    duals = np.rint(np.maximum(dual, 0) * SCALE).astype(np.int64)
    share = taken[steps:]
    total = float(program.columns.value @ share - rows.step_cost @ taken[:steps])
    ending = None
    if method is Method.GLOP:
        taken_states = _dense(solution.basis.variable_status, program.size)
        row_states = _dense(solution.basis.constraint_status, len(dual))
        states = (taken_states[steps:], taken_states[:steps], row_states)
        ending = Ending(method, program.names, states)
    if method is Method.PDLP:
        ending = Ending(method, program.names, (share, taken[:steps], dual))
    of_requests = np.zeros(requests, dtype=np.int64)
    of_requests[program.present] = duals[len(rows.limit) :]
    return Relaxed(total, share, duals[: len(rows.limit)], of_requests, ending)


def _dense(vector: Any, size: int) -> Floats:
    values = np.zeros(size)
    values[np.array(vector.ids, dtype=np.int64)] = np.array(vector.values, dtype=np.float64)
    return values
