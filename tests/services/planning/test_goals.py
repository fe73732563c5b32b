from __future__ import annotations

from dataclasses import asdict

import pytest

from matchmaker.scheduling.problem import Weights
from matchmaker.services.planning.goals import GOALS, Importance, choices_of, weights_of


def test_usual_goals_change_no_points() -> None:
    assert weights_of({goal.key: Importance.NORMAL for goal in GOALS}) == {}
    assert weights_of({}) == {}


CHOICES = [(goal.key, level) for goal in GOALS for level in goal.levels]


@pytest.mark.parametrize(("key", "level"), CHOICES)
def test_no_choice_switches_a_goal_off(key: str, level: Importance) -> None:
    usual, chosen = asdict(Weights()), weights_of({key: level})
    assert [name for name, points in chosen.items() if usual[name] and not points] == []


def test_single_point_cannot_be_halved() -> None:
    levels = {goal.key: goal.levels for goal in GOALS}
    assert levels.pop("travel") == (Importance.NORMAL, Importance.MORE)
    assert set(levels.values()) == {tuple(Importance)}
    assert weights_of({"travel": Importance.LESS}) == {}


@pytest.mark.parametrize(("key", "level"), CHOICES)
def test_words_come_back_from_the_points_that_they_make(key: str, level: Importance) -> None:
    usual = {goal.key: Importance.NORMAL for goal in GOALS}
    assert choices_of(weights_of({key: level})) == {**usual, key: level}


@pytest.mark.parametrize("level", list(Importance))
def test_fairness_points_never_rise(level: Importance) -> None:
    weights = Weights(**weights_of({"fairness": level}))
    assert weights.fair_first >= weights.fair_second >= weights.fair_third


def test_more_important_counts_double() -> None:
    assert weights_of({"balance": Importance.MORE}) == {"balance": 10}


def test_goals_name_only_weights_that_exist() -> None:
    assert {name for goal in GOALS for name in goal.weights} <= asdict(Weights()).keys()
