"""Kontakte: an organisation with its rooms, its people and the days on which it is closed."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from matchmaker.models import Organisation
from matchmaker.models.states import OrganisationKind
from matchmaker.services.errors import Invalid
from matchmaker.services.people import contact_views, organisations
from matchmaker.web.access import for_roles
from matchmaker.web.context import commit, desk
from matchmaker.web.coordinator import contact_forms, contact_words
from matchmaker.web.coordinator.contact_forms import OrganisationForm, PeriodForm, VenueForm
from matchmaker.web.coordinator.contact_room import blueprint
from matchmaker.web.coordinator.room import READERS, WRITERS, Page, may_write, told
from matchmaker.web.db import db
from matchmaker.web.texts import _


@blueprint.get("/organisation/neu")
@for_roles(*WRITERS)
def new_organisation() -> str:
    asked = request.args.get("kind", "")
    kind = asked if asked in set(OrganisationKind) else OrganisationKind.MO.value
    return _form(OrganisationForm(kind=kind), {}, None)


@blueprint.post("/organisation/neu")
@for_roles(*WRITERS)
def add_organisation() -> Page:
    typed = contact_forms.typed_organisation(request.form)
    try:
        made = organisations.add_organisation(db.session(), desk(), typed.facts())
    except Invalid as invalid:
        return _form(typed, invalid.fields, None), 422
    commit()
    flash(_("%(name)s is in the address book.", name=made.name), "good")
    return redirect(url_for(".organisation", code=made.code), 303)


@blueprint.get("/organisation/<code>")
@for_roles(*READERS)
def organisation(code: str) -> str:
    return _page(_found(code), {}, VenueForm(), PeriodForm())


@blueprint.get("/organisation/<code>/aendern")
@for_roles(*WRITERS)
def edit_organisation(code: str) -> str:
    found = _found(code)
    return _form(contact_forms.organisation_form(found), {}, found)


@blueprint.post("/organisation/<code>/aendern")
@for_roles(*WRITERS)
def change_organisation(code: str) -> Page:
    found = _found(code)
    typed = contact_forms.typed_organisation(request.form)
    try:
        organisations.change_organisation(
            db.session(), desk(), found, typed.facts(), version=typed.version
        )
    except Invalid as invalid:
        return _form(typed, invalid.fields, found), 422
    commit()
    flash(_("The changes are saved."), "good")
    return _back(code)


@blueprint.post("/organisation/<code>/raum")
@for_roles(*WRITERS)
def add_venue(code: str) -> Page:
    found = _found(code)
    typed = contact_forms.typed_venue(request.form)
    try:
        organisations.add_venue(db.session(), desk(), found, typed.facts())
    except Invalid as invalid:
        return _page(found, invalid.fields, typed, PeriodForm()), 422
    commit()
    flash(_("The room is added."), "good")
    return _back(code)


@blueprint.post("/organisation/<code>/raum/<int:venue_id>/entfernen")
@for_roles(*WRITERS)
def remove_venue(code: str, venue_id: int) -> Response:
    organisations.remove_venue(db.session(), desk(), _found(code), venue_id)
    commit()
    flash(_("The room is removed."), "good")
    return _back(code)


@blueprint.post("/organisation/<code>/sperrzeit")
@for_roles(*WRITERS)
def block(code: str) -> Page:
    found = _found(code)
    typed = contact_forms.typed_period(request.form)
    try:
        organisations.block(db.session(), desk(), found, *typed.days())
    except Invalid as invalid:
        return _page(found, invalid.fields, VenueForm(), typed), 422
    commit()
    flash(_("The closed period is noted. The next plan keeps clear of it."), "good")
    return _back(code)


@blueprint.post("/organisation/<code>/sperrzeit/<int:period_id>/entfernen")
@for_roles(*WRITERS)
def unblock(code: str, period_id: int) -> Response:
    organisations.unblock(db.session(), desk(), _found(code), period_id)
    commit()
    flash(_("The closed period is removed."), "good")
    return _back(code)


def _found(code: str) -> Organisation:
    return organisations.organisation_by_code(db.session(), code)


def _back(code: str) -> Response:
    return redirect(url_for(".organisation", code=code), 303)


def _page(found: Organisation, faults: dict[str, str], venue: VenueForm, period: PeriodForm) -> str:
    districts = contact_words.district_choices()
    return render_template(
        "coordinator/contacts/organisation.html",
        organisation=found,
        view=contact_views.organisation_view(db.session(), desk(), found.id),
        faults=told(faults),
        venue_form=venue,
        period_form=period,
        districts=districts,
        may_change=may_write(),
        role_names=contact_words.role_names(),
        **_names(found, dict(districts)),
    )


def _names(found: Organisation, districts: dict[str, str]) -> dict[str, Any]:
    return {
        "kind_name": contact_words.kind_names()[found.kind],
        "institution_name": contact_words.institution_name(found.institution_type),
        "district_name": districts.get(found.district_nr or "", ""),
        "district_names": districts,
    }


def _form(form: OrganisationForm, faults: dict[str, str], found: Organisation | None) -> str:
    return render_template(
        "coordinator/contacts/organisation_form.html",
        form=form,
        faults=told(faults),
        organisation=found,
        kinds=contact_words.kind_choices(),
        institution_types=contact_words.institution_choices(),
        districts=contact_words.district_choices(),
    )
