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
        title=_("A mail to %(name)s could not be delivered", name=task.facts["recipient"]),
        text=_of_the_mail(task, _("The mail server said: %(reason)s", reason=_reason(task))),
        action=_("Look at it"),
        url=_mail_url(task),
        press=_("Send again"),
        press_url=_resend_url(task),
    )


def _mail_uncertain(task: Task) -> Line:
    return Line(
        tone="attention",
        icon="help",
        title=_("A mail to %(name)s may or may not have arrived", name=task.facts["recipient"]),
        text=_of_the_mail(
            task, _("%(reason)s Sending again may give it twice.", reason=_reason(task))
        ),
        action=_("Look at it"),
        url=_mail_url(task),
        press=_("Send again"),
        press_url=_resend_url(task),
    )


def _more_dead(task: Task) -> Line:
    return Line(
        tone="problem",
        icon="post",
        title=ngettext(
            "%(num)s more mail could not be delivered",
            "%(num)s more mails could not be delivered",
            task.count,
        ),
        action=_("See why"),
        url=url_for("coordinator_post.index", status="dead"),
    )


def _more_uncertain(task: Task) -> Line:
    return Line(
        tone="attention",
        icon="help",
        title=ngettext(
            "%(num)s more mail may or may not have arrived",
            "%(num)s more mails may or may not have arrived",
            task.count,
        ),
        action=_("Decide"),
        url=url_for("coordinator_post.index", status="uncertain"),
    )


def _of_the_mail(task: Task, what: str) -> str:
    """`Invitation: … – The mail server said: …`."""
    return f"{task.facts['subject']} – {what}"


def _reason(task: Task) -> str:
    known = task.facts["reason"]
    return _(known) if known else _("no reason is known")


def _mail_url(task: Task) -> str:
    return url_for("coordinator_post.detail", message_id=task.facts["mail"])


def _resend_url(task: Task) -> str:
    return url_for("coordinator_post.resend", message_id=task.facts["mail"])


WORDS: Words = {
    "mail_trouble": _mail_trouble,
    "mail_dead": _mail_dead,
    "mail_uncertain": _mail_uncertain,
    "more_mails_dead": _more_dead,
    "more_mails_uncertain": _more_uncertain,
}
