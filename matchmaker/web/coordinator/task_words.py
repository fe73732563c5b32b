"""The worklist in words: what it is about, since when, and where to go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import url_for

from matchmaker.i18n import language_name
from matchmaker.services.talks.talk_list import Shelf
from matchmaker.services.worklist import Task
from matchmaker.web.i18n import day, locale, moment
from matchmaker.web.texts import _, ngettext


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A task as it stands on the page; `tone` and `icon` are names of the design."""

    tone: str
    icon: str
    title: str
    action: str
    url: str
    text: str = ""


def line_of(task: Task) -> Line:
    return _WORDS[task.kind](task)


def _since(task: Task) -> str:
    return _("since %(day)s", day=day(task.since)) if task.since else ""


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


def _talk_url(task: Task) -> str:
    return url_for("coordinator_talks.detail", code=task.facts["talk"])


def _declined(task: Task) -> Line:
    return Line(
        tone="problem",
        icon="cancelled",
        title=_("%(name)s cannot come", name=task.facts["name"]),
        text=_(
            "Talk at %(host)s on %(moment)s",
            host=task.facts["host"],
            moment=moment(task.facts["starts_at"]),
        ),
        action=_("Find somebody else"),
        url=_talk_url(task),
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


def _interpreter_missing(task: Task) -> Line:
    facts = task.facts
    return Line(
        tone="problem",
        icon="language",
        title=_(
            "No interpreter for %(language)s", language=language_name(facts["language"], locale())
        ),
        text=_(
            "Talk at %(host)s on %(moment)s",
            host=facts["host"],
            moment=moment(facts["starts_at"]),
        ),
        action=_("Find an interpreter"),
        url=_talk_url(task),
    )


def _odd_answer(task: Task, title: str) -> Line:
    """The answer has changed nothing; somebody asks and enters what holds."""
    facts = task.facts
    return Line(
        tone="attention",
        icon="question",
        title=title,
        text=_(
            "Talk at %(host)s on %(moment)s",
            host=facts["host"],
            moment=moment(facts["starts_at"]),
        ),
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
        url=_talk_url(task),
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
        text=_(
            "Talk at %(host)s on %(moment)s",
            host=task.facts["host"],
            moment=moment(task.facts["starts_at"]),
        ),
        action=_("See the talk"),
        url=_talk_url(task),
    )


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
        text=_("The oldest waits %(since)s.", since=_since(task)),
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
        text=_("The oldest waits %(since)s.", since=_since(task)),
        action=_("Go on"),
        url=url_for("coordinator_requests.index", state="in_clarification"),
    )


def _round_url(task: Task) -> str:
    return url_for("coordinator_planning.detail", round_id=task.facts["round"])


def _plan_failed(task: Task) -> Line:
    return Line(
        tone="problem",
        icon="problem",
        title=_("The plan for %(name)s could not be made", name=task.facts["name"]),
        text=_since(task),
        action=_("See why"),
        url=_round_url(task),
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
        url=_round_url(task),
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
        url=_round_url(task),
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


def _mark_held(task: Task) -> Line:
    return Line(
        tone="info",
        icon="done",
        title=_("Did the talk at %(host)s take place?", host=task.facts["host"]),
        text=moment(task.facts["starts_at"]),
        action=_("Note it"),
        url=_talk_url(task),
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


_WORDS: dict[str, Callable[[Task], Line]] = {
    "mail_trouble": _mail_trouble,
    "mail_dead": _mail_dead,
    "mail_uncertain": _mail_uncertain,
    "declined": _declined,
    "host_declined": _host_declined,
    "interpreter_missing": _interpreter_missing,
    "answer_ahead": _answer_ahead,
    "answer_taken": _answer_taken,
    "unanswered": _unanswered,
    "duplicate": _duplicate,
    "submitted": _submitted,
    "in_clarification": _in_clarification,
    "plan_failed": _plan_failed,
    "plan_running": _plan_running,
    "proposal": _proposal,
    "ready": _ready,
    "left_over": _left_over,
    "ready_without_round": _ready_without_round,
    "mark_held": _mark_held,
    "mark_all_held": _mark_all_held,
    "old_times": _old_times,
}
