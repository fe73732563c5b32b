"""What coordinators weigh against each other, in words instead of points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from matchmaker.scheduling.problem import Weights


class Importance(StrEnum):
    LESS = "less"
    NORMAL = "normal"
    MORE = "more"


FACTORS = {Importance.LESS: 0.5, Importance.NORMAL: 1.0, Importance.MORE: 2.0}


@dataclass(frozen=True, slots=True)
class Goal:
    """One thing to weigh; `weights` are the points of the score that it stands for."""

    key: str
    weights: tuple[str, ...]

    @property
    def levels(self) -> tuple[Importance, ...]:
        """What can be chosen: half of a single point would switch the goal off."""
        usual = Weights()
        points = [getattr(usual, name) for name in self.weights]
        return tuple(
            level
            for level in Importance
            if all(int(one * FACTORS[level]) > 0 for one in points if one)
        )


GOALS = (
    Goal("fairness", ("fair_first", "fair_second", "fair_third")),
    Goal("waiting", ("waiting",)),
    Goal("language", ("language_first", "language_second", "language_later", "no_interpreter")),
    Goal("preference", ("preference",)),
    Goal("balance", ("balance",)),
    Goal("travel", ("travel",)),
)


def weights_of(choices: Mapping[str, Importance]) -> dict[str, int]:
    """The points that differ from the usual ones; goals that are not named stay as they are."""
    usual = Weights()
    return {
        name: int(getattr(usual, name) * FACTORS[choices[goal.key]])
        for goal in GOALS
        for name in goal.weights
        if choices.get(goal.key, Importance.NORMAL) is not Importance.NORMAL
        and choices[goal.key] in goal.levels
    }


def choices_of(weights: Mapping[str, int]) -> dict[str, Importance]:
    """How a round weighs the goals, as near as words can say it."""
    usual = Weights()
    found = {}
    for goal in GOALS:
        name = goal.weights[0]
        points, standard = weights.get(name, getattr(usual, name)), getattr(usual, name)
        found[goal.key] = (
            Importance.MORE
            if points > standard
            else Importance.LESS
            if points < standard
            else Importance.NORMAL
        )
    return found
