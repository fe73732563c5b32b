"""The best plan after an event in which a limited number of other talks move: an exact search.

Some talks are taken out of the plan, and everything that they and the requests without a place
could do beside the rest is listed. Only what cannot be part of a better plan is left out: columns
for which more talks would have to move than may, and columns worth too little (`ceilings`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matchmaker.scheduling.problem import Assignment
from matchmaker.scheduling.solving.arrays import Bools, Ints
from matchmaker.scheduling.solving.block import Surroundings
from matchmaker.scheduling.solving.case import Case
from matchmaker.scheduling.solving.clock import Clock
from matchmaker.scheduling.solving.columns import Columns, assignment
from matchmaker.scheduling.solving.exact import search
from matchmaker.scheduling.solving.kept.kept import Kept
from matchmaker.scheduling.solving.linear import AtLeast, Program
from matchmaker.scheduling.solving.repair.ceilings import Field, find_candidates, unlocked, worth_of
from matchmaker.scheduling.solving.repair.listing import as_columns, list_columns
from matchmaker.scheduling.solving.repair.scene import Scene
from matchmaker.scheduling.solving.rows import build_rows

MOST_COLUMNS = 400  # of a request that may move,
MOST_OF_MANY = 100  # where several may
MOST_FREE = 2_000  # of one without a place
FEW = 150  # columns that need no look at the best ones first
MANY = 1_200  # columns that would take too long
FIRST_EACH = 8  # of these, by request


@dataclass(frozen=True, slots=True)
class Question:
    """`free` requests have no place in the plan and may get one, `movable` ones may move.

    Rows, ascending; at most `moves` of the latter do. `gained`: points beyond the plan without the
    lost talks that are known to be possible; only better plans are looked for.
    """

    free: Ints
    movable: Ints
    moves: int
    gained: int


@dataclass(frozen=True, slots=True)
class Moved:
    """The talks that the searched requests have now, or None where no plan is better than known.

    `limit`: no plan gains more points than that.
    """

    talks: tuple[Assignment, ...] | None
    limit: int


def best_moves(clock: Clock, scene: Scene, question: Question) -> Moved:
    movable = question.movable
    rest = scene.after.without(*movable.tolist())
    around = scene.around(rest, np.sort(np.concatenate([question.free, movable])))
    stays = [scene.after.talks[row] for row in movable.tolist()]
    before = as_columns(rest, stays)
    field = _field(scene.after, rest, around, question, before)
    gained, talks = question.gained, None
    free, moving, complete = field.useful(gained)
    if len(free) + len(moving) > FEW:
        first = [before, field.free.best(FIRST_EACH), field.movable.best(FIRST_EACH)]
        columns = Columns.concatenate(first)
        points, _, taken = _search(clock, around.case, columns, len(stays), question.moves)
        if taken is not None and points > gained:
            gained, talks = points, _talks(around.case, columns.take(taken))
            free, moving, complete = field.useful(gained)
    limit = max(field.limit, gained)
    # A talk that costs more than it earns does best without any place.
    if not len(free) + len(moving) and (field.worth >= 0).all():
        return Moved(talks, gained if complete else limit)
    if len(free) + len(moving) > MANY:
        return Moved(talks, limit)
    columns = Columns.concatenate([before, free, moving])
    points, bound, taken = _search(clock, around.case, columns, len(stays), question.moves)
    if taken is not None and points > gained:
        gained, talks = points, _talks(around.case, columns.take(taken))
    if complete and bound is not None:
        limit = min(limit, max(bound, gained))
    return Moved(talks, limit)


def _field(
    plan: Kept,
    rest: Kept,
    around: Surroundings,
    question: Question,
    before: Columns,
) -> Field:
    moves, weights = question.moves, plan.problem.weights
    worth = worth_of(plan, rest, before)
    nothing = np.zeros(len(question.free), dtype=np.int64)
    listed = list_columns(around, question.free, nothing, MOST_FREE)
    free = find_candidates(plan, rest, question.free, listed, moves, own=0)
    least = np.zeros(len(worth), dtype=np.int64)
    if moves == 1:
        reach = unlocked(free, question.movable).sum(axis=0)
        least = np.maximum(question.gained - reach + worth + 1, 0)
    most = MOST_COLUMNS if moves == 1 else MOST_OF_MANY
    listed = list_columns(around, question.movable, least, most)
    movable = find_candidates(plan, rest, question.movable, listed, moves - 1, own=1)
    return Field(free, movable, worth, moves, weights.fair_first)


def _talks(case: Case, columns: Columns) -> tuple[Assignment, ...]:
    return tuple(assignment(case.tables, columns, row) for row in range(len(columns)))


def _search(
    clock: Clock, case: Case, columns: Columns, stays: int, moves: int
) -> tuple[int, int | None, Bools | None]:
    """(points won, points that cannot be exceeded, columns); the first columns are those that stay.

    Of plans with equal points the one is found in which most of those stay.
    """
    program = Program(columns, build_rows(case, columns))
    before = np.arange(len(columns)) < stays
    base = program.rows.points(columns, before)
    fine = stays + 1
    weighed = Program(
        replace(columns, value=fine * columns.value + before),
        replace(program.rows, step_cost=fine * program.rows.step_cost),
    )
    least = AtLeast(np.flatnonzero(before), stays - moves) if stays else None
    found = search(clock, weighed, stay=least)
    bound = None if found.bound is None else found.bound // fine - base
    if found.taken is None:
        return 0, bound, None
    return program.rows.points(columns, found.taken) - base, bound, found.taken
