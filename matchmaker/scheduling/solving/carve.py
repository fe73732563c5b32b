"""A part of a program: some columns to choose from while others are taken."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from matchmaker.scheduling.solving.arrays import Ints, member, offsets
from matchmaker.scheduling.solving.linear import Program


def carve(program: Program, chosen: Ints, used: Ints, gone: Ints, come: Ints) -> Program:
    """The columns `chosen` (numbers), and the room left where others are taken.

    `used` says how many the rows hold, before `gone` go and `come` come. What the part's plans are
    worth is what they add to those others.
    """
    rows = program.rows
    row, column = rows.entries(chosen)
    kept, row = np.unique(row, return_inverse=True)
    used = used[kept] - _within(program, gone, kept) + _within(program, come, kept)
    step, owner, taken = rows.taken_steps(kept, used)
    left = rows.step_size[step] - taken
    some = left > 0
    part = replace(
        rows,
        name=rows.name[kept],
        limit=np.maximum(rows.limit[kept] - used, 0),
        begins=offsets(np.bincount(column, minlength=len(chosen))),
        row=row,
        step_row=owner[some],
        step_size=left[some],
        step_cost=rows.step_cost[step[some]],
    )
    return Program(program.columns.take(chosen), part)


def _within(program: Program, columns: Ints, kept: Ints) -> Ints:
    """How many of the columns the rows that are kept hold."""
    row, _ = program.rows.entries(columns)
    spot = np.searchsorted(kept, row[member(row, kept)])
    return np.bincount(spot, minlength=len(kept))
