"""Answers that need somebody, and answers that are missing."""

from __future__ import annotations

from flask import url_for

from matchmaker.services.worklist import Task
from matchmaker.web.coordinator.task_words.line import (
    Line,
    Words,
    talk_url,
    which_talk,
)
from matchmaker.web.i18n import moment
from matchmaker.web.texts import _, ngettext


def _declined(task: Task) -> Line:
    return Line(
        tone="problem",
        icon="cancelled",
        title=_("%(name)s cannot come", name=task.facts["name"]),
        text=which_talk(task),
        action=_("Find somebody else"),
        url=talk_url(task),
    )


def _answer_ahead(task: Task) -> Line:
    return _odd_answer(
        task,
        _("%(name)s has answered to a date that we never sent", name=task.facts["name"]),
    )


def _answer_taken(task: Task) -> Line:
    return _odd_answer(
        task,
        _("%(name)s says yes again, but has another talk by now", name=task.facts["name"]),
    )


def _odd_answer(task: Task, title: str) -> Line:
    """The answer has changed nothing; somebody asks and enters what holds."""
    facts = task.facts
    return Line(
        tone="attention",
        icon="question",
        title=title,
        text=which_talk(task),
        action=_("Ask and enter the answer"),
        url=url_for(
            "coordinator_talks.ask_answer", code=facts["talk"], invitation_id=facts["invitation"]
        ),
    )


def _host_declined(task: Task) -> Line:
    return Line(
        tone="problem",
        icon="cancelled",
        title=_("%(host)s says no to its talk", host=task.facts["host"]),
        text=_("The talk on %(moment)s still stands.", moment=moment(task.facts["starts_at"])),
        action=_("Move or call off"),
        url=talk_url(task),
    )


def _unanswered(task: Task) -> Line:
    return Line(
        tone="attention",
        icon="waiting",
        title=ngettext(
            "%(name)s has not answered yet",
            "%(num)s people have not answered yet",
            task.count,
            name=task.facts["name"],
        ),
        text=which_talk(task),
        action=_("See the talk"),
        url=talk_url(task),
    )


WORDS: Words = {
    "declined": _declined,
    "host_declined": _host_declined,
    "answer_ahead": _answer_ahead,
    "answer_taken": _answer_taken,
    "unanswered": _unanswered,
}
