from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from matchmaker.scheduling.judge.breach import Finding, about_all, rule
from matchmaker.scheduling.judge.marking import marked as _
from matchmaker.scheduling.judge.plan import Plan, Talk


@rule("venue", _("Two talks in one venue never overlap."))
def venue(plan: Plan) -> Iterator[Finding]:
    for name, talks in _talks_by_venue(plan).items():
        for index, first in enumerate(talks):
            for second in talks[index + 1 :]:
                if second.start >= first.end:
                    break  # the talks stand in the order of their start
                template = _("%(requests)s are in venue %(venue)s at the same time, %(start)s.")
                yield about_all((first, second), template, venue=name, start=second.start)


def _talks_by_venue(plan: Plan) -> dict[str, list[Talk]]:
    groups: defaultdict[str, list[Talk]] = defaultdict(list)
    for talk in plan.talks:
        if talk.request.venue is not None:
            groups[talk.request.venue].append(talk)
    return groups
