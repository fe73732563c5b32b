from __future__ import annotations

from collections.abc import Iterator

from matchmaker.scheduling.judge.breach import Finding, about, rule
from matchmaker.scheduling.judge.marking import marked as _
from matchmaker.scheduling.judge.plan import Plan


@rule("lead_time", _("No talk lies in the past, and everybody has the time ahead that they need."))
def lead_time(plan: Plan) -> Iterator[Finding]:
    now = plan.problem.now
    for talk in plan.talks:
        if talk.start < now:
            template = _("%(request)s starts at %(start)s, before now, %(now)s.")
            yield about(talk, template, start=talk.start, now=now)
    for talk, person in plan.duties():
        ahead = (talk.day - now.date()).days
        if ahead < person.lead_days:
            template = _("Days until %(request)s: %(ahead)s; %(person)s needs %(needed)s.")
            yield about(talk, template, person.id, ahead=ahead, needed=person.lead_days)
