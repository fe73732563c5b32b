from __future__ import annotations

from collections.abc import Iterator

from matchmaker.scheduling.judge.breach import Finding, about, rule
from matchmaker.scheduling.judge.marking import marked as _
from matchmaker.scheduling.judge.plan import Plan


@rule("mode", _("On site or online: the request and everybody assigned must accept it."))
def mode(plan: Plan) -> Iterator[Finding]:
    for talk in plan.talks:
        if not talk.request.mode.allows(talk.mode):
            template = _("%(request)s takes place %(mode)s, which it does not accept.")
            yield about(talk, template, mode=talk.mode.value)
    for talk, person in plan.duties():
        if talk.mode not in person.modes:
            template = _("%(request)s takes place %(mode)s, which %(person)s does not do.")
            yield about(talk, template, person.id, mode=talk.mode.value)
