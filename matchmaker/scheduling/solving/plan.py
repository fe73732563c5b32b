"""Plans as sets of columns: what they are worth, and how to pick one greedily."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchmaker.scheduling.solving.arrays import Bools, Ints
from matchmaker.scheduling.solving.columns import Columns
from matchmaker.scheduling.solving.rows import Rows


@dataclass(frozen=True, slots=True)
class Plan:
    """Columns that fit together and their points beyond what stands."""

    columns: Columns
    points: int


@dataclass(slots=True)
class _Ledger:
    """How full the rows are, and what the next member of a stepped row costs."""

    room: list[int]
    used: list[int]
    first: list[int]
    steps: dict[int, list[int]]

    @classmethod
    def of(cls, rows: Rows) -> _Ledger:
        steps: dict[int, list[int]] = {}
        room = rows.limit.copy()
        np.add.at(room, rows.step_row, rows.step_size)
        most = rows.row.size
        for row, size, cost in zip(
            rows.step_row.tolist(), rows.step_size.tolist(), rows.step_cost.tolist(), strict=True
        ):
            steps.setdefault(row, []).extend([cost] * min(size, most))
        return cls(room.tolist(), [0] * len(room), rows.limit.tolist(), steps)

    def cost(self, row: int) -> int:
        costs = self.steps.get(row)
        beyond = self.used[row] - self.first[row]
        return costs[beyond] if costs and beyond >= 0 else 0


def pick(columns: Columns, rows: Rows, order: Ints) -> Bools:
    """Take columns in this order wherever they fit and are worth their points."""
    ledger = _Ledger.of(rows)
    begins, row, request = rows.begins.tolist(), rows.row.tolist(), columns.request.tolist()
    value = columns.value.tolist()
    served: set[int] = set()
    taken = np.zeros(len(columns), dtype=np.bool_)
    for column in order.tolist():
        if request[column] in served:
            continue
        mine = row[begins[column] : begins[column + 1]]
        if any(ledger.used[item] >= ledger.room[item] for item in mine):
            continue
        gain = value[column] - sum(ledger.cost(item) for item in mine)
        if gain < 0:
            continue
        for item in mine:
            ledger.used[item] += 1
        served.add(request[column])
        taken[column] = True
    return taken
