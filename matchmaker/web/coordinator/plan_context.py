"""What the planning's templates call: names, words and whether the reader may change things."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from babel.dates import format_date
from flask import Blueprint, current_app

from matchmaker.i18n import language_name, languages
from matchmaker.models import RoundDecision
from matchmaker.models.states import TO_PLAN, DecisionKind
from matchmaker.scheduling.problem import Assignment
from matchmaker.services.planning.absences import Absence
from matchmaker.services.planning.plan_view import Placed, Plan
from matchmaker.services.problems.aliases import spoken
from matchmaker.services.problems.plan_rows import assignment_from_json
from matchmaker.web.context import rules
from matchmaker.web.coordinator.room import may_write
from matchmaker.web.coordinator.steps import next_step
from matchmaker.web.i18n import day, locale, moment, time_range
from matchmaker.web.plan_words import (
    breach_text,
    person_name,
    request_name,
    rule_name,
    topic_name,
)
from matchmaker.web.texts import _


def install(blueprint: Blueprint) -> None:
    """Give the templates of this blueprint their words."""
    blueprint.context_processor(_words)
    blueprint.add_app_template_filter(rule_name, "rule_name")


def _words() -> dict[str, Any]:
    return {
        "may_write": may_write(),
        "has_approval": "coordinator_approval.confirm" in current_app.view_functions,
        "has_request_pages": "coordinator_requests.detail" in current_app.view_functions,
        "absence_choices": absence_choices,
        "absence_words": absence_words,
        "card_lines": card_lines,
        "breach_text": breach_text,
        "decision_words": decision_words,
        "difference_words": difference_words,
        "grid_minutes": rules().start_grid_minutes,
        "language_choices": language_choices,
        "next_step": next_step(),
        "people_lines": people_lines,
        "person_choices": person_choices,
        "placement_rows": placement_rows,
        "request_name": request_name,
        "time_range": time_range,
        "topic_name": topic_name,
        "weekday_name": weekday_name,
    }


def absence_words(row: Absence) -> str:
    """`Rana Aydın, Tue 19 Jan 2027`, or from the first day to the last."""
    days = dict.fromkeys((day(row.first), day(row.last)))
    return f"{row.person.name}, {' – '.join(days)}"


def absence_choices(plan: Plan, rows: Iterable[Absence]) -> list[tuple[str, str, str]]:
    """A box for each absence to be taken back: since when it is entered, and whether it has to be.

    It has to where the version sends the person somewhere on these days: only what is approved or
    fixed may stand against the person's times, and who asked may have withdrawn meanwhile.
    """
    free = [
        row.assignment
        for row in plan.placed
        if not row.agreed and row.pin is None and row.request.state in TO_PLAN
    ]
    return [(str(row.entry_id), _take_back(row), _about(row, plan, free)) for row in rows]


def _take_back(row: Absence) -> str:
    return _("Take back: %(absence)s", absence=absence_words(row))


def _about(row: Absence, plan: Plan, free: list[Assignment]) -> str:
    since = _("Entered on %(when)s.", when=moment(row.entered_at))
    if not row.concerns(free):
        return since
    needed = _(
        "Version %(number)s has a talk with this person then, and only fits without the absence, "
        "unless that talk stays out.",
        number=plan.proposal.number,
    )
    return f"{since} {needed}"


def people_lines(row: Placed) -> list[str]:
    """Who comes, a line each; interpreters are called that."""
    helpers = (_("Interpreting: %(name)s", name=person.name) for person in row.interpreters)
    return [*(person_name(person) for person in row.speakers), *helpers]


def card_lines(row: Placed) -> list[str]:
    """The same for a card on the board, where there is little room: names alone."""
    helpers = (_("Interpreting: %(name)s", name=person.name) for person in row.interpreters)
    return [", ".join(person.name for person in row.speakers), *helpers]


def autonym(tag: str) -> str:
    """What speakers of a language call it."""
    language = languages().get(spoken(tag))
    return language.autonym if language else spoken(tag)


def weekday_name(moment_: datetime) -> str:
    return str(format_date(moment_, "EEE", locale=locale()))


def decision_words(row: RoundDecision) -> str:
    """What was decided for a request."""
    if row.kind is DecisionKind.PIN and row.assignment is not None:
        return _("fixed on %(when)s", when=moment(assignment_from_json(row.assignment).start))
    if row.kind is DecisionKind.BAN_PERSON and row.person is not None:
        return _("without %(name)s", name=row.person.name)
    if row.kind is DecisionKind.BAN_DAY and row.day is not None:
        return _("not on %(day)s", day=day(row.day))
    return _("left out of this round")


def difference_words(points: int) -> str:
    """How much better or worse another placement is."""
    if points > 0:
        return _("%(points)s points better than now", points=points)
    if points < 0:
        return _("%(points)s points worse than now", points=-points)
    return _("as good as now")


def language_choices(tags: Iterable[str]) -> list[tuple[str, str]]:
    return [(tag, f"{language_name(tag, locale())} ({autonym(tag)})") for tag in tags]


def person_choices(row: Placed) -> list[tuple[str, str]]:
    return [(person.code, person_name(person)) for person in row.people]


def placement_rows(row: Placed) -> list[Mapping[str, str]]:
    """Where, how and with whom a talk takes place, as labelled lines."""
    request = row.request
    online = row.assignment.mode.value == "online"
    place = request.venue.name if request.venue else request.address
    lines = [
        (_("Place"), _("online") if online else place or _("not known yet")),
        (_("Language"), language_name(row.assignment.language, locale())),
        (_("Speaker"), "; ".join(person_name(person) for person in row.speakers)),
        (_("Interpreter"), "; ".join(person.name for person in row.interpreters)),
        (_("Guests"), str(request.people) if request.people else ""),
    ]
    return [{"label": label, "value": value} for label, value in lines if value]
