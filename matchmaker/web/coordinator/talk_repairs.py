"""What can be done when somebody does not come to an approved talk, as the plan would have it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from matchmaker.models import PlanningRound, Talk
from matchmaker.models.states import AssignmentRole, QuestionKind, RoundState
from matchmaker.scheduling.problem import Assignment
from matchmaker.services.planning.plan_view import load_people
from matchmaker.services.planning.repairs import talks_of
from matchmaker.services.problems.aliases import spoken
from matchmaker.web.context import desk
from matchmaker.web.coordinator import move_form
from matchmaker.web.coordinator.plan_answers import Asked, Reply
from matchmaker.web.coordinator.plan_room import request_url
from matchmaker.web.coordinator.repair_words import Choice, Step, choices
from matchmaker.web.db import db
from matchmaker.web.texts import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """An option and how it is carried out: `coming` takes over, or pages to begin at.

    The talk’s own pages change this talk alone: where others change too, they come first. `helpers`
    are the names of those who interpret from then on, and are added after that. `links` are labels
    and addresses.
    """

    choice: Choice
    coming: str = ""
    helpers: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()


def question(talk: Talk, leaving: str) -> Asked | None:
    """None for talks that no plan of an open round knows, and for those that have begun."""
    if talk.request is None or talk.round_id is None or talk.starts_at <= desk().now:
        return None
    planning_round = db.session.get_one(PlanningRound, talk.round_id)
    if planning_round.current_proposal is None or planning_round.state is RoundState.CLOSED:
        return None
    event = {"kind": "decline", "person": leaving, "request": talk.request.code}
    arguments = {"event": event, "talk": talk.code, "leaving": leaving}
    return Asked(planning_round.current_proposal, QuestionKind.REPAIR, arguments)


def ways(talk: Talk, leaving: str, reply: Reply | None) -> list[Way]:
    """The options that do something; to strike the talk is what calling it off is for."""
    if reply is None or reply.answer is None:
        return []
    rows = [change for option in reply.answer["options"] for change in option["changes"]]
    own = {talk.request.code} if talk.request is not None else set()
    talks = talks_of(db.session(), {row["request"] for row in rows} - own)
    return [_way(talk, leaving, row) for row in choices(reply.answer, talks)[:-1]]


def _way(talk: Talk, leaving: str, choice: Choice) -> Way:
    code = talk.request.code if talk.request is not None else ""
    others = [row for row in choice.steps if row.code != code]
    if others:
        return Way(choice=choice, links=tuple(_others_first(talk, others)))
    goes_to = next((row.goes_to for row in choice.steps if row.code == code), None)
    if goes_to is None:
        return Way(choice=choice)
    stays = goes_to.start == talk.local_start and spoken(goes_to.language) == talk.language_tag
    if stays and goes_to.mode.value == talk.mode.value:
        coming, helpers = _newcomers(talk, leaving, goes_to)
        if coming:
            return Way(choice=choice, coming=coming, helpers=helpers)
    if goes_to.start != talk.local_start:
        link = _("Move the talk first"), _move_url(talk.code, goes_to)
        return Way(choice=choice, links=(link,))
    return Way(choice=choice)


def _move_url(code: str, goes_to: Assignment) -> str:
    values: dict[str, Any] = {
        "day": goes_to.start.date().isoformat(),
        "starts": f"{goes_to.start:%H:%M}",
    }
    return url_for("coordinator_talks.ask_move", code=code, **values)


def _others_first(talk: Talk, others: Sequence[Step]) -> Iterator[tuple[str, str]]:
    """Each of the others on its own page, with the evening and people that the option gives it."""
    planning_round = db.session.get_one(PlanningRound, talk.round_id)
    current = planning_round.current_proposal
    for step in others:
        label = _("Change this first: %(requests)s", requests=step.name)
        if step.talk and step.goes_to is not None:
            yield label, _move_url(step.talk, step.goes_to)
        elif step.talk:
            yield label, url_for("coordinator_talks.detail", code=step.talk)
        elif current is not None:
            place = {} if step.goes_to is None else move_form.link_values(step.goes_to)
            yield (
                label,
                request_url(planning_round.id, current.number, step.code, _anchor="move", **place),
            )


def _others(talk: Talk, leaving: str) -> set[str]:
    return {row.person.code for row in talk.team() if row.person.code != leaving}


def _newcomers(talk: Talk, leaving: str, goes_to: Assignment) -> tuple[str, tuple[str, ...]]:
    """Who takes the place, by code, and who interprets from then on, by name.

    Nobody ("") where somebody else would go as well, or where more than one would have to come.
    """
    others = _others(talk, leaving)
    new = [code for code in goes_to.people if code not in others]
    helpers = [code for code in goes_to.interpreters if code in new]
    roles = {row.role for row in talk.assignments if row.person.code == leaving}
    if AssignmentRole.INTERPRETER in roles:
        helpers = helpers[1:]
    coming = [code for code in new if code not in helpers]
    if len(coming) != 1 or not others <= {*goes_to.people}:
        return "", ()
    known = load_people(db.session(), helpers)
    return coming[0], tuple(known[code].name for code in helpers if code in known)
