from __future__ import annotations

from collections.abc import Iterator

from matchmaker.scheduling.judge.breach import Finding, about, rule
from matchmaker.scheduling.judge.marking import marked as _
from matchmaker.scheduling.judge.plan import Plan


@rule("team", _("A talk has as many different people as the request allows, and nobody excluded."))
def team(plan: Plan) -> Iterator[Finding]:
    for talk in plan.talks:
        count, limit = len(talk.speakers), talk.request.max_speakers
        if not 1 <= count <= limit:
            template = _("Speakers at %(request)s: %(count)s; allowed: 1 to %(limit)s.")
            yield about(talk, template, count=count, limit=limit)
        everybody = [person.id for person in (*talk.speakers, *talk.interpreters)]
        for id_ in sorted({id_ for id_ in everybody if everybody.count(id_) > 1}):
            yield about(talk, _("%(request)s names %(person)s more than once."), id_)
        for id_ in sorted({*everybody} & {*talk.request.excluded_speakers}):
            yield about(talk, _("%(request)s excludes %(person)s."), id_)
