"""Odd answers get a word, and only they."""

from __future__ import annotations

import pytest

from matchmaker.services.intake.hints import BEST_NOT_CHOSEN, TOO_SMALL, hints
from tests.support.needs import full


@pytest.mark.parametrize(
    ("typed", "messages"),
    [
        ({}, []),
        ({"capacity": "25", "people": "40", "children": "5"}, [TOO_SMALL]),
        ({"capacity": "45", "people": "40", "children": "5"}, []),
        ({"capacity": "", "people": "40"}, []),
        ({"capacity": "viele", "people": "40"}, []),
        ({"windows": ["tue-eve", "thu-eve"], "best": ["weekend"]}, [BEST_NOT_CHOSEN]),
        ({"windows": ["sat-am"], "best": ["weekend"]}, []),
        ({"windows": [], "best": ["weekend"]}, []),
        ({"windows": ["tue-eve"], "best": []}, []),
    ],
)
def test_hints_name_what_does_not_go_together(
    typed: dict[str, str | list[str]], messages: list[str]
) -> None:
    assert [hint.message for hint in hints(full(**typed))] == messages


def test_hint_counts_the_children() -> None:
    (hint,) = hints(full(capacity="25", people="40", children="5"))
    assert (hint.field, dict(hint.facts)) == ("capacity", {"people": 45, "places": 25})
