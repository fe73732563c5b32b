"""Organisations: name and address, their rooms, the days on which they are closed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.i18n import N_
from matchmaker.models import BlockedPeriod, District, Organisation, Request, Talk, Venue
from matchmaker.models.states import OrganisationKind
from matchmaker.services.desk import Desk
from matchmaker.services.errors import CHANGED_ELSEWHERE, Conflict, Invalid, NotFound, NotPossible
from matchmaker.services.house import audit
from matchmaker.services.house.codes import next_code
from matchmaker.services.house.contact_data import is_email, is_phone
from matchmaker.services.house.reference import institution_types
from matchmaker.services.inviting import wide_feeds
from matchmaker.text import clean_line, clean_text

PREFIXES = {
    OrganisationKind.MO: "MO",
    OrganisationKind.INSTITUTION: "IN",
    OrganisationKind.ADMINISTRATION: "FV",
}
LONGEST_NAME = 160
LONGEST_ADDRESS = 240
LONGEST_NOTES = 5000
LONGEST_PERIOD = timedelta(days=366)
MOST_A_WEEK = 7
LARGEST_ROOM = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationFacts:
    """`max_per_week` limits the talks that an association hosts; `district` is its number."""

    kind: OrganisationKind
    name: str
    institution_type: str | None = None
    district: str | None = None
    email: str | None = None
    phone: str | None = None
    max_per_week: int | None = 1
    notes: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueFacts:
    name: str
    address: str
    district: str | None = None
    capacity: int | None = None
    step_free: bool = False


def facts_of(organisation: Organisation) -> OrganisationFacts:
    return OrganisationFacts(
        kind=organisation.kind,
        name=organisation.name,
        institution_type=organisation.institution_type,
        district=organisation.district_nr,
        email=organisation.email,
        phone=organisation.phone,
        max_per_week=organisation.max_per_week,
        notes=organisation.notes,
        active=organisation.active,
    )


def organisation_by_code(session: Session, code: str) -> Organisation:
    """Raises NotFound."""
    found = session.scalars(select(Organisation).where(Organisation.code == code)).one_or_none()
    if found is None:
        raise NotFound(N_("There is no such organisation."))
    return found


def add_organisation(session: Session, desk: Desk, facts: OrganisationFacts) -> Organisation:
    """A new organisation under the next code of its kind. Raises Invalid."""
    facts = _normal(facts)
    _require_valid(session, facts)
    code = next_code(session, Organisation.code, PREFIXES[facts.kind], 2)
    made = Organisation(code=code, kind=facts.kind)
    _apply(made, facts)
    session.add(made)
    audit.record(session, desk, "organisation.added", made, after=_plain(facts))
    return made


def change_organisation(
    session: Session,
    desk: Desk,
    organisation: Organisation,
    facts: OrganisationFacts,
    *,
    version: int | None = None,
) -> None:
    """Replace what is kept. `version` is the one that was shown. Raises Conflict and Invalid."""
    if version is not None and version != organisation.version:
        raise Conflict(CHANGED_ELSEWHERE)
    before, facts = facts_of(organisation), _normal(facts)
    _require_valid(session, facts)
    if facts == before:
        return
    _apply(organisation, facts)
    was, becomes = _plain(before), _plain(facts)
    changed = [name for name in was if was[name] != becomes[name]]
    audit.record(
        session,
        desk,
        "organisation.changed",
        organisation,
        before={name: was[name] for name in changed},
        after={name: becomes[name] for name in changed},
    )
    if "name" in changed:
        wide_feeds.refresh_organisation(session, desk, organisation)


def add_venue(session: Session, desk: Desk, organisation: Organisation, facts: VenueFacts) -> Venue:
    """One more room. Raises Invalid."""
    facts = _normal_venue(facts, organisation)
    _require_valid_venue(session, facts)
    made = Venue(
        name=facts.name,
        address=facts.address,
        district_nr=facts.district,
        capacity=facts.capacity,
        step_free=facts.step_free,
    )
    organisation.venues.append(made)
    audit.record(session, desk, "venue.added", organisation, after=asdict(facts))
    return made


def remove_venue(session: Session, desk: Desk, organisation: Organisation, venue_id: int) -> None:
    """Take a room out. NotPossible if a request or a talk is to be there."""
    venue = next((row for row in organisation.venues if row.id == venue_id), None)
    if venue is None:
        raise NotFound(N_("There is no such room."))
    for table in (Request, Talk):
        if session.scalar(select(table.id).where(table.venue_id == venue_id).limit(1)):
            raise NotPossible(N_("This room belongs to a request or a talk. It has to stay."))
    organisation.venues.remove(venue)
    before = {"name": venue.name, "address": venue.address}
    audit.record(session, desk, "venue.removed", organisation, before=before)


def block(
    session: Session, desk: Desk, organisation: Organisation, first_day: date, last_day: date
) -> BlockedPeriod:
    """Nobody visits on these days (inclusive); the reason is nobody's business. Raises Invalid."""
    if last_day < first_day:
        raise Invalid({"last_day": N_("Last day: please give a day that is not before the first.")})
    if last_day - first_day > LONGEST_PERIOD:
        raise Invalid({"last_day": N_("Last day: please give a day within a year of the first.")})
    made = BlockedPeriod(first_day=first_day, last_day=last_day)
    organisation.blocked_periods.append(made)
    after = {"first_day": str(first_day), "last_day": str(last_day)}
    audit.record(session, desk, "blocked_period.added", organisation, after=after)
    return made


def unblock(session: Session, desk: Desk, organisation: Organisation, period_id: int) -> None:
    """Take a closed period back."""
    period = next((row for row in organisation.blocked_periods if row.id == period_id), None)
    if period is None:
        raise NotFound(N_("There is no such closed period."))
    organisation.blocked_periods.remove(period)
    before = {"first_day": str(period.first_day), "last_day": str(period.last_day)}
    audit.record(session, desk, "blocked_period.removed", organisation, before=before)


def _normal(facts: OrganisationFacts) -> OrganisationFacts:
    sends_speakers = facts.kind is not OrganisationKind.MO
    return OrganisationFacts(
        kind=facts.kind,
        name=clean_line(facts.name),
        institution_type=(facts.institution_type or None) if sends_speakers else None,
        district=facts.district or None,
        email=clean_line(facts.email or "").lower() or None,
        phone=clean_line(facts.phone or "") or None,
        max_per_week=facts.max_per_week,
        notes=clean_text(facts.notes),
        active=facts.active,
    )


def _require_valid(session: Session, facts: OrganisationFacts) -> None:
    faults = {}
    if not facts.name or len(facts.name) > LONGEST_NAME:
        faults["name"] = N_("Name: please write a name, at most 160 characters.")
    if facts.institution_type and facts.institution_type not in institution_types():
        faults["institution_type"] = N_("Kind of institution: please choose one from the list.")
    if facts.district is not None and session.get(District, facts.district) is None:
        faults["district"] = N_("District: please choose one from the list.")
    if facts.email is not None and not is_email(facts.email):
        faults["email"] = N_("E-mail: please write an address such as name@verein.de.")
    if facts.phone is not None and not is_phone(facts.phone):
        faults["phone"] = N_("Phone: please write a number such as 030 23125 000.")
    if facts.max_per_week is None or not 1 <= facts.max_per_week <= MOST_A_WEEK:
        faults["max_per_week"] = N_("Talks in a week: please give a number from 1 to 7.")
    if len(facts.notes) > LONGEST_NOTES:
        faults["notes"] = N_("Notes: please write at most 5000 characters.")
    if faults:
        raise Invalid(faults)


def _apply(organisation: Organisation, facts: OrganisationFacts) -> None:
    organisation.kind = facts.kind
    organisation.name = facts.name
    organisation.institution_type = facts.institution_type
    organisation.district_nr = facts.district
    organisation.email = facts.email
    organisation.phone = facts.phone
    organisation.max_per_week = facts.max_per_week or 1
    organisation.notes = facts.notes
    organisation.active = facts.active


def _normal_venue(facts: VenueFacts, organisation: Organisation) -> VenueFacts:
    return VenueFacts(
        name=clean_line(facts.name),
        address=clean_line(facts.address),
        district=facts.district or organisation.district_nr,
        capacity=facts.capacity,
        step_free=facts.step_free,
    )


def _require_valid_venue(session: Session, facts: VenueFacts) -> None:
    faults = {}
    if not facts.name or len(facts.name) > LONGEST_NAME:
        faults["venue_name"] = N_("Room: please write a name, at most 160 characters.")
    if not facts.address or len(facts.address) > LONGEST_ADDRESS:
        faults["venue_address"] = N_("Address: please write street, number and town.")
    if facts.district is not None and session.get(District, facts.district) is None:
        faults["venue_district"] = N_("District: please choose one from the list.")
    if facts.capacity is not None and not 1 <= facts.capacity <= LARGEST_ROOM:
        faults["venue_capacity"] = N_("Seats: please give a number from 1 to 2000.")
    if faults:
        raise Invalid(faults)


def _plain(facts: OrganisationFacts) -> dict[str, Any]:
    return asdict(facts) | {"kind": facts.kind.value}
