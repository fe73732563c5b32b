from __future__ import annotations

from collections.abc import Iterator

from matchmaker.scheduling.judge.breach import Finding, about, rule
from matchmaker.scheduling.judge.marking import marked as _
from matchmaker.scheduling.judge.plan import Plan, Talk
from matchmaker.scheduling.problem import Interpreting

GERMAN = "de"  # interpreters work between German and their languages


@rule("language", _("The evening is held in a wished language, interpreted where it is needed."))
def language(plan: Plan) -> Iterator[Finding]:
    for talk in plan.talks:
        if talk.language not in talk.request.languages:
            template = _("%(request)s is held in %(language)s, which it does not ask for.")
            yield about(talk, template, language=talk.language)
        if talk.needs_interpreting:
            yield from _interpreted(talk)
        elif talk.interpreters:
            template = _("%(request)s has an interpreter, but all speakers speak %(language)s.")
            people = (interpreter.id for interpreter in talk.interpreters)
            yield about(talk, template, *people, language=talk.language)


def _interpreted(talk: Talk) -> Iterator[Finding]:
    spoken, needed = talk.language, talk.request.interpreters_needed
    if talk.request.interpreting is Interpreting.NEVER:
        template = _("%(request)s needs interpreting into %(language)s, but does not accept it.")
        yield about(talk, template, language=spoken)
    if spoken == GERMAN:
        for speaker in talk.speakers:
            if GERMAN not in speaker.languages:
                template = _("%(person)s does not speak German, in which %(request)s is held.")
                yield about(talk, template, speaker.id)
    else:
        for speaker in talk.speakers:
            if spoken not in speaker.languages and GERMAN not in speaker.languages:
                template = _(
                    "%(person)s speaks neither %(language)s nor German: "
                    "nobody can interpret at %(request)s."
                )
                yield about(talk, template, speaker.id, language=spoken)
    if len(talk.interpreters) != needed:
        template = _("Interpreters at %(request)s: %(count)s; needed: %(needed)s.")
        yield about(talk, template, count=len(talk.interpreters), needed=needed)
    for interpreter in talk.interpreters:
        if spoken not in interpreter.languages:
            template = _("%(person)s does not interpret %(language)s, spoken at %(request)s.")
            yield about(talk, template, interpreter.id, language=spoken)
