"""What can be done when somebody does not come to an approved talk, as the plan would have it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from matchmaker.models import PlanningRound, Proposal, Talk
from matchmaker.models.states import AssignmentRole, QuestionKind, RoundState
from matchmaker.scheduling.problem import Assignment
from matchmaker.services.planning.plan_view import load_people
from matchmaker.services.problems.aliases import spoken
from matchmaker.web.context import desk
from matchmaker.web.coordinator import move_form
from matchmaker.web.coordinator.plan_answers import Asked, Reply
from matchmaker.web.coordinator.plan_room import repair_url, request_url
from matchmaker.web.coordinator.repair_words import Choice, Step, choices
from matchmaker.web.coordinator.steps import chained
from matchmaker.web.db import db
from matchmaker.web.texts import _

NOBODY: tuple[str, tuple[str, ...]] = ("", ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """An option and how it is carried out: `coming` takes over, or a page to begin at.

    The talk’s own pages change this talk alone: where others change too, they come first, unless
    they need somebody whom the talk still holds. `helpers` are the names of those who interpret
    from then on, and are added after that. `link` is a label and an address. Each page leads on to
    the next: `following` is the first of those after `coming`, `names` say what they change.
    """

    choice: Choice
    coming: str = ""
    helpers: tuple[str, ...] = ()
    link: tuple[str, str] | None = None
    following: str = ""
    names: tuple[str, ...] = ()


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
    asked = question(talk, leaving)
    if asked is None or reply is None or reply.answer is None:
        return []
    leave = _Leave(talk, leaving, asked.proposal)
    return [leave.way(row) for row in choices(reply.answer)[:-1]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Own:
    """What becomes of the talk itself: the addresses of the `pages` where that is done."""

    moves: bool = False
    coming: str = ""
    helpers: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Leave:
    """Somebody leaves an approved talk that stands in this version of the plan."""

    talk: Talk
    leaving: str
    proposal: Proposal

    @property
    def code(self) -> str:
        return self.talk.request.code if self.talk.request is not None else ""

    def way(self, choice: Choice) -> Way:
        others = [row for row in choice.steps if row.code != self.code]
        goes_to = next((row.goes_to for row in choice.steps if row.code == self.code), None)
        own = self._own(goes_to)
        label, first = self._others(others) if others else ("", "")
        if others and not (len(others) == 1 and self._waits_for(own, others[0])):
            talk = (_("this talk"),) if own.pages else ()
            link = (label, chained([first, *own.pages]))
            return Way(choice=choice, helpers=own.helpers, link=link, names=talk)
        pages = [*own.pages, *([first] if first else [])]
        names = tuple(row.name for row in others)
        if own.moves:
            names = (_("who comes"), *names) if own.coming else names
            link = (_("Move the talk first"), chained(pages))
            return Way(choice=choice, helpers=own.helpers, link=link, names=names)
        return Way(
            choice=choice,
            coming=own.coming,
            helpers=own.helpers,
            following=chained(pages[1:]) if pages[1:] else "",
            names=names,
        )

    def _own(self, goes_to: Assignment | None) -> _Own:
        """Nothing that its pages cannot do: another language, or online."""
        if goes_to is None:
            return _Own()
        talk = self.talk
        moves = goes_to.start != talk.local_start
        same = (spoken(goes_to.language), goes_to.mode.value)
        able = same == (talk.language_tag, talk.mode.value)
        coming, helpers = self._newcomers(goes_to) if able else NOBODY
        pages = [_move_url(talk.code, goes_to)] if moves else []
        if coming:
            pages.append(_replace_url(talk.code, self.leaving, coming))
        return _Own(moves=moves, coming=coming, helpers=helpers, pages=tuple(pages))

    def _waits_for(self, own: _Own, step: Step) -> bool:
        """Whether somebody goes there on the day of the talk whom it lets go only by changing.

        That is everybody if it moves, otherwise who leaves.
        """
        goes_to = step.goes_to
        if not own.pages or goes_to is None:
            return False
        held = {row.person.code for row in self.talk.team()}
        freed = held if own.moves else held & {self.leaving}
        same_day = goes_to.start.date() == self.talk.local_start.date()
        return same_day and bool({*goes_to.people} & freed)

    def _others(self, others: Sequence[Step]) -> tuple[str, str]:
        """Where what happens to the others is done: a label and an address.

        Several may need what each other frees, in a ring even, so they change all at once. One
        alone changes on its own page, which is filled in with what the option gives it. None of
        them is approved: those keep their evenings in every option.
        """
        round_id, number = self.proposal.round_id, self.proposal.number
        label = _("Change this first: %(requests)s", requests=", ".join(row.name for row in others))
        if len(others) > 1:
            event = {"person": self.leaving, "request": self.code}
            return label, repair_url(round_id, number, "decline", **event)
        step = others[0]
        if step.goes_to is not None:
            place = move_form.link_values(step.goes_to)
            return label, request_url(round_id, number, step.code, _anchor="move", **place)
        label = _("Take this out of the plan first: %(request)s", request=step.name)
        out = {move_form.OUT: "1"}
        return label, request_url(round_id, number, step.code, _anchor="remove", **out)

    def _newcomers(self, goes_to: Assignment) -> tuple[str, tuple[str, ...]]:
        """Who takes the place, by code, and who interprets from then on, by name.

        Nobody ("") where somebody else would go as well, or where more than one would have to come.
        """
        others = {row.person.code for row in self.talk.team()} - {self.leaving}
        new = [code for code in goes_to.people if code not in others]
        helpers = [code for code in goes_to.interpreters if code in new]
        roles = {row.role for row in self.talk.assignments if row.person.code == self.leaving}
        if AssignmentRole.INTERPRETER in roles:
            helpers = helpers[1:]
        coming = [code for code in new if code not in helpers]
        if len(coming) != 1 or not others <= {*goes_to.people}:
            return NOBODY
        known = load_people(db.session(), helpers)
        return coming[0], tuple(known[code].name for code in helpers if code in known)


def _move_url(code: str, goes_to: Assignment) -> str:
    values: dict[str, Any] = {
        "day": goes_to.start.date().isoformat(),
        "starts": f"{goes_to.start:%H:%M}",
    }
    return url_for("coordinator_talks.ask_move", code=code, **values)


def _replace_url(code: str, leaving: str, coming: str) -> str:
    return url_for("coordinator_talks.ask_replace", code=code, person=leaving, coming=coming)
