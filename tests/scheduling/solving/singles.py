"""Every single change to a problem, and its gain by solving the changed problem from nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from matchmaker.scheduling.problem import Interpreting, Problem, RequestMode
from matchmaker.scheduling.proposal import Proposal
from matchmaker.scheduling.solving import solve
from matchmaker.scheduling.solving.unlock.newcomers import newcomers
from matchmaker.scheduling.unlocking import (
    HOST_LIMITS,
    PERSON_LIMITS,
    AnyMode,
    Change,
    Evening,
    FurtherWindow,
    HostLimit,
    PersonLimit,
    WithInterpreting,
)

DAY = timedelta(days=1)


def every_change(problem: Problem, proposal: Proposal) -> list[Change]:
    """All of them as wide as they can be."""
    left_out = {row.request for row in proposal.unassigned}
    asking = [row for row in problem.requests if row.id in left_out]
    changes = [*_of_people(problem), *_of_hosts(problem), *_of_requests(problem)]
    return [*changes, *newcomers(problem, asking)]


def gain(problem: Problem, change: Change, before: Proposal) -> tuple[int, int]:
    """(requests, points) that the best plan has more with the change."""
    after = solve(change.changed(problem), threads=1)
    assert after.bound == after.score.total
    served = len(after.assignments) - len(before.assignments)
    return served, after.score.total - before.score.total


def _of_people(problem: Problem) -> Iterator[Change]:
    count = (problem.last_day - problem.first_day).days + 1
    for person in problem.person.values():
        for number in range(count):
            begin = datetime.combine(problem.first_day, time()) + number * DAY
            if begin.date() not in problem.closed_days:
                yield Evening(person.id, begin, begin + DAY)
        for name in PERSON_LIMITS:
            before = getattr(person, name)
            yield PersonLimit(person.id, name, before, before + 1)
        for name in ("lead_days", "min_people"):
            if getattr(person, name, 0):
                yield PersonLimit(person.id, name, getattr(person, name), 0)


def _of_hosts(problem: Problem) -> Iterator[Change]:
    for host in problem.organisations:
        for name in HOST_LIMITS:
            before = getattr(host, name)
            yield HostLimit(host.id, name, before, before + 1)


def _of_requests(problem: Problem) -> Iterator[Change]:
    begin = datetime.combine(problem.first_day, time())
    end = datetime.combine(problem.last_day, time()) + DAY
    for row in problem.requests:
        yield FurtherWindow(row.id, begin, end)
        if row.mode is not RequestMode.EITHER:
            yield AnyMode(row.id, row.mode)
        if row.interpreting is Interpreting.NEVER:
            yield WithInterpreting(row.id)
