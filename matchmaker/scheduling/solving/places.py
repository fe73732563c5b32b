"""Where a request may lie on the calendar, before anybody is asked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchmaker.scheduling.solving.arrays import Bools, Ints, expand, offsets
from matchmaker.scheduling.solving.case import Case
from matchmaker.scheduling.solving.tables import Tables
from matchmaker.scheduling.solving.wall import DAY, minute


@dataclass(frozen=True, slots=True)
class Places:
    """Starts in minutes, sorted by request and start; `begins[request]` is its first row.

    `value` are the points of the start itself: preference, discouraged day, a published start
    left. `day` counts from the first of the horizon.
    """

    request: Ints
    start: Ints
    day: Ints
    value: Ints
    begins: Ints

    def __len__(self) -> int:
        return len(self.request)

    def take(self, rows: Ints | Bools) -> Places:
        request = self.request[rows]
        counts = np.bincount(request, minlength=len(self.begins) - 1)
        return Places(request, self.start[rows], self.day[rows], self.value[rows], offsets(counts))


def window_starts(tables: Tables, chosen: Ints) -> tuple[Ints, Ints, Ints]:
    """(request, start, best preference) of all starts on the grid, in a window and the horizon."""
    problem, days = tables.problem, tables.days
    horizon = days.first * DAY, (days.first + days.count) * DAY
    windows = [
        (
            row,
            max(minute(item.start), horizon[0]),
            min(minute(item.end), horizon[1]),
            item.preference,
        )
        for row in chosen.tolist()
        for item in problem.requests[row].windows
    ]
    table = np.array(windows, dtype=np.int64).reshape(-1, 4)
    table = table[table[:, 1] < table[:, 2]]
    request, begin, end, preference = table.T
    first_day = begin // DAY
    window, nth = expand((end - 1) // DAY - first_day + 1)
    midnight = (first_day[window] + nth) * DAY
    lowest = np.maximum(begin[window] - midnight, 0)
    highest = np.minimum(end[window] - midnight, DAY) - tables.requests.minutes[request[window]]
    grid = problem.start_grid_minutes
    first = -(-lowest // grid)
    piece, step = expand(np.maximum(highest // grid - first + 1, 0))
    starts = midnight[piece] + (first[piece] + step) * grid
    rows = request[window[piece]]
    liked = preference[window[piece]]
    order = np.lexsort((-liked, starts, rows))
    rows, starts, liked = rows[order], starts[order], liked[order]
    head = np.ones(len(rows), dtype=np.bool_)
    head[1:] = (rows[1:] != rows[:-1]) | (starts[1:] != starts[:-1])
    return rows[head], starts[head], liked[head]


def find_places(case: Case, chosen: Ints) -> Places:
    """All places of the chosen requests that host, calendar, venue and standing talks allow."""
    tables, wanted = case.tables, case.tables.requests
    request, start, preference = window_starts(tables, chosen)
    day = start // DAY - tables.days.first
    host, venue = wanted.organisation[request], wanted.venue[request]
    fine = ~case.load.requests[request] & (start >= minute(tables.problem.now))
    fine &= ~case.closed[day] & case.host_open[host, day]
    fine &= ~case.blocked.overlap(host, day + tables.days.first, day + tables.days.first + 1)
    end = start + wanted.minutes[request]
    fine &= (venue < 0) | ~case.load.venues.overlap(venue, start, end)
    left = (case.published_start[request] >= 0) & (case.published_start[request] != start)
    weights = tables.problem.weights
    value = weights.preference * preference + case.day_points[day] - weights.move * left
    every = Places(request, start, day, value, np.zeros(len(wanted.ids) + 1, dtype=np.int64))
    return every.take(fine)
