"""How many pages a list has."""

from __future__ import annotations

import pytest

from matchmaker.services.house.paging import A_PAGE, Shown


@pytest.mark.parametrize(
    ("total", "pages"), [(0, 1), (1, 1), (A_PAGE, 1), (A_PAGE + 1, 2), (3 * A_PAGE, 3)]
)
def test_list_has_as_many_pages_as_its_rows_need(total: int, pages: int) -> None:
    shown: Shown[int] = Shown([], total, 1)
    assert shown.pages == pages
