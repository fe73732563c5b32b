"""What the pages of a plan share: the blueprint, the version in the address, who may do what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template, url_for

from matchmaker.models import Person, Request
from matchmaker.scheduling.judge import Breach
from matchmaker.services.planning.judging import RulesBroken
from matchmaker.services.planning.plan_view import Plan, load_people, load_plan, load_requests
from matchmaker.services.planning.proposals import find_proposal
from matchmaker.services.planning.rounds import find_round
from matchmaker.web.coordinator import plan_context
from matchmaker.web.db import db
from matchmaker.web.plan_words import breach_text, request_name, rule_name
from matchmaker.web.texts import _

blueprint = Blueprint(
    "coordinator_proposals",
    __name__,
    url_prefix="/koordination/planung/<int:round_id>/vorschlag",
)
plan_context.install(blueprint)


def plan_of(round_id: int, number: int) -> Plan:
    """Raises NotFound."""
    planning_round = find_round(db.session(), round_id)
    return load_plan(db.session(), planning_round, find_proposal(db.session(), round_id, number))


def plan_url(round_id: int, number: int, **values: Any) -> str:
    return url_for("coordinator_proposals.show", round_id=round_id, number=number, **values)


def request_url(round_id: int, number: int, code: str, **values: Any) -> str:
    return url_for(
        "coordinator_proposals.request_page",
        round_id=round_id,
        number=number,
        code=code,
        **values,
    )


def repair_url(round_id: int, number: int, kind: str, **event: Any) -> str:
    """What can be done about an event; `event` says to whom it happens, and when."""
    return url_for(
        "coordinator_proposals.repair", round_id=round_id, number=number, kind=kind, **event
    )


def refused(round_id: int, number: int, broken: RulesBroken) -> tuple[str, int]:
    """Which rules keep a version from becoming the current one."""
    plan = plan_of(round_id, number)
    codes = {code for breach in broken.breaches for code in breach.requests}
    persons = {code for breach in broken.breaches for code in (*breach.persons, _unknown(breach))}
    requests = {**plan.requests, **load_requests(db.session(), codes)}
    people = {**plan.people, **load_people(db.session(), persons)}
    page = render_template(
        "coordinator/planning/refused.html",
        plan=plan,
        round=plan.round,
        reasons=[_reason(breach, requests, people) for breach in broken.breaches],
    )
    return page, 409


def _unknown(breach: Breach) -> str:
    """The id that today's problem does not know, if that is what is wrong."""
    return str(breach.facts.get("id", "")) if breach.code == "shape" else ""


def _reason(
    breach: Breach, requests: Mapping[str, Request], people: Mapping[str, Person]
) -> tuple[str, str]:
    """The rule and what it is about; no rule for whom or what the planning does not know."""
    unknown = _unknown(breach)
    if unknown in people:
        return "", _("%(name)s cannot be planned any more.", name=people[unknown].name)
    if unknown in requests:
        name = request_name(unknown, requests)
        return "", _("%(request)s is not waiting for an evening any more.", request=name)
    return rule_name(breach.code), breach_text(breach, people, requests)
