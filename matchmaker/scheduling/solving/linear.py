"""The linear relaxation over the columns at hand, solved by GLOP."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchmaker.scheduling.solving.arrays import Floats, Ints
from matchmaker.scheduling.solving.clock import Clock
from matchmaker.scheduling.solving.columns import Columns
from matchmaker.scheduling.solving.prices import SCALE
from matchmaker.scheduling.solving.rows import Rows


@dataclass(frozen=True, slots=True)
class Relaxed:
    """`total` points; `share` of each column; duals of rows and requests in parts of a point."""

    total: float
    share: Floats
    duals: Ints
    request_duals: Ints


def solve_relaxation(clock: Clock, columns: Columns, rows: Rows, requests: int) -> Relaxed | None:
    """The optimum if columns may be taken in part; None if the time did not suffice."""
    from ortools.linear_solver.python import model_builder_helper as glop  # noqa: PLC0415 (dear)

    model, present = _model(glop, columns, rows)
    solver = glop.ModelSolverHelper("glop")
    solver.set_time_limit_in_seconds(max(clock.left, 0.001))
    clock.run(lambda: solver.solve(model), solver.interrupt_solve)
    if solver.status() != glop.OPTIMAL:
        return None
    share = np.asarray(solver.variable_values())[: len(columns)]
    duals = np.rint(np.maximum(solver.dual_values(), 0) * SCALE).astype(np.int64)
    of_request = np.zeros(requests, dtype=np.int64)
    of_request[present] = duals[len(rows.limit) :]
    return Relaxed(solver.objective_value(), share, duals[: len(rows.limit)], of_request)


def _model(glop, columns: Columns, rows: Rows):  # type: ignore[no-untyped-def]
    steps = len(rows.step_row)
    count = len(columns) + steps
    model = glop.ModelBuilderHelper()
    most = np.concatenate([np.ones(len(columns)), rows.step_size.astype(np.float64)])
    model.add_var_array_with_bounds(np.zeros(count), most, np.zeros(count, dtype=np.bool_), "")
    points = np.concatenate([columns.value, -rows.step_cost]).astype(np.float64)
    model.set_objective_coefficients(list(range(count)), points.tolist())
    model.set_maximize(True)
    requests, of_request = np.unique(columns.request, return_inverse=True)
    limits = np.concatenate([rows.limit, np.ones(len(requests), dtype=np.int64)])
    for row, limit in enumerate(limits.tolist()):
        model.add_linear_constraint()
        model.set_constraint_upper_bound(row, float(limit))
    put = model.set_constraint_coefficient
    column = np.repeat(np.arange(len(columns)), np.diff(rows.begins))
    for row, entry in zip(rows.row.tolist(), column.tolist(), strict=True):
        put(row, entry, 1.0)
    for entry, row in enumerate((of_request + len(rows.limit)).tolist()):
        put(row, entry, 1.0)
    for step, row in enumerate(rows.step_row.tolist()):
        put(row, len(columns) + step, -1.0)
    return model, requests
