"""The exact search among given columns: HiGHS, one thread, so that it repeats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from matchmaker.scheduling.solving.arrays import Bools
from matchmaker.scheduling.solving.clock import Clock
from matchmaker.scheduling.solving.linear import AtLeast, Program, make_model

NEARLY = 0.01  # of a point: what a bound in floating point may be off


@dataclass(frozen=True, slots=True)
class Searched:
    """The columns of the best plan found, its points, and what no plan of the program exceeds.

    `taken` is None if none was found; `bound` None if nothing was proven.
    """

    taken: Bools | None
    points: int
    bound: int | None


def search(
    clock: Clock,
    program: Program,
    *,
    seed: int = 0,
    nodes: int | None = None,
    stay: AtLeast | None = None,
) -> Searched:
    """The best plan of the program, or the best found within so many nodes of the search tree.

    `stay` counts out plans that take too few of some columns.
    """
    from matchmaker.scheduling.solving import engine  # noqa: PLC0415  takes 0.2 s

    settings = engine.new_settings(clock)
    settings.relative_gap_tolerance = 0
    settings.absolute_gap_tolerance = 0.5
    settings.highs.int_options["random_seed"] = seed
    if nodes is not None:
        settings.node_limit = nodes
    model = make_model(program, whole=True, stay=stay)
    answer = engine.run(clock, "highs", model, settings, engine.new_hint())
    return Searched(None, 0, None) if answer is None else _searched(program, answer)


def _searched(program: Program, answer: Any) -> Searched:
    bound = answer.termination.objective_bounds.dual_bound
    proven = int(np.floor(bound + NEARLY)) if np.isfinite(bound) else None
    if not answer.solutions:
        return Searched(None, 0, proven)
    steps = len(program.rows.step_row)
    found = answer.solutions[0].primal_solution.variable_values
    values = np.zeros(program.size)
    values[np.array(found.ids, dtype=np.int64)] = np.array(found.values)
    taken = values[steps:] > 0.5
    return Searched(taken, program.rows.points(program.columns, taken), proven)
