"""Columns: complete ways to place a request - start, mode, language, speakers, interpreters."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from matchmaker.scheduling.problem import Assignment
from matchmaker.scheduling.solving.arrays import Bools, Ints, positions
from matchmaker.scheduling.solving.cells import MOST_MEMBERS
from matchmaker.scheduling.solving.tables import MODES, Tables
from matchmaker.scheduling.solving.wall import moment


@dataclass(frozen=True, slots=True)
class Columns:
    """Rows of arrays. `people` has three columns of speakers, then three of interpreters (-1).

    `value` are the points for taking this column, with the first step of the host's fairness and
    of each person's load; `rank` is the rank of the language; `day` counts from the first of the
    horizon. `identity` has two numbers a row that differ for any two columns.
    """

    identity: Ints
    request: Ints
    start: Ints
    day: Ints
    mode: Ints
    rank: Ints
    people: Ints
    value: Ints

    def __len__(self) -> int:
        return len(self.request)

    def take(self, rows: Ints | Bools) -> Columns:
        return Columns(*(getattr(self, item.name)[rows] for item in fields(self)))

    @classmethod
    def concatenate(cls, parts: list[Columns]) -> Columns:
        return cls(
            *(np.concatenate([getattr(part, item.name) for part in parts]) for item in fields(cls))
        )

    @classmethod
    def none(cls) -> Columns:
        nothing = np.zeros(0, dtype=np.int64)
        people = np.zeros((0, 2 * MOST_MEMBERS), dtype=np.int64)
        identity = np.zeros((0, 2), dtype=np.int64)
        return cls(identity, nothing, nothing, nothing, nothing, nothing, people, nothing)

    def among(self, others: Columns) -> Bools:
        """Which of these columns are among the others."""
        found: Bools = positions(self.identity, others.identity) >= 0
        return found

    def join(self, others: Columns) -> Columns:
        """These columns and those of the others that are new."""
        return Columns.concatenate([self, others.take(~others.among(self))])

    def seats(self) -> tuple[Ints, Ints]:
        """(column, person) for every person of every column, column after column."""
        column, spot = np.nonzero(self.people >= 0)
        return column, self.people[column, spot]


def assignment(tables: Tables, columns: Columns, row: int) -> Assignment:
    """A column in the words of a proposal."""
    people = columns.people[row].tolist()
    sides = people[:MOST_MEMBERS], people[MOST_MEMBERS:]
    names = [sorted(tables.people.ids[who] for who in side if who >= 0) for side in sides]
    request = tables.problem.requests[int(columns.request[row])]
    return Assignment(
        request=request.id,
        start=moment(int(columns.start[row])),
        mode=MODES[int(columns.mode[row])],
        language=request.languages[int(columns.rank[row])],
        speakers=tuple(names[0]),
        interpreters=tuple(names[1]),
    )
