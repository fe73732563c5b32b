"""Mail that came in and waits for somebody, and invitations that came back."""

from __future__ import annotations

from flask import url_for

from matchmaker.services.worklist import Task
from matchmaker.web.coordinator.task_words.line import Line, Words
from matchmaker.web.i18n import moment
from matchmaker.web.texts import _, ngettext


def _mailbox_trouble(task: Task) -> Line:
    return Line(
        tone="problem",
        icon="problem",
        title=_("The mailbox with the answers cannot be read"),
        text=task.facts["detail"],
        action=_("Look at the mailbox"),
        url=url_for("coordinator_incoming.index"),
    )


def _undeliverable(task: Task) -> Line:
    return Line(
        tone="problem",
        icon="post",
        title=_("The invitation to %(name)s came back", name=task.facts["name"]),
        text=_(
            "Talk at %(host)s on %(moment)s: %(reason)s",
            host=task.facts["host"],
            moment=moment(task.facts["starts_at"]),
            reason=task.facts["reason"],
        ),
        action=_("Check the address"),
        url=url_for("coordinator_contacts.person", code=task.facts["person"]),
    )


def _review(task: Task) -> Line:
    return Line(
        tone="attention",
        icon="post",
        title=ngettext(
            "%(num)s incoming mail waits for you",
            "%(num)s incoming mails wait for you",
            task.count,
        ),
        text=_("Answers that do not count by themselves, and what people have written."),
        action=_("Decide"),
        url=url_for("coordinator_incoming.index"),
    )


WORDS: Words = {
    "mailbox_trouble": _mailbox_trouble,
    "invitation_undeliverable": _undeliverable,
    "incoming_review": _review,
}
