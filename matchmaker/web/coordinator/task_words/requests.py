"""Requests that somebody has to read."""

from __future__ import annotations

from flask import url_for

from matchmaker.services.worklist import Task
from matchmaker.web.coordinator.task_words.line import (
    Line,
    Words,
    since,
)
from matchmaker.web.texts import _, ngettext


def _duplicate(task: Task) -> Line:
    return Line(
        tone="attention",
        icon="copy",
        title=_(
            "%(first)s and %(second)s may be the same request",
            first=task.facts["first"],
            second=task.facts["second"],
        ),
        text=_("Both from %(host)s", host=task.facts["host"]),
        action=_("Compare"),
        url=url_for("coordinator_requests.double", number=task.facts["flag"]),
    )


def _submitted(task: Task) -> Line:
    return Line(
        tone="attention",
        icon="requests",
        title=ngettext("%(num)s new request", "%(num)s new requests", task.count),
        text=_("The oldest waits %(since)s.", since=since(task)),
        action=_("Read"),
        url=url_for("coordinator_requests.index", state="submitted"),
    )


def _in_clarification(task: Task) -> Line:
    return Line(
        tone="info",
        icon="talk",
        title=ngettext(
            "%(num)s request is being clarified", "%(num)s requests are being clarified", task.count
        ),
        text=_("The oldest waits %(since)s.", since=since(task)),
        action=_("Go on"),
        url=url_for("coordinator_requests.index", state="in_clarification"),
    )


WORDS: Words = {
    "duplicate": _duplicate,
    "submitted": _submitted,
    "in_clarification": _in_clarification,
}
