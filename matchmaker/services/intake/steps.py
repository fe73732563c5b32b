"""The eight steps of the form and the fields of each, in the order in which they are asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from matchmaker.services.intake.typed import Typed, collect


@dataclass(frozen=True, slots=True)
class Step:
    """`singles` hold one text each, `lists` any number of them."""

    number: int
    key: str
    singles: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        return self.singles + self.lists

    def read(self, values_of: Callable[[str], list[str]]) -> Typed:
        """This step's fields out of a form."""
        return collect(self.singles, self.lists, values_of)


STEPS = (
    Step(1, "who", ("organisation", "name", "email", "phone", "district")),
    Step(2, "topics", ("other_topic",), ("topics",)),
    Step(3, "questions", ("questions",)),
    Step(
        4,
        "when",
        ("period_from", "period_to", "other_times"),
        ("windows", "best", "exact", "off_from", "off_to"),
    ),
    Step(5, "where", ("mode", "needs_room", "address", "capacity", "step_free")),
    Step(6, "people", ("people", "womens_group", "children")),
    Step(7, "language", ("language_1", "language_2", "language_3", "interpreting")),
    Step(8, "review"),
)
FIRST, LAST = STEPS[0].number, STEPS[-1].number
WHO = STEPS[0]
EVERY_FIELD = tuple(name for step in STEPS for name in step.fields)


def step_of(number: int) -> Step | None:
    """None where there is no such step."""
    return STEPS[number - 1] if FIRST <= number <= LAST else None


def step_with(field: str) -> Step:
    """The step that asks for a field; rows of a list are named `field-number`."""
    name = field.partition("-")[0]
    return next(step for step in STEPS if name in step.fields)
