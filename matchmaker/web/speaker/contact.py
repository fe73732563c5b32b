"""How a person is called and reached, and in which language."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from matchmaker.services.errors import Conflict, Invalid
from matchmaker.services.people import own_data
from matchmaker.services.people.own_data import Contact
from matchmaker.web.access import for_roles
from matchmaker.web.context import commit, desk, signed_in
from matchmaker.web.db import db
from matchmaker.web.numbers import sent_number
from matchmaker.web.speaker.room import INVITED, Page, blueprint


@blueprint.get("/kontakt")
@for_roles(*INVITED)
def contact() -> str:
    return _page(own_data.contact(signed_in()), {})


@blueprint.post("/kontakt")
@for_roles(*INVITED)
def change_contact() -> Page:
    person, form = signed_in(), request.form
    typed = Contact(
        name=form.get("name", ""),
        phone=form.get("phone", ""),
        locale=form.get("locale", ""),
        calendar_choice=person.calendar_choice,
    )
    try:
        own_data.change_contact(
            db.session(), desk(), person, typed, version=sent_number("version", None)
        )
    except Invalid as invalid:
        return _page(typed, {name: _(fault) for name, fault in invalid.fields.items()}), 422
    except Conflict as conflict:
        return _page(typed, {}, _(str(conflict))), 409
    commit()
    flash(_("Your details are saved."), "good")
    # A language chosen in the address would hide the one just saved.
    return redirect(url_for("speaker.contact", lang=None), 303)


def _page(typed: Contact, faults: dict[str, str], conflict: str = "") -> str:
    person = signed_in()
    stored = own_data.contact(person)
    return render_template(
        "speaker/contact.html",
        typed=typed,
        faults=faults,
        conflict=conflict,
        stored=stored,
        version=person.version,
        email=person.email,
    )
