from __future__ import annotations

from collections.abc import Iterator

from matchmaker.scheduling.judge.breach import Finding, about, rule
from matchmaker.scheduling.judge.marking import marked as _
from matchmaker.scheduling.judge.plan import Plan


@rule("topic", _("The most wanted topic is covered, and every speaker covers a wanted topic."))
def topic(plan: Plan) -> Iterator[Finding]:
    for talk in plan.talks:
        first = talk.request.topics[0]
        if not any(first in speaker.topics for speaker in talk.speakers):
            template = _("Nobody assigned to %(request)s covers its first topic %(topic)s.")
            yield about(talk, template, topic=first)
        for speaker in talk.speakers:
            if speaker.topics.keys().isdisjoint(talk.request.topics):
                yield about(talk, _("%(person)s covers no topic of %(request)s."), speaker.id)
