"""Talks that lack somebody, and talks of which nobody has said what became of them."""

from __future__ import annotations

from flask import url_for

from matchmaker.i18n import language_name
from matchmaker.services.talks.talk_list import Shelf
from matchmaker.services.worklist import Task
from matchmaker.web.coordinator.task_words.line import (
    Line,
    Words,
    talk_url,
    which_talk,
)
from matchmaker.web.i18n import locale, moment
from matchmaker.web.texts import _, ngettext


def _interpreter_missing(task: Task) -> Line:
    facts = task.facts
    return Line(
        tone="problem",
        icon="language",
        title=_(
            "No interpreter for %(language)s", language=language_name(facts["language"], locale())
        ),
        text=which_talk(task),
        action=_("Find an interpreter"),
        url=talk_url(task),
    )


def _mark_held(task: Task) -> Line:
    return Line(
        tone="info",
        icon="done",
        title=_("Did the talk at %(host)s take place?", host=task.facts["host"]),
        text=moment(task.facts["starts_at"]),
        action=_("Note it"),
        url=talk_url(task),
    )


def _mark_all_held(task: Task) -> Line:
    return Line(
        tone="info",
        icon="done",
        title=ngettext(
            "%(num)s talk is over: did it take place?",
            "%(num)s talks are over: did they take place?",
            task.count,
        ),
        text=_("The oldest was on %(moment)s.", moment=moment(task.facts["starts_at"])),
        action=_("Note them"),
        url=url_for("coordinator_talks.index", zeige=Shelf.TO_NOTE.value),
    )


WORDS: Words = {
    "interpreter_missing": _interpreter_missing,
    "mark_held": _mark_held,
    "mark_all_held": _mark_all_held,
}
