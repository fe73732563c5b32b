"""What can be done after an event, option by option, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from matchmaker.models import Person, Request
from matchmaker.scheduling.problem import Assignment
from matchmaker.services.planning.plan_view import load_people, load_requests
from matchmaker.services.planning.repairs import placement
from matchmaker.web.coordinator.placement_words import parts_text, signed, team_words
from matchmaker.web.db import db
from matchmaker.web.i18n import moment, when
from matchmaker.web.plan_words import request_name
from matchmaker.web.texts import _, ngettext

Answer = Mapping[str, Any]
"""As `matchmaker/repair@1` has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A request that is placed differently; nothing in `before` or `after` where it has no place.

    `talk` is the code of its approved talk, which is changed there and not in the plan.
    """

    code: str
    name: str
    before: str
    after: str
    talk: str
    goes_to: Assignment | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """An option as a card; `number` counts from 0. `in_plan`: some of it can be taken over."""

    number: int
    title: str
    steps: tuple[Step, ...]
    notes: tuple[tuple[str, str], ...]
    points: str
    proof: str
    in_plan: bool


def choices(answer: Answer, talks: Mapping[str, str] = MappingProxyType({})) -> list[Choice]:
    """The options in their order, names loaded with two statements.

    `talks` are the codes of approved talks by the codes of their requests.
    """
    rows = [change for option in answer["options"] for change in option["changes"]]
    codes = {row["request"] for row in rows}
    codes |= {code for option in answer["options"] for code in option["gained"]}
    places = [row[side] for row in rows for side in ("before", "after") if row[side]]
    people = {code for talk in places for code in (*talk["speakers"], *talk["interpreters"])}
    known = load_requests(db.session(), codes), load_people(db.session(), people)
    last = len(answer["options"]) - 1
    return [
        _choice(number, option, talks, known, strikes=number == last)
        for number, option in enumerate(answer["options"])
    ]


def _choice(
    number: int,
    option: Answer,
    talks: Mapping[str, str],
    known: tuple[Mapping[str, Request], Mapping[str, Person]],
    *,
    strikes: bool,
) -> Choice:
    requests, people = known
    steps = tuple(
        Step(
            code=row["request"],
            name=request_name(row["request"], requests),
            before=_place(row["before"], requests.get(row["request"]), people),
            after=_place(row["after"], requests.get(row["request"]), people),
            talk=talks.get(row["request"], ""),
            goes_to=placement(row["after"]),
        )
        for row in option["changes"]
    )
    return Choice(
        number=number,
        title=_title(option, steps, strikes=strikes),
        steps=steps,
        notes=tuple(_notes(option)),
        points=_points(option["difference"]),
        proof="" if strikes else proof_text(option),
        in_plan=not all(step.talk for step in steps),
    )


def _title(option: Answer, steps: Sequence[Step], *, strikes: bool) -> str:
    moved = len(option["moved"])
    if strikes:
        return (
            _("Take out what is lost, and nothing else") if option["changes"] else _("Do nothing")
        )
    if moved:
        return ngettext("%(num)s other talk moves", "%(num)s other talks move", moved)
    text = _("Nobody else moves")
    places = [step.goes_to for step in steps if step.goes_to is not None]
    if len(places) == 1:
        return _("%(what)s: %(when)s", what=text, when=moment(places[0].start))
    return text


def _notes(option: Answer) -> Iterable[tuple[str, str]]:
    """Words and tones of the marks on a card."""
    left, gained = len(option["left_out"]), len(option["gained"])
    if left:
        yield (
            ngettext("%(num)s request stays open", "%(num)s requests stay open", left),
            "attention",
        )
    if gained:
        text = ngettext(
            "%(num)s open request gets a place", "%(num)s open requests get a place", gained
        )
        yield text, "good"


def _points(difference: Mapping[str, int]) -> str:
    text = _("%(points)s points", points=signed(difference["total"]))
    parts = parts_text(difference)
    return f"{text} ({parts})" if parts else text


def proof_text(option: Answer) -> str:
    """How good the option is among its kind."""
    proof = option["proof"]
    missing = proof["limit"] - option["difference"]["total"]
    if missing > 0:
        return _("At most %(points)s points better could be possible in this way.", points=missing)
    if not proof["others_moved"]:
        return _("Proven: while nobody else moves, nothing is better.")
    return ngettext(
        "Proven: of all plans that move at most %(num)s of the talks nearby, none is better.",
        "Proven: of all plans that move at most %(num)s of the talks nearby, none is better.",
        proof["others_moved"],
    )


def _place(
    talk: Mapping[str, Any] | None, request: Request | None, people: Mapping[str, Person]
) -> str:
    if talk is None:
        return ""
    start = datetime.fromisoformat(talk["start"])
    minutes = request.minutes if request is not None else 0
    row = placement(talk)
    team = team_words(row, people) if row is not None else ""
    return f"{when(start, start + timedelta(minutes=minutes))} · {team}"
