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


NOBODY = np.zeros((0, 0), dtype=np.bool_)


def kept(days: int, rows: Starts, able: dict[int, int] | None = None) -> Starts:
    """Those that stay, if so many are able on these days of the week (None: one on each)."""
    request, day, minute, value = np.array(rows).T
    there = np.array([1 if able is None else able.get(one % 7, 0) for one in day.tolist()])
    stay = Thinning(days, NOBODY).kept(request, day * DAY + minute, value, there)
    return [rows[row] for row in np.flatnonzero(stay)]


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


def test_days_are_drawn_evenly_over_the_week() -> None:
    """Days three weeks apart are as independent as others; so are requests."""
    rows = [(who, 700_000 + day, 18 * 60, 0) for who in range(300) for day in range(84)]
    stay = kept(7, rows)
    without = [
        len({row[1] % 7 for row in stay if row[0] == who} ^ {*range(7)}) for who in range(300)
    ]
    assert sum(without) / len(without) / 7 < 1.2 * (1 - 1 / 7) ** 7
    assert max(sum(row[1] == day for row in stay) for day in range(700_000, 700_084)) < 60


def test_days_on_which_nobody_is_able_go_and_those_with_many_come_more_often() -> None:
    rows = [(who, 700_000 + day, 18 * 60, 0) for who in range(100) for day in range(84)]
    stay = kept(3, rows, {1: 1, 2: 20})
    assert len(stay) == 300
    many, few = (sum(row[1] % 7 == of_week for row in stay) for of_week in (2, 1))
    assert many + few == 300
    assert many > 5 * few > 0
    liked = [(who, day, minute, 3 * (day % 7 == 1)) for who, day, minute, _ in rows]
    assert sum(row[1] % 7 == 1 for row in kept(3, liked, {1: 1, 2: 20})) >= 200
    assert kept(3, liked, {}) == []


def test_what_stays_is_told_beforehand() -> None:
    """A day, four of twelve hours, and none."""
    days, left = Thinning(4, NOBODY).left_of(np.array([1, 9, 0]), np.array([1, 9 * 24, 0]), 30)
    assert days.tolist() == [1, 4, 0]
    assert left.tolist() == [1, 4 * (24 * 30 // GRID + 1), 0]
