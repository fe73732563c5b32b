"""What looks odd but may well be meant: a word about it, never a hindrance."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from matchmaker.i18n import N_
from matchmaker.services.intake.typed import Typed, many, text
from matchmaker.services.intake.values import whole
from matchmaker.services.intake.week import part_of_slot

TOO_SMALL = N_("%(people)s people come, but only %(places)s fit into the room. Is that right?")
BEST_NOT_CHOSEN = N_("You have chosen what suits best, but no such time above. Is that right?")


@dataclass(frozen=True, slots=True)
class Hint:
    """`field` belongs to the step that can put it right; `facts` stand in the message."""

    field: str
    message: str
    facts: Mapping[str, int] = dataclasses.field(default_factory=dict)


def hints(typed: Typed) -> list[Hint]:
    """In the order of the steps."""
    found = []
    chosen = {part_of_slot(key) for key in many(typed, "windows")}
    if chosen and not set(many(typed, "best")) <= chosen:
        found.append(Hint("best", BEST_NOT_CHOSEN))
    places = whole(text(typed, "capacity"))
    people = (whole(text(typed, "people")) or 0) + (whole(text(typed, "children")) or 0)
    if places and people > places:
        found.append(Hint("capacity", TOO_SMALL, {"people": people, "places": places}))
    return found
