from __future__ import annotations

from collections.abc import Iterator

from matchmaker.scheduling.judge.breach import Finding, about, rule
from matchmaker.scheduling.judge.marking import marked as _
from matchmaker.scheduling.judge.plan import Plan


@rule("blocked", _("No talk takes place on a day that its organisation has blocked."))
def blocked(plan: Plan) -> Iterator[Finding]:
    for talk in plan.talks:
        for first, last in talk.organisation.blocked:
            if first <= talk.day <= last:
                template = _(
                    "%(request)s is on %(day)s, but %(organisation)s has blocked "
                    "%(first)s to %(last)s."
                )
                days = {"day": talk.day, "first": first, "last": last}
                yield about(talk, template, organisation=talk.organisation.id, **days)
                break
