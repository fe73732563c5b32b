"""The exact search among given columns: HiGHS, one thread, so that it repeats.

Small programs are relaxed first: mostly nothing is taken in part then, and that is the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from matchmaker.scheduling.solving.arrays import Bools, Floats, Ints
from matchmaker.scheduling.solving.clock import Clock
from matchmaker.scheduling.solving.linear import AtLeast, Program, make_model

NEARLY = 0.01  # of a point: what a bound in floating point may be off
WHOLE = 1e-6  # what a column taken or not may be off
SMALL = 16_000  # columns of a program whose relaxation takes next to no time


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
    grain: int = 1,
) -> Searched:
    """The best plan of the program, or the best found within so many nodes of the search tree.

    `stay` counts out plans that take too few of some columns. All plans are worth a multiple of
    `grain` points.
    """
    if len(program.columns) <= SMALL:
        relaxed = relax(clock, program, stay)
        if relaxed is not None and relaxed.whole:
            return relaxed.plan(program)
    from matchmaker.scheduling.solving import engine  # noqa: PLC0415  takes 0.2 s

    settings = engine.new_settings(clock)
    settings.relative_gap_tolerance = 0
    settings.absolute_gap_tolerance = grain - 0.5
    settings.highs.int_options["random_seed"] = seed
    if nodes is not None:
        settings.node_limit = nodes
    model = make_model(program, whole=True, stay=stay)
    answer = engine.run(clock, "highs", model, settings, engine.new_hint())
    return Searched(None, 0, None) if answer is None else _searched(program, answer)


@dataclass(frozen=True, slots=True)
class Shares:
    """How much of each column the relaxation takes, and its points, rounded down."""

    share: Floats
    bound: int

    @property
    def part(self) -> Bools:
        """The columns that are neither taken nor left."""
        found: Bools = np.abs(self.share - np.rint(self.share)) > WHOLE
        return found

    @property
    def whole(self) -> bool:
        return not self.part.any()

    @property
    def sure(self) -> Bools:
        """The columns that are taken."""
        found: Bools = self.share > 1 - WHOLE
        return found

    def torn(self, request: Ints) -> Bools:
        """The columns of requests that get parts of columns only; `request` is of each column."""
        torn: Bools = np.isin(request, request[self.part])
        return torn & ~np.isin(request, request[self.sure])

    def plan(self, program: Program) -> Searched:
        """Of the columns that are taken as a whole."""
        return Searched(self.sure, program.rows.points(program.columns, self.sure), self.bound)


def relax(clock: Clock, program: Program, stay: AtLeast | None = None) -> Shares | None:
    """The relaxation of a small program; None if the time did not suffice."""
    from matchmaker.scheduling.solving import engine  # noqa: PLC0415  takes 0.2 s

    settings = engine.new_settings(clock)
    answer = engine.run(clock, "glop", make_model(program, stay=stay), settings, engine.new_hint())
    if answer is None or not engine.optimal(answer):
        return None
    points = answer.solutions[0].primal_solution.objective_value
    return Shares(_values(program, answer), int(np.floor(points + NEARLY)))


def _searched(program: Program, answer: Any) -> Searched:
    bound = answer.termination.objective_bounds.dual_bound
    proven = int(np.floor(bound + NEARLY)) if np.isfinite(bound) else None
    if not answer.solutions:
        return Searched(None, 0, proven)
    taken = _values(program, answer) > 0.5
    return Searched(taken, program.rows.points(program.columns, taken), proven)


def _values(program: Program, answer: Any) -> Floats:
    """By column: how much of it is taken."""
    found = answer.solutions[0].primal_solution.variable_values
    values = np.zeros(program.size)
    values[np.array(found.ids, dtype=np.int64)] = np.array(found.values)
    return values[len(program.rows.step_row) :]
