from __future__ import annotations

from collections.abc import Iterator

from matchmaker.scheduling.judge.breach import Finding, about, rule
from matchmaker.scheduling.judge.marking import marked as _
from matchmaker.scheduling.judge.plan import Plan


@rule("district", _("To talks on site people only go in their own districts."))
def district(plan: Plan) -> Iterator[Finding]:
    for talk, person in plan.duties():
        if talk.district is None or person.districts is None:
            continue
        if talk.district not in person.districts:
            template = _("%(request)s is in district %(district)s, where %(person)s does not go.")
            yield about(talk, template, person.id, district=talk.district)
