"""How even a plan is, and two versions of it side by side, as coordinators see them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.services.desk import Desk
from matchmaker.services.planning import decisions
from tests import factories
from tests.services.plans import TUESDAY, evening, stored_plan
from tests.support.pages import Browser, Page

WEEK_LATER = TUESDAY.replace(day=26)


@pytest.fixture
def round_id(factory: sessionmaker[Session], desk: Desk) -> int:
    """Version 1 has A001 and A003; version 2 gives A001's evening to A002, and leaves A003 out."""
    with factory.begin() as session:
        for code, name in (("R01", "Rana Aydın"), ("R02", "Olga Reimann")):
            factories.speaker(
                session, topics={"ANE-01": 3}, weekly=((1, 16, 22),), code=code, name=name
            )
        factories.speaker(session, topics={"ARB-01": 1}, weekly=((1, 16, 22),), code="R03")
        first, second, third = (
            factories.request(
                session, code=code, organisation=factories.organisation(session, name=name)
            )
            for code, name in (("A001", "Sonnenhof"), ("A002", "Ahornhaus"), ("A003", "Lindenhof"))
        )
        row = factories.planning_round(session)
        before = [evening(first, "R01"), evening(third, "R02")]
        stored_plan(session, desk, row, *before)
        decisions.leave_out(session, desk, row.id, "A003")
        after = [evening(first, "R01", start=WEEK_LATER), evening(second, "R01")]
        stored_plan(session, desk, row, *after)
        return row.id


@pytest.fixture
def at(coordinator: Browser, round_id: int) -> Callable[..., Page]:
    def open_page(path: str) -> Page:
        return coordinator.open(f"/koordination/planung/{round_id}/vorschlag{path}")

    return open_page


def test_the_pictures_say_how_evenly_talks_are_spread(at: Callable[..., Page]) -> None:
    page = at("/1?ansicht=figures")
    assert "How evenly the talks are spread" in page.words
    assert (
        "Figure Associations Speakers Could take part 3 2 With a talk 2 2 Fewest talks 0 1 "
        "Talks on average 0.67 1 Most talks 1 1 Unevenness 0.33 0 "
    ) in page.words


def test_associations_are_counted_alike_above_the_plan_and_in_the_pictures(
    at: Callable[..., Page],
) -> None:
    page = at("/2?ansicht=figures")
    assert "2 / 2 associations with at least one talk" in page.words
    assert "of all with a request that went into the plan" in page.words
    assert "Could take part 2 2 With a talk 2 1 " in page.words
    assert "Associations with at least one talk 2 2" in at("/2/vergleich/1").words


def test_versions_with_the_same_talks_are_said_to_be_equal(at: Callable[..., Page]) -> None:
    page = at("/1/vergleich/1")
    assert "Both versions contain the same talks" in page.words
    assert "0 requests" not in page.words


def test_versions_are_compared_with_what_stands_against_the_old_place(
    at: Callable[..., Page],
) -> None:
    page = at("/2/vergleich/1")
    assert "3 requests are different." in page.words
    assert "Both are measured by what was known and decided for version 2." in page.words
    assert (
        "A001 Sonnenhof Before: Tue 19 Jan 2027, 18:00–20:00 · Rana Aydın "
        "After: Tue 26 Jan 2027, 18:00–20:00 · Rana Aydın "
        "Against the old place: A001 Sonnenhof; A002 Ahornhaus of Rana Aydın overlap at "
    ) in page.words
    assert "A003 Lindenhof Before: Tue 19 Jan 2027, 18:00–20:00 · Olga Reimann" in page.words
    assert "Left out of this round by decision." in page.words


def test_versions_are_compared_the_other_way_round(at: Callable[..., Page]) -> None:
    page = at("/1/vergleich/2")
    assert "A002 Ahornhaus Before: Tue 19 Jan 2027, 18:00–20:00 · Rana Aydın" in page.words
    assert "Against the old place: A001 Sonnenhof; A002 Ahornhaus of Rana Aydın" in page.words


def test_compared_figures_hold_fairness_and_points_of_both(at: Callable[..., Page]) -> None:
    page = at("/2/vergleich/1")
    assert "Talks placed 2 2" in page.words
    assert "Talks of a speaker, fewest to most 1 0–2" in page.words
    assert "Unevenness among speakers 0 0.5" in page.words
    assert "Points: Talk takes place 1,000 2,000" in page.words


def test_compared_figures_say_of_a_version_what_its_own_page_says(at: Callable[..., Page]) -> None:
    words = at("/2/vergleich/1").words
    for number in (1, 2):
        own = at(f"/{number}?ansicht=figures").words
        gini = re.search(r"Unevenness ([\d.]+) ([\d.]+) ", own)
        total = re.search(r"This plan: ([\d,]+)\.", own)
        assert gini is not None
        assert total is not None
        for label, figure in (
            ("Unevenness among associations", gini[1]),
            ("Unevenness among speakers", gini[2]),
            ("Points on the version’s own page", total[1]),
        ):
            shown = re.search(rf"{label} (\S+) (\S+)", words)
            assert shown is not None
            assert shown[number] == figure
