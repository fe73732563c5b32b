"""What can be done when somebody does not come to an approved talk, as the plan would have it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from matchmaker.models import PlanningRound, Talk
from matchmaker.models.states import AssignmentRole, QuestionKind, RoundState
from matchmaker.scheduling.problem import Assignment
from matchmaker.services.planning.plan_view import load_people
from matchmaker.services.problems.aliases import spoken
from matchmaker.web.context import desk
from matchmaker.web.coordinator import move_form
from matchmaker.web.coordinator.plan_answers import Asked, Reply
from matchmaker.web.coordinator.plan_room import repair_url, request_url
from matchmaker.web.coordinator.repair_words import Choice, Step, choices
from matchmaker.web.db import db
from matchmaker.web.texts import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """An option and how it is carried out: `coming` takes over, or a page to begin at.

    The talk’s own pages change this talk alone: where others change too, they come first, unless
    they need somebody whom the talk has to let go by moving. `helpers` are the names of those who
    interpret from then on, and are added after that. `link` is a label and an address.
    """

    choice: Choice
    coming: str = ""
    helpers: tuple[str, ...] = ()
    link: tuple[str, str] | None = None


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
    return [_way(talk, leaving, row) for row in choices(reply.answer)[:-1]]


def _way(talk: Talk, leaving: str, choice: Choice) -> Way:
    code = talk.request.code if talk.request is not None else ""
    others = [row for row in choice.steps if row.code != code]
    goes_to = next((row.goes_to for row in choice.steps if row.code == code), None)
    moves = goes_to is not None and goes_to.start != talk.local_start
    if others and not (moves and len(others) == 1 and _takes_from(talk, others[0])):
        return Way(choice=choice, link=_others_first(talk, leaving, others))
    if goes_to is None:
        return Way(choice=choice)
    stays = goes_to.start == talk.local_start and spoken(goes_to.language) == talk.language_tag
    if stays and goes_to.mode.value == talk.mode.value:
        coming, helpers = _newcomers(talk, leaving, goes_to)
        if coming:
            return Way(choice=choice, coming=coming, helpers=helpers)
    if moves:
        return Way(choice=choice, link=(_("Move the talk first"), _move_url(talk.code, goes_to)))
    return Way(choice=choice)


def _move_url(code: str, goes_to: Assignment) -> str:
    values: dict[str, Any] = {
        "day": goes_to.start.date().isoformat(),
        "starts": f"{goes_to.start:%H:%M}",
    }
    return url_for("coordinator_talks.ask_move", code=code, **values)


def _takes_from(talk: Talk, step: Step) -> bool:
    """Whether somebody goes there on the day of the talk whom it still holds."""
    goes_to = step.goes_to
    if goes_to is None or goes_to.start.date() != talk.local_start.date():
        return False
    return bool({*goes_to.people} & {row.person.code for row in talk.team()})


def _others_first(talk: Talk, leaving: str, others: Sequence[Step]) -> tuple[str, str] | None:
    """Where what happens to the others is done, before the talk itself.

    Several may need what each other frees, in a ring even, so they change all at once. One alone
    changes on its own page, which is filled in with what the option gives it. None of them is
    approved: those keep their evenings in every option.
    """
    planning_round = db.session.get_one(PlanningRound, talk.round_id)
    if planning_round.current_proposal is None or talk.request is None:
        return None
    round_id, number = planning_round.id, planning_round.current_proposal.number
    label = _("Change this first: %(requests)s", requests=", ".join(row.name for row in others))
    if len(others) > 1:
        event = {"person": leaving, "request": talk.request.code}
        return label, repair_url(round_id, number, "decline", **event)
    step = others[0]
    if step.goes_to is not None:
        place = move_form.link_values(step.goes_to)
        return label, request_url(round_id, number, step.code, _anchor="move", **place)
    label = _("Take this out of the plan first: %(request)s", request=step.name)
    out = {move_form.OUT: "1"}
    return label, request_url(round_id, number, step.code, _anchor="remove", **out)


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
