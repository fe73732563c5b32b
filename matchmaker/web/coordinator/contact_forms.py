"""The forms of the address book: what was typed, as typed, and what the services make of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from werkzeug.datastructures import MultiDict

from matchmaker.dates import read_day
from matchmaker.i18n import N_
from matchmaker.models import Organisation, Person
from matchmaker.models.states import OrganisationKind, Role
from matchmaker.services.errors import Invalid
from matchmaker.services.people import contacts, organisations
from matchmaker.services.people.contacts import PersonFacts
from matchmaker.services.people.organisations import OrganisationFacts, VenueFacts
from matchmaker.web.numbers import sent_number, typed_number

NO_DAY = N_("Please give a day. Example: 19.01.2027.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonForm:
    name: str = ""
    email: str = ""
    phone: str = ""
    locale: str = "de"
    organisation: str = ""
    roles: tuple[str, ...] = ()
    active: bool = True
    version: int = 0

    def facts(self) -> PersonFacts:
        known = {role.value for role in Role}
        return PersonFacts(
            name=self.name,
            email=self.email,
            phone=self.phone,
            locale=self.locale,
            organisation=self.organisation,
            roles=frozenset(Role(role) for role in self.roles if role in known),
            active=self.active,
        )


def person_form(person: Person) -> PersonForm:
    facts = contacts.facts_of(person)
    return PersonForm(
        name=facts.name,
        email=facts.email,
        phone=facts.phone or "",
        locale=facts.locale,
        organisation=facts.organisation or "",
        roles=tuple(sorted(facts.roles)),
        active=facts.active,
        version=person.version,
    )


def typed_person(form: MultiDict[str, str], fixed: frozenset[Role] = frozenset()) -> PersonForm:
    """`fixed` are roles that the form does not offer because the reader may not take them."""
    return PersonForm(
        name=form.get("name", ""),
        email=form.get("email", ""),
        phone=form.get("phone", ""),
        locale=form.get("locale", ""),
        organisation=form.get("organisation", ""),
        roles=tuple(sorted({*form.getlist("roles"), *fixed})),
        active="active" in form,
        version=sent_number("version", 0),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationForm:
    kind: str = OrganisationKind.MO.value
    name: str = ""
    institution_type: str = ""
    district: str = ""
    email: str = ""
    phone: str = ""
    max_per_week: str = "1"
    notes: str = ""
    active: bool = True
    version: int = 0

    def facts(self) -> OrganisationFacts:
        """Raises Invalid for a kind that does not exist."""
        if self.kind not in {kind.value for kind in OrganisationKind}:
            raise Invalid({"kind": N_("Kind: please choose one from the list.")})
        return OrganisationFacts(
            kind=OrganisationKind(self.kind),
            name=self.name,
            institution_type=self.institution_type,
            district=self.district,
            email=self.email,
            phone=self.phone,
            max_per_week=typed_number(self.max_per_week),
            notes=self.notes,
            active=self.active,
        )


def organisation_form(row: Organisation) -> OrganisationForm:
    facts = organisations.facts_of(row)
    return OrganisationForm(
        kind=facts.kind.value,
        name=facts.name,
        institution_type=facts.institution_type or "",
        district=facts.district or "",
        email=facts.email or "",
        phone=facts.phone or "",
        max_per_week=str(facts.max_per_week),
        notes=facts.notes,
        active=facts.active,
        version=row.version,
    )


def typed_organisation(form: MultiDict[str, str]) -> OrganisationForm:
    return OrganisationForm(
        kind=form.get("kind", ""),
        name=form.get("name", ""),
        institution_type=form.get("institution_type", ""),
        district=form.get("district", ""),
        email=form.get("email", ""),
        phone=form.get("phone", ""),
        max_per_week=form.get("max_per_week", ""),
        notes=form.get("notes", ""),
        active="active" in form,
        version=sent_number("version", 0),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueForm:
    venue_name: str = ""
    venue_address: str = ""
    venue_district: str = ""
    venue_capacity: str = ""
    venue_step_free: bool = False

    def facts(self) -> VenueFacts:
        return VenueFacts(
            name=self.venue_name,
            address=self.venue_address,
            district=self.venue_district,
            capacity=typed_number(self.venue_capacity) if self.venue_capacity.strip() else None,
            step_free=self.venue_step_free,
        )


def typed_venue(form: MultiDict[str, str]) -> VenueForm:
    return VenueForm(
        venue_name=form.get("venue_name", ""),
        venue_address=form.get("venue_address", ""),
        venue_district=form.get("venue_district", ""),
        venue_capacity=form.get("venue_capacity", ""),
        venue_step_free="venue_step_free" in form,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodForm:
    first_day: str = ""
    last_day: str = ""

    def days(self) -> tuple[date, date]:
        """One day if the last one is left out. Raises Invalid."""
        first = read_day(self.first_day)
        last = read_day(self.last_day) if self.last_day.strip() else first
        if first is None:
            raise Invalid({"first_day": NO_DAY})
        if last is None:
            raise Invalid({"last_day": NO_DAY})
        return first, last


def typed_period(form: MultiDict[str, str]) -> PeriodForm:
    return PeriodForm(first_day=form.get("first_day", ""), last_day=form.get("last_day", ""))
