"""Where a request may lie on the calendar, before anybody is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from matchmaker.scheduling.solving.able import interpreted
from matchmaker.scheduling.solving.arrays import Bools, Ints, expand
from matchmaker.scheduling.solving.case import Case
from matchmaker.scheduling.solving.daytimes import BAND, Bits, Daytimes
from matchmaker.scheduling.solving.tables import Tables
from matchmaker.scheduling.solving.wall import DAY, minute

Kept = Callable[[Ints, Ints, Ints], Bools]
"""Of starts, sorted by request and time, which stay, given request, start and value."""


@dataclass(frozen=True, slots=True)
class Places:
    """Starts of a request on one day in one mode that are worth the same; sorted by request.

    The rows of the n-th of the chosen requests are `begins[n]:begins[n + 1]`. `day` counts from the
    first of the horizon, `bits` are the starts (`Daytimes`) of `band`. `value` are the points of
    the start itself: preference, discouraged day, a published start left. Of requests for which
    the hour matters (`by_the_hour`) a place holds a single start.
    """

    request: Ints
    day: Ints
    band: Ints
    mode: Ints
    bits: Bits
    value: Ints
    begins: Ints

    def __len__(self) -> int:
        return len(self.request)


def reach_of_windows(tables: Tables, chosen: Ints) -> tuple[Ints, Ints]:
    """Of each chosen request about how many days its windows touch, and how many starts they hold.

    What windows have in common counts for each.
    """
    request, begin, end, _ = _windows(tables, chosen)
    spot = np.searchsorted(chosen, request)
    days = np.maximum(-(-end // DAY) - begin // DAY, 0)
    room = np.maximum(end - begin - tables.requests.minutes[request], -1)
    starts = room // tables.problem.start_grid_minutes + 1
    found = np.zeros((2, len(chosen)), dtype=np.int64)
    for row, number in enumerate((days, starts)):
        np.add.at(found[row], spot, number)
    return found[0], found[1]


def _windows(tables: Tables, chosen: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """(request, begin, end, preference) of all windows, as far as they lie in the horizon."""
    days = tables.days
    windows = [
        (row, minute(item.start), minute(item.end), item.preference)
        for row in chosen.tolist()
        for item in tables.problem.requests[row].windows
    ]
    request, begin, end, preference = np.array(windows, dtype=np.int64).reshape(-1, 4).T
    horizon = days.first * DAY, (days.first + days.count) * DAY
    return request, np.clip(begin, *horizon), np.clip(end, *horizon), preference


def window_starts(tables: Tables, chosen: Ints) -> tuple[Ints, Ints, Ints]:
    """(request, start, best preference) of all starts on the grid, in a window and the horizon."""
    request, begin, end, preference = _windows(tables, chosen)
    first_day = begin // DAY
    window, nth = expand(end // DAY - first_day + 1)
    midnight = (first_day[window] + nth) * DAY
    lowest = np.maximum(begin[window] - midnight, 0)
    highest = np.minimum(end[window] - midnight, DAY) - tables.requests.minutes[request[window]]
    grid = tables.problem.start_grid_minutes
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


def by_the_hour(case: Case) -> Bools:
    """Requests that share a venue, or whose interpreters may take several talks a day.

    For interpreters this is a matter of speed alone: places with one start have one best crew.
    """
    tables, people = case.tables, case.tables.people
    single: Bools = np.all(case.single, axis=1)
    several = people.speaks & ~single[:, None]
    languages: Bools = np.any(several[people.speakers :], axis=0)
    asked = interpreted(tables, np.arange(len(tables.requests.ids)))
    hourly = (languages[tables.requests.languages] & asked).any(axis=1)
    found: Bools = case.shared_venue | hourly
    return found


def find_places(
    case: Case,
    daytimes: Daytimes,
    split: Bools,
    chosen: Ints,
    kept: Kept | None = None,
) -> Places:
    """All places of the chosen requests that host, calendar, venue and standing talks allow.

    Those of the requests in `split` hold one start each. `kept` says which starts stay.
    """
    tables = case.tables
    request, start, preference = window_starts(tables, chosen)
    fine = _fine(case, request, start)
    request, start, preference = request[fine], start[fine], preference[fine]
    day = start // DAY - tables.days.first
    left = (case.published_start[request] >= 0) & (case.published_start[request] != start)
    weights = tables.problem.weights
    value = weights.preference * preference + case.day_points[day] - weights.move * left
    if kept is not None:
        rows = np.flatnonzero(kept(request, start, value))
        request, start, day, value = request[rows], start[rows], day[rows], value[rows]
    slot = (start % DAY - daytimes.first) // daytimes.step
    band, bit = slot // BAND, np.uint64(1) << (slot % BAND).astype(np.uint64)
    alone = split[request] * (slot % BAND)
    order = np.lexsort((alone, value, band, day, request))
    keys = np.column_stack([request, day, band, value, alone])[order]
    heads = np.flatnonzero(np.append(True, (keys[1:] != keys[:-1]).any(axis=1))[: len(keys)])
    return _with_modes(tables, chosen, keys[heads, :4], np.bitwise_or.reduceat(bit[order], heads))


def _fine(case: Case, request: Ints, start: Ints) -> Bools:
    tables, wanted = case.tables, case.tables.requests
    day = start // DAY - tables.days.first
    host, venue = wanted.organisation[request], wanted.venue[request]
    fine: Bools = ~case.load.requests[request] & (start >= minute(tables.problem.now))
    fine &= ~case.closed[day] & case.host_open[host, day]
    fine &= ~case.blocked.overlap(host, day + tables.days.first, day + tables.days.first + 1)
    end = start + wanted.minutes[request]
    fine &= (venue < 0) | ~case.load.venues.overlap(venue, start, end)
    return fine


def _with_modes(tables: Tables, chosen: Ints, keys: Ints, bits: Bits) -> Places:
    """The places in every mode that their requests allow; `keys` are request, day, band, value."""
    row, mode = np.nonzero(tables.requests.modes[keys[:, 0]])
    request, day, band, value = keys[row].T
    ends = np.searchsorted(request, chosen, side="right")
    return Places(request, day, band, mode, bits[row], value, np.append(0, ends))
