"""A part of a program: some columns to choose from while others are taken."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from matchmaker.scheduling.solving.arrays import Ints, offsets
from matchmaker.scheduling.solving.linear import Program


def carve(program: Program, chosen: Ints, used: Ints) -> Program:
    """The columns `chosen` (numbers), and the room left where others are `used` so often by row.

    What the part's plans are worth is what they add to those others.
    """
    rows = program.rows
    row, column = rows.entries(chosen)
    kept = np.unique(row)
    number = np.full(len(rows.limit), -1)
    number[kept] = np.arange(len(kept))
    step = np.flatnonzero(number[rows.step_row] >= 0)
    size = (rows.step_size - rows.taken_steps(used))[step]
    counts = np.bincount(column, minlength=len(chosen))
    part = replace(
        rows,
        name=rows.name[kept],
        limit=np.maximum(rows.limit - used, 0)[kept],
        begins=offsets(counts),
        row=number[row],
        step_row=number[rows.step_row[step]][size > 0],
        step_size=size[size > 0],
        step_cost=rows.step_cost[step][size > 0],
    )
    return Program(program.columns.take(chosen), part)
