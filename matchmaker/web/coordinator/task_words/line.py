"""A task as a line of the page, and what several kinds of tasks say alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import url_for

from matchmaker.services.worklist import Task
from matchmaker.web.i18n import day, moment
from matchmaker.web.texts import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A task as it stands on the page; `tone` and `icon` are names of the design.

    `press` does it at once, by a POST to `press_url`; empty where somebody has to look first.
    """

    tone: str
    icon: str
    title: str
    action: str
    url: str
    text: str = ""
    press: str = ""
    press_url: str = ""


Words = dict[str, Callable[[Task], Line]]
"""For each kind of task, what says it."""


def since(task: Task) -> str:
    return _("since %(day)s", day=day(task.since)) if task.since else ""


def which_talk(task: Task) -> str:
    return _(
        "Talk at %(host)s on %(moment)s",
        host=task.facts["host"],
        moment=moment(task.facts["starts_at"]),
    )


def talk_url(task: Task) -> str:
    return url_for("coordinator_talks.detail", code=task.facts["talk"])


def round_url(task: Task) -> str:
    return url_for("coordinator_planning.detail", round_id=task.facts["round"])
