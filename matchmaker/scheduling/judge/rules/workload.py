from __future__ import annotations

from collections.abc import Iterator

from matchmaker.scheduling.judge.breach import Finding, about_all, rule
from matchmaker.scheduling.judge.marking import marked as _
from matchmaker.scheduling.judge.periods import by_day, by_month, by_week
from matchmaker.scheduling.judge.plan import Plan

A_DAY = _("Talks of %(person)s on %(day)s: %(count)s; allowed: %(limit)s (%(requests)s).")
A_WEEK = _("Talks of %(person)s in week %(week)s: %(count)s; allowed: %(limit)s (%(requests)s).")
A_MONTH = _("Talks of %(person)s in month %(month)s: %(count)s; allowed: %(limit)s (%(requests)s).")
IN_ALL = _("Talks of %(person)s in all: %(count)s; allowed: %(limit)s (%(requests)s).")


@rule("workload", _("Nobody has more talks a day, week, month or in all than agreed."))
def workload(plan: Plan) -> Iterator[Finding]:
    for id_, talks in plan.talks_by_person.items():
        person = plan.problem.person[id_]
        for limit, groups, template in (
            (person.max_per_day, by_day(talks), A_DAY),
            (person.max_per_week, by_week(talks), A_WEEK),
            (person.max_per_month, by_month(talks), A_MONTH),
            (person.max_talks, [({}, talks)], IN_ALL),
        ):
            for period, group in groups:
                if len(group) > limit:
                    facts = {"count": len(group), "limit": limit, **period}
                    yield about_all(group, template, id_, **facts)
