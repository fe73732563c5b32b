"""Which days and starts are looked at first where there is very much room."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.scheduling.solving.thinning import GRID, Thinning
from matchmaker.scheduling.solving.wall import DAY

Starts = list[tuple[int, int, int, int]]
"""(request, day, minute of the day, value)."""

starts = st.lists(
    st.tuples(
        st.integers(0, 4), st.integers(700_000, 700_008), st.integers(0, 23), st.integers(-3, 3)
    ),
    min_size=1,
    unique_by=lambda row: row[:3],
).map(lambda rows: sorted((who, day, 60 * hour + 30, value) for who, day, hour, value in rows))


def kept(days: int, rows: Starts) -> Starts:
    request, day, minute, value = np.array(rows).T
    return [
        rows[row] for row in np.flatnonzero(Thinning(days).kept(request, day * DAY + minute, value))
    ]


@given(starts, st.integers(1, 5))
def test_so_many_days_stay_and_the_best_start_of_each(rows: Starts, days: int) -> None:
    stay = kept(days, rows)
    for who in {row[0] for row in rows}:
        before = {row[1] for row in rows if row[0] == who}
        after = {row[1] for row in stay if row[0] == who}
        assert len(after) == min(days, len(before))
        best = max(row[3] for row in rows if row[0] == who)
        assert best in {row[3] for row in stay if row[0] == who}
    for who, day in {row[:2] for row in stay}:
        of_day = [row for row in rows if row[:2] == (who, day)]
        best_of_day = max(row[3] for row in of_day)
        assert next(row for row in of_day if row[3] == best_of_day) in stay


def test_starts_on_the_grid_stay_beside_the_best() -> None:
    rows = [(0, 700_000, minute, 0) for minute in range(960, 1320, 30)]
    assert [row[2] for row in kept(1, rows)] == [960, 1080, 1200]
    rows[3] = (0, 700_000, 1050, 1)
    assert [row[2] for row in kept(1, rows)] == [960, 1050, 1080, 1200]


def test_requests_with_the_same_days_are_thinned_to_different_ones() -> None:
    rows = [(who, 700_000 + day, 18 * 60, 0) for who in range(30) for day in range(60)]
    assert len({row[1] for row in kept(3, rows)}) > 30


def test_what_stays_is_told_beforehand() -> None:
    """A day, four of twelve hours, and none."""
    days, left = Thinning(4).left_of(np.array([1, 9, 0]), np.array([1, 9 * 24, 0]), 30)
    assert days.tolist() == [1, 4, 0]
    assert left.tolist() == [1, 4 * (24 * 30 // GRID + 1), 0]
