from __future__ import annotations

from collections.abc import Iterator

from matchmaker.scheduling.judge.breach import Finding, rule
from matchmaker.scheduling.judge.marking import marked as _
from matchmaker.scheduling.judge.plan import Plan


@rule("fixed", _("Every fixed talk stands in the plan unchanged."))
def fixed(plan: Plan) -> Iterator[Finding]:
    for row in plan.problem.fixed:
        if not plan.keeps(row):
            if row.request in plan.assignment_of:
                template = _("%(request)s is fixed at %(start)s, but the plan changes it.")
            else:
                template = _("%(request)s is fixed at %(start)s, but is not in the plan.")
            yield Finding(
                template=template,
                requests=(row.request,),
                persons=row.people,
                facts={"request": row.request, "start": row.start},
            )
