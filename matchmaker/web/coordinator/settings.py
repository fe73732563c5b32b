"""Einstellungen: the carrier's data, what planning starts from, topics, who has access."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from matchmaker.models import Person, PersonRole
from matchmaker.models.states import Role
from matchmaker.services.errors import Invalid
from matchmaker.services.house.carrier import Carrier, carrier
from matchmaker.services.house.planning_rules import (
    SUBDIVISIONS,
    PlanningRules,
    change_planning_rules,
    planning_rules,
)
from matchmaker.services.inviting import carrier_name
from matchmaker.services.people import factor_rule, second_factor
from matchmaker.services.people.sessions import STAFF
from matchmaker.web.access import for_roles
from matchmaker.web.context import commit, desk, signed_in
from matchmaker.web.coordinator import contact_words, settings_reminders, settings_topics
from matchmaker.web.coordinator.room import WRITERS, Page, told
from matchmaker.web.coordinator.settings_room import blueprint
from matchmaker.web.coordinator.settings_words import rule_groups, rule_hints, rule_names, states
from matchmaker.web.db import db
from matchmaker.web.numbers import typed_number
from matchmaker.web.texts import _

PAGES = (settings_reminders, settings_topics)
"""Modules whose pages join the blueprint when they are imported."""


@blueprint.get("")
@for_roles(*WRITERS)
def index() -> str:
    return render_template("coordinator/settings/index.html")


@blueprint.get("/traeger")
@for_roles(*WRITERS)
def carrier_page() -> str:
    return _carrier(asdict(carrier(db.session())), {})


@blueprint.post("/traeger")
@for_roles(*WRITERS)
def change_carrier() -> Page:
    typed: dict[str, Any] = {
        field.name: request.form.get(field.name, "") for field in fields(Carrier)
    }
    wanted = Carrier(**typed | {"answer_days": typed_number(typed["answer_days"])})
    try:
        carrier_name.change_carrier(db.session(), desk(), wanted)
    except Invalid as invalid:
        return _carrier(typed, invalid.fields), 422
    commit()
    flash(_("The changes are saved."), "good")
    return redirect(url_for(".carrier_page"), 303)


@blueprint.get("/planung")
@for_roles(*WRITERS)
def planning_page() -> str:
    return _planning(asdict(planning_rules(db.session())), {})


@blueprint.post("/planung")
@for_roles(*WRITERS)
def change_planning() -> Page:
    typed = {field.name: request.form.get(field.name, "") for field in fields(PlanningRules)}
    changes = {
        name: text if name == "subdivision" else typed_number(text) for name, text in typed.items()
    }
    try:
        change_planning_rules(db.session(), desk(), **changes)
    except Invalid as invalid:
        return _planning(typed, invalid.fields), 422
    commit()
    flash(_("The changes are saved. The next plan follows them."), "good")
    return redirect(url_for(".planning_page"), 303)


@blueprint.get("/zugang")
@for_roles(Role.ADMIN)
def access() -> str:
    """Who of the carrier can get in, and as what."""
    staff = db.session.scalars(
        select(Person)
        .where(Person.role_rows.any(PersonRole.role.in_(STAFF)))
        .options(selectinload(Person.role_rows))
        .order_by(Person.active.desc(), Person.name)
    )
    return render_template(
        "coordinator/settings/access.html",
        staff=staff.all(),
        role_names=contact_words.role_names(),
        with_factor=second_factor.people_with_one(db.session()),
        required=factor_rule.is_required(db.session()),
    )


@blueprint.post("/zugang/zweiter-faktor")
@for_roles(Role.ADMIN)
def require_factor() -> Page:
    on = request.form.get("required") == "yes"
    second_factor.require(db.session(), desk(), signed_in(), on)
    commit()
    flash(_("The changes are saved."), "good")
    return redirect(url_for(".access"), 303)


def _carrier(form: dict[str, Any], faults: dict[str, str]) -> str:
    return render_template("coordinator/settings/carrier.html", form=form, faults=told(faults))


def _planning(form: dict[str, Any], faults: dict[str, str]) -> str:
    return render_template(
        "coordinator/settings/planning.html",
        form=form,
        faults=told(faults),
        groups=rule_groups(),
        names=rule_names(),
        hints=rule_hints(),
        subdivisions=[(code, states()[code]) for code in SUBDIVISIONS],
    )
