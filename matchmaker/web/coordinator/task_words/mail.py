"""Mail that does not get out."""

from __future__ import annotations

from flask import url_for

from matchmaker.services.worklist import Task
from matchmaker.web.coordinator.task_words.line import (
    Line,
    Words,
)
from matchmaker.web.texts import _, ngettext


def _mail_trouble(task: Task) -> Line:
    known = task.facts["text"]
    text = _(known)
    return Line(
        tone="problem",
        icon="problem",
        title=_("No mail leaves at the moment"),
        text=f"{text} {task.facts['detail']}".strip(),
        action=_("Look at the mails"),
        url=url_for("coordinator_post.index"),
    )


def _mail_dead(task: Task) -> Line:
    return Line(
        tone="problem",
        icon="post",
        title=ngettext(
            "%(num)s mail could not be delivered",
            "%(num)s mails could not be delivered",
            task.count,
        ),
        text=_("For example to %(recipient)s.", recipient=task.facts["recipient"]),
        action=_("See why"),
        url=url_for("coordinator_post.index", status="dead"),
    )


def _mail_uncertain(task: Task) -> Line:
    return Line(
        tone="attention",
        icon="help",
        title=ngettext(
            "%(num)s mail may or may not have arrived",
            "%(num)s mails may or may not have arrived",
            task.count,
        ),
        text=_("The connection broke at the last moment. Please decide whether to send again."),
        action=_("Decide"),
        url=url_for("coordinator_post.index", status="uncertain"),
    )


WORDS: Words = {
    "mail_trouble": _mail_trouble,
    "mail_dead": _mail_dead,
    "mail_uncertain": _mail_uncertain,
}
