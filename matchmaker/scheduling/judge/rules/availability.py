from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from matchmaker.scheduling.judge.breach import Finding, about, rule
from matchmaker.scheduling.judge.marking import marked as _
from matchmaker.scheduling.judge.plan import Plan
from matchmaker.scheduling.problem import Interval


@rule("availability", _("Everybody assigned is available during the whole talk."))
def availability(plan: Plan) -> Iterator[Finding]:
    for id_, talks in plan.talks_by_person.items():
        available = joined(plan.problem.person[id_].available)
        for talk in talks:
            if not any(start <= talk.start and talk.end <= end for start, end in available):
                template = _("%(person)s is not available for %(request)s, %(start)s to %(end)s.")
                yield about(talk, template, id_, start=talk.start, end=talk.end)


def joined(intervals: Sequence[Interval]) -> list[Interval]:
    """Touching and overlapping intervals count as one."""
    result: list[tuple[datetime, datetime]] = []
    for start, end in sorted(intervals):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result
