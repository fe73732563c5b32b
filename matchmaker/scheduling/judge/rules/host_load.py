from __future__ import annotations

from collections.abc import Iterator

from matchmaker.scheduling.judge.breach import Finding, about_all, rule
from matchmaker.scheduling.judge.marking import marked as _
from matchmaker.scheduling.judge.periods import by_day, by_week
from matchmaker.scheduling.judge.plan import Plan

A_DAY = _("Talks at %(organisation)s on %(day)s: %(count)s; allowed: %(limit)s (%(requests)s).")
A_WEEK = _(
    "Talks at %(organisation)s in week %(week)s: %(count)s; allowed: %(limit)s (%(requests)s)."
)
IN_ALL = _("Talks at %(organisation)s in all: %(count)s; allowed: %(limit)s (%(requests)s).")


@rule("host_load", _("An organisation hosts one talk a day and no more a week or in all than set."))
def host_load(plan: Plan) -> Iterator[Finding]:
    for name, talks in plan.talks_by_organisation.items():
        organisation = plan.problem.organisation[name]
        for limit, groups, template in (
            (1, by_day(talks), A_DAY),
            (organisation.max_per_week, by_week(talks), A_WEEK),
            (organisation.max_talks, [({}, talks)], IN_ALL),
        ):
            for period, group in groups:
                if len(group) > limit:
                    facts = {"organisation": name, "count": len(group), "limit": limit, **period}
                    yield about_all(group, template, **facts)
