"""How much of a wide change the best plan needs: the rest of it can be left away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from matchmaker.scheduling.problem import Assignment, Interval, Problem
from matchmaker.scheduling.unlocking import Change, Evening, FurtherWindow, PersonLimit


def narrowed(problem: Problem, change: Change, plan: Sequence[Assignment]) -> Change:
    """The change with nothing in it that the plan does not need; its gain is the same."""
    match change:
        case Evening():
            return _evening(problem, change, _talks_of(plan, change.person))
        case PersonLimit(limit="lead_days"):
            days = [
                (row.start.date() - problem.now.date()).days
                for row in _talks_of(plan, change.person)
            ]
            return replace(change, after=min([change.before, *days]))
        case PersonLimit(limit="min_people"):
            groups = [problem.request[row.request].people for row in _talks_of(plan, change.person)]
            return replace(change, after=min([change.before, *groups]))
        case FurtherWindow():
            times = [problem.hours(row) for row in plan if row.request == change.request]
            return replace(change, start=times[0][0], end=times[0][1]) if times else change
    return change


def _evening(problem: Problem, change: Evening, talks: Sequence[Assignment]) -> Evening:
    there = problem.person[change.person].available
    spans = [problem.hours(row) for row in talks if change.start <= row.start < change.end]
    new = [span for span in spans if not _inside(span, there)]
    if not new:
        return change
    return replace(change, start=min(row[0] for row in new), end=max(row[1] for row in new))


def _inside(span: Interval, intervals: Sequence[Interval]) -> bool:
    """Whether the span lies in the intervals; those that touch count as one."""
    reached = span[0]
    for begin, end in sorted(intervals):
        if begin <= reached:
            reached = max(reached, end)
    begun = any(begin <= span[0] < end for begin, end in intervals)
    return begun and reached >= span[1]


def _talks_of(plan: Sequence[Assignment], person: str) -> list[Assignment]:
    return [row for row in plan if person in row.people]
