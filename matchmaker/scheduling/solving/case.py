"""A problem together with the talks that stand: the facts that every later step looks up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from matchmaker.scheduling.problem import Assignment, Problem
from matchmaker.scheduling.solving.arrays import Bools, Ints, Spans, ints
from matchmaker.scheduling.solving.load import Load, load
from matchmaker.scheduling.solving.points import person_points, request_points
from matchmaker.scheduling.solving.tables import Tables, tabulate
from matchmaker.scheduling.solving.wall import minute


@dataclass(frozen=True, slots=True)
class Case:
    """Looked up by request, by person or organisation and day of the horizon, or by key.

    `single[person, day]`: there is room for one talk at most. `shared_venue[request]`: another
    request that is still to be placed names the same venue. `published_start[request]` is -1 where
    nothing was published. The last four are sorted keys request * people + person.
    """

    tables: Tables
    load: Load
    day_points: Ints
    closed: Bools
    blocked: Spans
    host_open: Bools
    person_open: Bools
    single: Bools
    shared_venue: Bools
    request_points: Ints
    person_points: Ints
    published_start: Ints
    excluded: Ints
    preferred: Ints
    published_speakers: Ints
    published_interpreters: Ints


def make_case(
    problem: Problem, standing: Sequence[Assignment], tables: Tables | None = None
) -> Case:
    """The case of a problem in which the given talks stand, right or wrong.

    `tables` are those of the problem, if they are at hand.
    """
    tables = tables or tabulate(problem)
    stands = load(tables, standing)
    rows, published = problem.requests, problem.published
    return Case(
        tables=tables,
        load=stands,
        day_points=_day_points(tables),
        closed=_closed(tables),
        blocked=_blocked(problem),
        host_open=stands.hosts.open_days(tables.days),
        person_open=stands.people.open_days(tables.days),
        single=stands.people.day <= 1,
        shared_venue=_shared_venue(tables, stands),
        request_points=request_points(tables, stands),
        person_points=person_points(tables, stands),
        published_start=_published_start(tables),
        excluded=_keys(tables, ((row.id, row.excluded_speakers) for row in rows)),
        preferred=_keys(tables, ((row.id, row.preferred_speakers) for row in rows)),
        published_speakers=_keys(tables, ((row.request, row.speakers) for row in published)),
        published_interpreters=_keys(
            tables, ((row.request, row.interpreters) for row in published)
        ),
    )


def _day_points(tables: Tables) -> Ints:
    points = np.zeros(tables.days.count, dtype=np.int64)
    for day, cost in tables.problem.discouraged_days.items():
        spot = day.toordinal() - tables.days.first
        if 0 <= spot < len(points):
            points[spot] = -cost
    return points


def _closed(tables: Tables) -> Bools:
    closed = np.zeros(tables.days.count, dtype=np.bool_)
    for day in tables.problem.closed_days:
        spot = day.toordinal() - tables.days.first
        if 0 <= spot < len(closed):
            closed[spot] = True
    return closed


def _blocked(problem: Problem) -> Spans:
    """Blocked days of organisations, as ordinals."""
    rows = [
        (row, first.toordinal(), last.toordinal() + 1)
        for row, host in enumerate(problem.organisations)
        for first, last in host.blocked
    ]
    return Spans.of(rows, merge=True)


def _shared_venue(tables: Tables, stands: Load) -> Bools:
    venue = tables.requests.venue
    named = (venue >= 0) & ~stands.requests
    counts = np.bincount(venue[named], minlength=int(venue.max(initial=-1)) + 2)
    shared: Bools = named & (counts[venue] > 1)
    return shared


def _published_start(tables: Tables) -> Ints:
    start = np.full(len(tables.requests.ids), -1, dtype=np.int64)
    for talk in tables.problem.published:
        start[tables.request_row[talk.request]] = minute(talk.start)
    return start


def _keys(tables: Tables, names: Iterable[tuple[str, tuple[str, ...]]]) -> Ints:
    count = len(tables.people.ids)
    return np.unique(
        ints(
            tables.request_row[request] * count + tables.person_row[name]
            for request, people in names
            for name in people
        )
    )
