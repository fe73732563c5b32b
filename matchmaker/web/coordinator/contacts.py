"""Kontakte: the lists of people and of organisations."""

from __future__ import annotations

from flask import render_template, request

from matchmaker.models.states import OrganisationKind, Role
from matchmaker.services.people import availability, contact_lists
from matchmaker.services.people.contact_lists import OrganisationFilter, PeopleFilter
from matchmaker.web.access import for_roles
from matchmaker.web.context import desk
from matchmaker.web.coordinator import (
    contact_organisations,
    contact_people,
    contact_profiles,
    contact_words,
)
from matchmaker.web.coordinator.contact_room import blueprint
from matchmaker.web.coordinator.room import READERS, asked, may_write, page_address, page_number
from matchmaker.web.db import db

PAGES = (contact_people, contact_profiles, contact_organisations)
"""Modules whose pages join the blueprint when they are imported."""

ORGANISATIONS = "organisations"


@blueprint.get("")
@for_roles(*READERS)
def index() -> str:
    if request.args.get("show") == ORGANISATIONS:
        return _organisations()
    return _people()


def _people() -> str:
    given = asked("role")
    wanted = PeopleFilter(
        words=asked("q"),
        role=Role(given) if given in set(Role) else None,
        old_times=request.args.get("times") == "old",
        inactive="inactive" in request.args,
    )
    return render_template(
        "coordinator/contacts/people.html",
        wanted=wanted,
        shown=contact_lists.people(db.session(), desk(), wanted, page_number()),
        roles=contact_words.role_choices(frozenset(Role)),
        role_names=contact_words.role_names(),
        filtered=wanted != PeopleFilter(),
        page_address=page_address,
        may_change=may_write(),
        now=desk().now,
        is_due=availability.is_due,
    )


def _organisations() -> str:
    given = asked("kind")
    wanted = OrganisationFilter(
        words=asked("q"),
        kind=OrganisationKind(given) if given in set(OrganisationKind) else None,
        district=asked("district"),
        inactive="inactive" in request.args,
    )
    return render_template(
        "coordinator/contacts/organisations.html",
        wanted=wanted,
        shown=contact_lists.organisations(db.session(), wanted, desk(), page_number()),
        kinds=contact_words.kind_choices(),
        kind_names=contact_words.kind_names(),
        districts=contact_words.district_choices(),
        filtered=wanted != OrganisationFilter(),
        page_address=page_address,
        may_change=may_write(),
        institution_name=contact_words.institution_name,
    )
