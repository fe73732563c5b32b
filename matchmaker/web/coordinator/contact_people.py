"""Kontakte: a person, how to reach them, what they can do, how much they have on."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import format_date
from werkzeug.wrappers import Response

from matchmaker.models import Person
from matchmaker.models.states import Role
from matchmaker.services.errors import Invalid, NotPossible
from matchmaker.services.people import availability, contact_views, contacts, second_factor
from matchmaker.services.people import sessions as sign_ins
from matchmaker.services.reminding import overview
from matchmaker.services.sending import mail_list
from matchmaker.services.sources import sources
from matchmaker.web.access import for_roles
from matchmaker.web.context import commit, desk, signed_in
from matchmaker.web.coordinator import (
    contact_forms,
    contact_words,
    profile_words,
    sending_words,
)
from matchmaker.web.coordinator.contact_forms import PersonForm
from matchmaker.web.coordinator.contact_room import blueprint
from matchmaker.web.coordinator.room import READERS, WRITERS, Page, may_write, told
from matchmaker.web.db import db
from matchmaker.web.speaker import calendar_words
from matchmaker.web.texts import _, ngettext

MOST_MAILS = 8
"""So many of the latest stand on a person's page."""


@blueprint.get("/person/neu")
@for_roles(*WRITERS)
def new_person() -> str:
    asked = request.args.get("role", "")
    roles = (asked,) if asked in set(Role) else ()
    form = PersonForm(roles=roles, organisation=request.args.get("organisation", ""))
    return _person_form(form, {}, None)


@blueprint.post("/person/neu")
@for_roles(*WRITERS)
def add_person() -> Page:
    typed = contact_forms.typed_person(request.form)
    try:
        person = contacts.add_person(
            db.session(), desk(), typed.facts(), may_grant=contacts.grantable(signed_in())
        )
    except Invalid as invalid:
        return _person_form(typed, invalid.fields, None), 422
    commit()
    flash(_("%(name)s is in the address book.", name=person.name), "good")
    return redirect(url_for(".person", code=person.code), 303)


@blueprint.get("/person/<code>")
@for_roles(*READERS)
def person(code: str) -> str:
    person = contacts.person_by_code(db.session(), code)
    view = contact_views.person_view(db.session(), desk(), person)
    return render_template(
        "coordinator/contacts/person.html",
        person=person,
        view=view,
        months=[(format_date(month.first_day, "MMMM y"), month) for month in view.months],
        role_names=contact_words.role_names(),
        profile=profile_words.profile(person.profile) if person.profile else [],
        times=profile_words.week(availability.read(person.profile)) if person.profile else [],
        calendars=sources.sources_of(db.session(), person.profile) if person.profile else [],
        calendar_words=calendar_words,
        old_times=person.profile is not None and availability.is_due(person.profile, desk().now),
        mails=mail_list.latest_to(db.session(), person, MOST_MAILS),
        skipped=overview.skipped_of_person(db.session(), person),
        words=sending_words,
        may_change=_may_change(person),
        may_enter=may_write(),
        may_reset_factor=_may_reset_factor(person),
    )


@blueprint.get("/person/<code>/aendern")
@for_roles(*WRITERS)
def edit_person(code: str) -> str:
    person = _changeable(code)
    return _person_form(contact_forms.person_form(person), {}, person)


@blueprint.post("/person/<code>/aendern")
@for_roles(*WRITERS)
def change_person(code: str) -> Page:
    person = _changeable(code)
    may_grant = contacts.grantable(signed_in())
    typed = contact_forms.typed_person(request.form, person.roles - may_grant)
    try:
        sent_again = contacts.change_person(
            db.session(),
            desk(),
            person,
            typed.facts(),
            version=typed.version,
            may_grant=may_grant,
        )
    except Invalid as invalid:
        return _person_form(typed, invalid.fields, person), 422
    commit()
    flash(_saved(person, sent_again), "good")
    return redirect(url_for(".person", code=code), 303)


@blueprint.post("/person/<code>/abmelden")
@for_roles(*WRITERS)
def end_sessions(code: str) -> Response:
    """For a lost phone: out everywhere, at once."""
    person = _changeable(code)
    sign_ins.end_all(db.session(), desk(), person)
    commit()
    flash(_("%(name)s is signed out on all devices.", name=person.name), "good")
    return redirect(url_for(".person", code=code), 303)


@blueprint.post("/person/<code>/zweiter-faktor")
@for_roles(Role.ADMIN)
def reset_factor(code: str) -> Response:
    """For a lost phone without recovery codes; they sign in by mail and set up a new one."""
    person = _changeable(code)
    second_factor.reset(db.session(), desk(), person)
    commit()
    flash(_("%(name)s has no second factor any more.", name=person.name), "good")
    return redirect(url_for(".person", code=code), 303)


def _saved(person: Person, sent_again: int) -> str:
    if not sent_again:
        return _("The changes are saved.")
    return ngettext(
        "The changes are saved. %(num)s invitation goes out once more, to %(address)s.",
        "The changes are saved. %(num)s invitations go out once more, to %(address)s.",
        sent_again,
        address=person.email,
    )


def _changeable(code: str) -> Person:
    person = contacts.person_by_code(db.session(), code)
    if not _may_change(person):
        raise NotPossible(contacts.ONLY_ADMIN)
    return person


def _may_change(person: Person) -> bool:
    return may_write() and contacts.may_change(signed_in(), person)


def _may_reset_factor(person: Person) -> bool:
    me = signed_in()
    return Role.ADMIN in me.roles and me != person and second_factor.is_on(db.session(), person)


def _person_form(form: PersonForm, faults: dict[str, str], person: Person | None) -> str:
    return render_template(
        "coordinator/contacts/person_form.html",
        form=form,
        faults=told(faults),
        person=person,
        roles=contact_words.role_choices(contacts.grantable(signed_in())),
        organisations=contact_words.organisation_choices(),
        locale_choices=contact_words.locale_choices(),
    )
