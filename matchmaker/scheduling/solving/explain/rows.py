"""Small helpers on the rows of arrays."""

from __future__ import annotations

import numpy as np

from matchmaker.scheduling.solving.arrays import Bools, Ints


def rows_where(table: Bools) -> Ints:
    """The rows that hold anything."""
    return np.flatnonzero(table.any(axis=1))


def runs(values: Ints) -> tuple[Ints, Ints]:
    """The distinct ones of ascending values, and for each value its place among them."""
    head = np.ones(len(values), dtype=np.bool_)
    head[1:] = values[1:] != values[:-1]
    return values[head], np.cumsum(head) - 1
