"""What a page costs somebody who comes for the first time, on a slow line."""

from __future__ import annotations

import pytest

from tests.browser.visitor import DESK, MOST_REQUESTS, NARROW, Visit

MOST_BYTES, MOST_SCRIPT = 60 * 1024, 15 * 1024
MOST_SHIFT = 0.01
"""In Chromium's measure: nothing that anybody would see."""

PAGES = [
    ("/", None),
    ("/anfrage", None),
    ("/anmelden", None),
    ("/mein/", "speaker"),
    ("/mein/zeiten", "speaker"),
    ("/anfrage/meine", "host"),
    ("/koordination/", "coordinator"),
    ("/koordination/anfragen", "coordinator"),
]


@pytest.mark.parametrize(("address", "role"), PAGES)
def test_first_view_is_light_and_stands_still(visit: Visit, address: str, role: str | None) -> None:
    visitor = visit(width=NARROW)
    if role:
        visitor.sign_in_as(role)
    weight = visitor.weigh(address)
    assert weight.requests <= MOST_REQUESTS, (weight, visitor.asked)
    assert weight.size <= MOST_BYTES, weight
    assert 0 < weight.script <= MOST_SCRIPT, weight
    assert weight.shift < MOST_SHIFT, weight


PLACES = """() => [...document.querySelectorAll(".ways li")]
  .map(one => one.getBoundingClientRect()).map(box => [box.x, box.y, box.width].map(Math.round))"""
WITHOUT_THE_LAST = "() => document.querySelector('.ways li:last-child').remove()"


@pytest.mark.parametrize("width", [NARROW, DESK])
@pytest.mark.parametrize(("address", "role"), [("/anfrage/meine", "host"), ("/mein/", "speaker")])
def test_ways_stand_where_they_are_before_all_have_come(
    visit: Visit, address: str, role: str, width: int
) -> None:
    visitor = visit(width=width)
    visitor.sign_in_as(role)
    visitor.page.goto(address)
    places = visitor.page.evaluate(PLACES)
    for count in range(len(places) - 1, 0, -1):
        visitor.page.evaluate(WITHOUT_THE_LAST)
        assert visitor.page.evaluate(PLACES) == places[:count]
