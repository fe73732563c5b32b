"""People who were not reminded."""

from __future__ import annotations

from matchmaker.services.worklist import Task
from matchmaker.web.coordinator.task_words.line import Line, Words, talk_url, which_talk
from matchmaker.web.texts import _, ngettext


def _not_reminded(task: Task) -> Line:
    names = ", ".join(task.facts["names"])
    return Line(
        tone="attention",
        icon="clock",
        title=ngettext(
            "%(num)s person was not reminded", "%(num)s people were not reminded", task.count
        ),
        text=f"{which_talk(task)}: {names}",
        action=_("Look at it"),
        url=talk_url(task),
    )


WORDS: Words = {"not_reminded": _not_reminded}
