from __future__ import annotations

from collections.abc import Iterator

from matchmaker.scheduling.judge.breach import Finding, about, rule
from matchmaker.scheduling.judge.marking import marked as _
from matchmaker.scheduling.judge.plan import Plan


@rule("group_size", _("Enough people come for every speaker assigned."))
def group_size(plan: Plan) -> Iterator[Finding]:
    for talk in plan.talks:
        for speaker in talk.speakers:
            if talk.request.people < speaker.min_people:
                template = _("People at %(request)s: %(people)s; %(person)s needs %(needed)s.")
                facts = {"people": talk.request.people, "needed": speaker.min_people}
                yield about(talk, template, speaker.id, **facts)
