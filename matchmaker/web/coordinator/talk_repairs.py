"""What can be done when somebody does not come to an approved talk, as the plan would have it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from matchmaker.models import PlanningRound, Talk
from matchmaker.models.states import QuestionKind, RoundState
from matchmaker.scheduling.problem import Assignment
from matchmaker.services.problems.aliases import spoken
from matchmaker.web.context import desk
from matchmaker.web.coordinator.plan_answers import Asked, Reply
from matchmaker.web.coordinator.repair_words import Choice, Step, choices
from matchmaker.web.db import db
from matchmaker.web.texts import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """An option and how it is carried out: `coming` takes over, or a page to begin at.

    The talk’s own pages change this talk alone: where others change too, the plan comes first.
    """

    choice: Choice
    coming: str = ""
    url: str = ""
    label: str = ""


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
    if others:
        return _others_first(talk, leaving, choice, others)
    goes_to = next((row.goes_to for row in choice.steps if row.code == code), None)
    if goes_to is None:
        return Way(choice=choice)
    stays = goes_to.start == talk.local_start and spoken(goes_to.language) == talk.language_tag
    newcomers = [code for code in goes_to.people if code not in _others(talk, leaving)]
    if stays and goes_to.mode.value == talk.mode.value and _is_swap(talk, leaving, goes_to):
        return Way(choice=choice, coming=newcomers[0], label=_("Continue: see the mails"))
    if goes_to.start != talk.local_start:
        values: dict[str, Any] = {
            "day": goes_to.start.date().isoformat(),
            "starts": f"{goes_to.start:%H:%M}",
        }
        url = url_for("coordinator_talks.ask_move", code=talk.code, **values)
        return Way(choice=choice, url=url, label=_("Move the talk first"))
    return Way(choice=choice)


def _others_first(talk: Talk, leaving: str, choice: Choice, others: Sequence[Step]) -> Way:
    planning_round = db.session.get_one(PlanningRound, talk.round_id)
    if planning_round.current_proposal is None or talk.request is None:
        return Way(choice=choice)
    url = url_for(
        "coordinator_proposals.repair",
        round_id=planning_round.id,
        number=planning_round.current_proposal.number,
        kind="decline",
        person=leaving,
        request=talk.request.code,
    )
    names = ", ".join(row.name for row in others)
    return Way(choice=choice, url=url, label=_("Change this first: %(requests)s", requests=names))


def _others(talk: Talk, leaving: str) -> set[str]:
    return {row.person.code for row in talk.team() if row.person.code != leaving}


def _is_swap(talk: Talk, leaving: str, goes_to: Assignment) -> bool:
    """Whether exactly one newcomer takes the place and nobody else goes."""
    others = _others(talk, leaving)
    return others <= {*goes_to.people} and len(goes_to.people) == len(others) + 1
