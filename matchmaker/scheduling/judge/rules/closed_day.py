from __future__ import annotations

from collections.abc import Iterator

from matchmaker.scheduling.judge.breach import Finding, about, rule
from matchmaker.scheduling.judge.marking import marked as _
from matchmaker.scheduling.judge.plan import Plan


@rule("closed_day", _("No talk takes place on a closed day."))
def closed_day(plan: Plan) -> Iterator[Finding]:
    for talk in plan.talks:
        if talk.day in plan.problem.closed_days:
            yield about(talk, _("%(request)s is on %(day)s, a closed day."), day=talk.day)
