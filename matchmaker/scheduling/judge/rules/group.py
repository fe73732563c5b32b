from __future__ import annotations

from collections.abc import Iterator

from matchmaker.scheduling.judge.breach import Finding, about, rule
from matchmaker.scheduling.judge.marking import marked as _
from matchmaker.scheduling.judge.plan import Plan


@rule("group", _("To women's groups only go people who may."))
def group(plan: Plan) -> Iterator[Finding]:
    for talk, person in plan.duties():
        if talk.request.womens_group and not person.womens_groups:
            template = _("%(request)s is a women's group, to which %(person)s does not go.")
            yield about(talk, template, person.id)
