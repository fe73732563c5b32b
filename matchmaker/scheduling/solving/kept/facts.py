"""What a problem says whatever the plan: the tables, and every person's days at a glance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from matchmaker.scheduling.problem import Assignment, Problem
from matchmaker.scheduling.proposal import Score
from matchmaker.scheduling.solving.arrays import Bools, Ints, Spans, expand, ints
from matchmaker.scheduling.solving.block import Surroundings
from matchmaker.scheduling.solving.case import Case, make_case
from matchmaker.scheduling.solving.kept.counts import Limits
from matchmaker.scheduling.solving.score import score
from matchmaker.scheduling.solving.tables import Days, Tables
from matchmaker.scheduling.solving.wall import DAY

Minutes = npt.NDArray[np.int16]


@dataclass(frozen=True)
class Facts:
    """Looked up by person and day of the horizon; in `case` no talk stands.

    A person is there from `begin` to `end` (minutes of the day, empty where both are 0), and at
    further times where `several`; the `idle` may take no talk at all. `committed` and `avoiding`
    mark days with commitments and with times that they would rather not take. `unpublished` is the
    problem without what was published.
    """

    case: Case
    begin: Minutes
    end: Minutes
    several: Bools
    idle: Bools
    committed: Bools
    avoiding: Bools
    people_limits: Limits
    host_limits: Limits
    published: Mapping[str, Assignment]
    fixed: frozenset[str]
    unpublished: Problem
    remembered: dict[Assignment, Score] = field(default_factory=dict)

    def own(self, talk: Assignment) -> Score:
        """The parts of the score that are a talk's own; remembered, for talks of the plan."""
        if talk not in self.remembered:
            self.remembered[talk] = score(self.unpublished, [talk])
        return self.remembered[talk]

    @property
    def tables(self) -> Tables:
        return self.case.tables

    @property
    def problem(self) -> Problem:
        return self.case.tables.problem

    @cached_property
    def around(self) -> Surroundings:
        """What columns are listed from, without any talk; made when it is first asked for."""
        return Surroundings.of(self.case)


def find_facts(problem: Problem, tables: Tables | None = None) -> Facts:
    """The facts of a problem; `tables` are its own, if they are at hand."""
    case = make_case(problem, (), tables)
    tables, people = case.tables, case.tables.people
    shape = len(people.ids), tables.days.count
    person, day, begin, end = _by_day(people.available, tables.days)
    key = person * shape[1] + day
    first = np.ones(len(key), dtype=np.bool_)
    first[1:] = key[1:] != key[:-1]
    several = np.zeros(shape, dtype=np.bool_)
    several.reshape(-1)[key[~first]] = True
    opening, closing = (np.zeros(shape, dtype=np.int16) for _ in range(2))
    opening.reshape(-1)[key[first]] = begin[first]
    closing.reshape(-1)[key[first]] = end[first]
    committed, avoiding = (np.zeros(shape, dtype=np.bool_) for _ in range(2))
    committed.reshape(-1)[case.load.busy.key] = True
    unloved = _by_day(people.avoid, tables.days)
    avoiding[unloved[0], unloved[1]] = True
    limits = Limits(people.per_day, people.per_week, people.per_month, people.in_all)
    return Facts(
        case=case,
        begin=opening,
        end=closing,
        several=several,
        idle=limits.none(),
        committed=committed,
        avoiding=avoiding,
        people_limits=limits,
        host_limits=_host_limits(problem),
        published={talk.request: talk for talk in problem.published},
        fixed=frozenset(talk.request for talk in problem.fixed),
        unpublished=replace(problem, published=()),
    )


def _host_limits(problem: Problem) -> Limits:
    hosts = problem.organisations
    return Limits(
        per_day=np.ones(len(hosts), dtype=np.int64),
        per_week=ints(row.max_per_week for row in hosts),
        per_month=np.full(len(hosts), len(problem.requests) + 1, dtype=np.int64),
        in_all=ints(row.max_talks for row in hosts),
    )


def _by_day(spans: Spans, days: Days) -> tuple[Ints, Ints, Ints, Ints]:
    """(owner, day of the horizon, begin, end in minutes of that day) of all pieces, in order."""
    owner, position = np.divmod(spans.begin_keys, spans.stride)
    begin = position + spans.origin
    end = spans.ends - owner * spans.stride + spans.origin
    begin = np.maximum(begin, days.first * DAY)
    end = np.minimum(end, (days.first + days.count) * DAY)
    held = np.flatnonzero(begin < end)
    owner, begin, end = owner[held], begin[held], end[held]
    piece, nth = expand((end - 1) // DAY - begin // DAY + 1)
    midnight = (begin[piece] // DAY + nth) * DAY
    since = np.maximum(begin[piece] - midnight, 0)
    until = np.minimum(end[piece] - midnight, DAY)
    return owner[piece], midnight // DAY - days.first, since, until
