"""People whose times may no longer be true."""

from __future__ import annotations

from flask import url_for

from matchmaker.services.worklist import Task
from matchmaker.web.coordinator.task_words.line import (
    Line,
    Words,
)
from matchmaker.web.texts import _, ngettext


def _old_times(task: Task) -> Line:
    return Line(
        tone="neutral",
        icon="calendar",
        title=ngettext(
            "%(name)s has not confirmed any times for eight weeks",
            "%(num)s people have not confirmed their times for eight weeks",
            task.count,
            name=task.facts["name"],
        ),
        text=_("Plans still count on what they said last."),
        action=_("See who"),
        url=url_for("coordinator_contacts.index", times="old"),
    )


def _stale_calendar(task: Task) -> Line:
    return Line(
        tone="neutral",
        icon="calendar",
        title=_("A calendar of %(name)s cannot be read any more", name=task.facts["name"]),
        text=_("What was read last goes on counting. Please ask whether it is still true."),
        action=_("Look at it"),
        url=url_for("coordinator_contacts.person", code=task.facts["person"]),
    )


WORDS: Words = {
    "old_times": _old_times,
    "stale_calendar": _stale_calendar,
}
