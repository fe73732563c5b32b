"""The exact search among given columns, by CP-SAT with one worker: it repeats to the letter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from matchmaker.scheduling.solving.arrays import Bools, offsets
from matchmaker.scheduling.solving.clock import Clock
from matchmaker.scheduling.solving.columns import Columns
from matchmaker.scheduling.solving.plan import Plan
from matchmaker.scheduling.solving.rows import Rows

Found = Callable[[int, int], None]  # points of the best plan, number of its columns


@dataclass(frozen=True, slots=True)
class Searched:
    """The best plan found (None: none) and what no plan of these columns can exceed."""

    plan: Plan | None
    bound: int | None
    proven: bool


def search(
    clock: Clock,
    columns: Columns,
    rows: Rows,
    hint: Columns,
    *,
    seed: int,
    effort: float | None = None,
    found: Found,
) -> Searched:
    """Look for the best plan, starting from `hint`; `effort` bounds the work, not the seconds.

    Within the effort (in CP-SAT's deterministic seconds) the same call gives the same plan.
    """
    from ortools.sat.python import cp_model_helper as sat  # noqa: PLC0415 (dear)

    wrapper = sat.SolveWrapper()
    wrapper.set_parameters(_parameters(sat, clock, seed, effort))
    watcher = _watcher(sat, len(columns), found)
    wrapper.add_solution_callback(watcher)
    model = _model(sat, columns, rows, np.isin(columns.identity, hint.identity))
    answers: list[Any] = []
    clock.run(lambda: answers.append(_solve(wrapper, model)), wrapper.stop_search)
    answer = answers[0]
    if answer.status not in (sat.OPTIMAL, sat.FEASIBLE):
        return Searched(None, None, False)
    values = np.array(list(answer.solution)[: len(columns)], dtype=np.int64)
    plan = Plan(columns.take(values > 0), round(answer.objective_value))
    bound = int(np.floor(answer.best_objective_bound + 1e-6))
    return Searched(plan, bound, answer.status == sat.OPTIMAL)


def _solve(wrapper: Any, model: Any) -> Any:
    return wrapper.solve(model)


def _parameters(sat: Any, clock: Clock, seed: int, effort: float | None) -> Any:
    parameters = sat.SatParameters()
    parameters.num_workers = 1
    parameters.linearization_level = 2
    parameters.random_seed = seed % 2**31
    parameters.max_time_in_seconds = max(clock.left, 0.001)
    parameters.catch_sigint_signal = False
    if effort is not None:
        parameters.max_deterministic_time = effort
    return parameters


def _watcher(sat: Any, columns: int, found: Found) -> Any:
    class Watcher(sat.SolutionCallback):  # type: ignore[misc]  # the solver's own base class
        def OnSolutionCallback(self) -> None:  # noqa: N802 (the solver's name)
            taken = sum(self.SolutionIntegerValue(column) for column in range(columns))
            found(round(self.ObjectiveValue()), taken)

    return Watcher()


def _model(sat: Any, columns: Columns, rows: Rows, hinted: Bools) -> Any:
    """Booleans for columns, small integers for steps, minimising the negated points."""
    model = sat.CpModelProto()
    sizes = [1] * len(columns) + np.minimum(rows.step_size, len(columns)).tolist()
    for size in sizes:
        model.variables.add().domain.extend([0, size])
    requests = np.argsort(columns.request, kind="stable")
    groups = offsets(np.bincount(columns.request[requests]))
    for group in np.split(requests, groups[1:-1]):
        if len(group) > 1:
            model.constraints.add().at_most_one.literals.extend(group.tolist())
    _add_rows(model, len(columns), rows, sizes)
    model.objective.vars.extend(range(len(sizes)))
    model.objective.coeffs.extend([*(-columns.value).tolist(), *rows.step_cost.tolist()])
    model.objective.scaling_factor = -1.0
    model.solution_hint.vars.extend(range(len(columns)))
    model.solution_hint.values.extend(hinted.astype(np.int64).tolist())
    return model


def _add_rows(model: Any, columns: int, rows: Rows, sizes: list[int]) -> None:
    column = np.repeat(np.arange(columns), np.diff(rows.begins))
    order = np.argsort(rows.row, kind="stable")
    begins = offsets(np.bincount(rows.row, minlength=len(rows.limit))).tolist()
    members = column[order].tolist()
    steps: dict[int, list[int]] = {}
    for step, row in enumerate(rows.step_row.tolist()):
        steps.setdefault(row, []).append(columns + step)
    for row, limit in enumerate(rows.limit.tolist()):
        inside = members[begins[row] : begins[row + 1]]
        wider = steps.get(row, [])
        if limit == 1 and not wider:
            model.constraints.add().at_most_one.literals.extend(inside)
            continue
        linear = model.constraints.add().linear
        linear.vars.extend([*inside, *wider])
        linear.coeffs.extend([1] * len(inside) + [-1] * len(wider))
        linear.domain.extend([-sum(sizes[step] for step in wider), limit])
