"""Who asks: the association and the person, known ones found again, new ones written down.

What a form without sign-in says never changes what is known of somebody, and never makes
somebody a member of an association that was there before.
"""

from __future__ import annotations

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.i18n import supported
from matchmaker.models import Organisation, Person, PersonRole, Venue
from matchmaker.models.states import MeetingMode, OrganisationKind, Role
from matchmaker.services.desk import Desk
from matchmaker.services.house import audit
from matchmaker.services.house.codes import next_code
from matchmaker.services.house.search import folded
from matchmaker.services.intake.need import Need, Who
from matchmaker.services.people.contacts import person_by_email

_LEGAL_FORM = re.compile(r"\b(e\s?v|eingetragener verein|ggmbh|gug)$")
_SIGNS = re.compile(r"[^\w*]+")


def normal_name(name: str) -> str:
    """A name without case, accents, signs and legal form: `Sonnenhof e. V.` is `sonnenhof`."""
    words = " ".join(_SIGNS.sub(" ", folded(name).replace(".", "")).split())
    return _LEGAL_FORM.sub("", words).strip() or words


def organisation_named(session: Session, name: str) -> Organisation | None:
    """The association of that name, the first one if there are several."""
    wanted = normal_name(name)
    known = session.scalars(
        select(Organisation)
        .where(Organisation.kind == OrganisationKind.MO)
        .order_by(Organisation.active.desc(), Organisation.id)
    )
    return next((row for row in known if normal_name(row.name) == wanted), None)


def find_or_add_organisation(
    session: Session, desk: Desk, who: Who, known: Organisation | None = None
) -> tuple[Organisation, bool]:
    """The association that asks, and whether it is new here. `known` is taken if the name fits."""
    if known is not None and normal_name(known.name) == normal_name(who.organisation):
        return known, False
    found = organisation_named(session, who.organisation)
    if found is not None:
        return found, False
    made = Organisation(
        code=next_code(session, Organisation.code, "MO", 2),
        kind=OrganisationKind.MO,
        name=who.organisation,
        district_nr=who.district,
        email=who.email,
        phone=who.phone,
    )
    session.add(made)
    audit.record(
        session, desk, "organisation.added", made, after={"code": made.code, "name": made.name}
    )
    return made, True


def find_or_add_contact(
    session: Session,
    desk: Desk,
    who: Who,
    organisation: Organisation,
    *,
    is_new: bool,
    locale: str,
) -> Person:
    """The person with that address; who is known stays as known unless they ask themselves.

    Only a new association gets a member this way.
    """
    person = person_by_email(session, who.email)
    if person is None:
        person = Person(
            code=next_code(session, Person.code, "H", 2),
            name=who.name,
            email=who.email,
            phone=who.phone,
            locale=supported(locale),
            organisation=organisation if is_new else None,
            created_at=desk.now,
            role_rows=[PersonRole(role=Role.HOST)],
        )
        session.add(person)
        audit.record(
            session, desk, "person.added", person, after={"code": person.code, "roles": ["host"]}
        )
        return person
    if desk.actor.id != person.id:
        return person
    if is_new and person.organisation is None:
        person.organisation = organisation
    if Role.HOST not in person.roles:
        person.role_rows.append(PersonRole(role=Role.HOST))
        roles = sorted(role.value for role in person.roles)
        audit.record(session, desk, "person.changed", person, after={"roles": roles})
    return person


def find_or_add_venue(
    session: Session, organisation: Organisation, need: Need, district: str | None, *, may_add: bool
) -> Venue | None:
    """The association's room at that address; None if there is none or it is not theirs.

    Without `may_add` an unknown address stays with the request alone.
    """
    if not need.address or need.needs_room or need.mode is MeetingMode.ONLINE:
        return None
    wanted = normal_name(need.address)
    for venue in organisation.venues:
        if normal_name(venue.address) == wanted:
            return venue
    if not may_add:
        return None
    venue = Venue(
        name=organisation.name,
        address=need.address,
        district_nr=district,
        capacity=need.room_capacity,
        step_free=bool(need.step_free),
    )
    organisation.venues.append(venue)
    session.flush()
    return venue
