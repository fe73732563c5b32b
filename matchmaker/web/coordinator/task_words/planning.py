"""Plans that failed, plans to look at, and requests that no plan has placed."""

from __future__ import annotations

from flask import url_for

from matchmaker.services.worklist import Task
from matchmaker.web.coordinator.task_words.line import (
    Line,
    Words,
    round_url,
    since,
)
from matchmaker.web.texts import _, ngettext


def _plan_failed(task: Task) -> Line:
    return Line(
        tone="problem",
        icon="problem",
        title=_("The plan for %(name)s could not be made", name=task.facts["name"]),
        text=since(task),
        action=_("See why"),
        url=round_url(task),
    )


def _plan_running(task: Task) -> Line:
    return Line(
        tone="info",
        icon="clock",
        title=_("A plan for %(name)s is being made", name=task.facts["name"]),
        action=_("Watch"),
        url=url_for(
            "coordinator_planning.run", round_id=task.facts["round"], run_id=task.facts["run"]
        ),
    )


def _proposal(task: Task) -> Line:
    return Line(
        tone="info",
        icon="view",
        title=_("The plan for %(name)s waits for your review", name=task.facts["name"]),
        text=_(
            "%(served)s requests placed, %(unserved)s open",
            served=task.count,
            unserved=task.facts["unserved"],
        ),
        action=_("Review"),
        url=url_for(
            "coordinator_proposals.show",
            round_id=task.facts["round"],
            number=task.facts["number"],
        ),
    )


def _ready(task: Task) -> Line:
    return Line(
        tone="info",
        icon="planning",
        title=ngettext(
            "%(num)s request is ready to be planned",
            "%(num)s requests are ready to be planned",
            task.count,
        ),
        text=_("The round “%(name)s” is open.", name=task.facts["name"]),
        action=_("Plan"),
        url=round_url(task),
    )


def _left_over(task: Task) -> Line:
    return Line(
        tone="info",
        icon="requests",
        title=ngettext(
            "%(num)s request has no talk yet", "%(num)s requests have no talk yet", task.count
        ),
        text=_why_left_over(task),
        action=_("See the round"),
        url=round_url(task),
    )


def _why_left_over(task: Task) -> str:
    """A plan is not to blame for what people have taken out or called off."""
    name, unplaced = task.facts["name"], task.facts["unplaced"]
    if unplaced >= task.count:
        return _("The last plan of “%(name)s” could not place them.", name=name)
    others = _("Taken out by hand, called off, or ready only since the plan.")
    if not unplaced:
        return others
    failed = ngettext(
        "The last plan of “%(name)s” could not place %(num)s of them.",
        "The last plan of “%(name)s” could not place %(num)s of them.",
        unplaced,
        name=name,
    )
    return " ".join([failed, _("The others:"), others])


def _ready_without_round(task: Task) -> Line:
    return Line(
        tone="info",
        icon="planning",
        title=ngettext(
            "%(num)s request is ready to be planned",
            "%(num)s requests are ready to be planned",
            task.count,
        ),
        text=_("No planning round is open."),
        action=_("Open a round"),
        url=url_for("coordinator_planning.new"),
    )


WORDS: Words = {
    "plan_failed": _plan_failed,
    "plan_running": _plan_running,
    "proposal": _proposal,
    "ready": _ready,
    "left_over": _left_over,
    "ready_without_round": _ready_without_round,
}
