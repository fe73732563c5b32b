"""Other places for one request, the rest of the plan as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matchmaker.scheduling.problem import Assignment, Problem
from matchmaker.scheduling.solving.arrays import NOTHING
from matchmaker.scheduling.solving.case import make_case
from matchmaker.scheduling.solving.columns import assignment
from matchmaker.scheduling.solving.prices import Prices
from matchmaker.scheduling.solving.pricing import Pricer
from matchmaker.scheduling.solving.score import score
from matchmaker.scheduling.solving.sides import find_sides


@dataclass(frozen=True, slots=True)
class Place:
    """An allowed assignment and by how many points the plan's total differs with it."""

    assignment: Assignment
    difference: int


def place(
    problem: Problem, assignments: Sequence[Assignment], request_id: str, limit: int = 5
) -> list[Place]:
    """The best places of a request beside the other assignments, best first.

    The difference is to the plan as given, in which the request may be assigned or not; the place
    that it has is not among the answers. Of starts on one evening that suit the same people only
    the best is listed.
    """
    rest = [talk for talk in assignments if talk.request != request_id]
    now = [talk for talk in assignments if talk.request == request_id]
    case = make_case(problem, rest)
    tables = case.tables
    sides = find_sides(case, np.array([tables.request_row[request_id]]))
    pricer = Pricer(case, sides, 0)
    free = Prices.none(len(tables.people.ids), len(tables.organisation_row), tables.days.count)
    valued = pricer.value(free)
    columns = pricer.columns(valued, pricer.nth_best(valued, 4 * limit + 4, lowest=NOTHING + 1))
    worth = score(problem, assignments).total - score(problem, rest).total
    found: list[Place] = []
    for row in np.lexsort((columns.start, -columns.value)).tolist():
        option = assignment(tables, columns, row)
        if option not in now and len(found) < limit:
            found.append(Place(option, int(columns.value[row]) - worth))
    return found
