"""The coordination's address book: people with their roles and how to reach them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.i18n import N_, SUPPORTED
from matchmaker.models import District, Organisation, Person, PersonRole, Profile
from matchmaker.models.states import Role
from matchmaker.services.desk import Desk
from matchmaker.services.errors import CHANGED_ELSEWHERE, Conflict, Invalid, NotFound, NotPossible
from matchmaker.services.house import audit
from matchmaker.services.house.codes import next_code
from matchmaker.services.house.contact_data import is_email, is_phone
from matchmaker.services.inviting import invitations, wide_feeds
from matchmaker.services.inviting.feeds import refresh_feed
from matchmaker.services.people import account_letters, mailed_keys, sessions
from matchmaker.services.people.own_data import LONGEST_NAME
from matchmaker.services.people.sessions import STAFF
from matchmaker.services.sending.overtaking import lock
from matchmaker.text import clean_line

EVERYBODY = frozenset(Role)
ORDINARY = EVERYBODY - STAFF
PREFIXES = (
    (Role.SPEAKER, "R", 2),
    (Role.INTERPRETER, "S", 1),
    (Role.HOST, "H", 2),
    (Role.COORDINATOR, "K", 2),
    (Role.AUDITOR, "L", 2),
    (Role.ADMIN, "V", 2),
)

NO_SUCH_PERSON = N_("There is no such person.")
ONLY_ADMIN = N_("Only the administration may change people of the coordination.")
NOT_ONESELF = N_("You cannot take away your own access. Somebody else has to do it.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFacts:
    """What the coordination keeps of a person. `organisation` is a code, None for nobody's."""

    name: str
    email: str
    roles: frozenset[Role]
    phone: str | None = None
    locale: str = "de"
    organisation: str | None = None
    active: bool = True


def facts_of(person: Person) -> PersonFacts:
    return PersonFacts(
        name=person.name,
        email=person.email,
        roles=person.roles,
        phone=person.phone,
        locale=person.locale,
        organisation=person.organisation.code if person.organisation else None,
        active=person.active,
    )


def person_by_code(session: Session, code: str) -> Person:
    """Raises NotFound."""
    person = session.scalars(select(Person).where(Person.code == code)).one_or_none()
    if person is None:
        raise NotFound(NO_SUCH_PERSON)
    return person


def person_by_email(session: Session, email: str) -> Person | None:
    wanted = clean_line(email).lower()
    return session.scalars(select(Person).where(Person.email == wanted)).one_or_none()


def may_change(actor: Person, person: Person) -> bool:
    """Staff can be changed by the administration alone: a new address would be a way in."""
    return Role.ADMIN in actor.roles or not person.roles & STAFF


def grantable(actor: Person) -> frozenset[Role]:
    """The roles that somebody may give and take."""
    return EVERYBODY if Role.ADMIN in actor.roles else ORDINARY


def add_person(
    session: Session, desk: Desk, facts: PersonFacts, *, may_grant: frozenset[Role]
) -> Person:
    """A new person; speakers and interpreters get an empty profile.

    Raises Invalid, and NotPossible for roles outside `may_grant`.
    """
    facts = _normal(facts)
    _require_valid(session, facts, None)
    _require_grantable(facts.roles, may_grant)
    person = Person(code=_code(session, facts.roles), created_at=desk.now)
    session.add(person)
    _apply(session, person, facts)
    audit.record(session, desk, "person.added", person, after=_plain(facts))
    return person


def known_or_added(
    session: Session, desk: Desk, name: str, email: str, locale: str = "de"
) -> Person:
    """Whoever has this address, just as they are; else a new person who has no role yet.

    For people who are invited somewhere and are nobody's speaker or contact. `locale` is the
    language of a new person's mails. Raises Invalid.
    """
    facts = _normal(PersonFacts(name=name, email=email, roles=frozenset(), locale=locale))
    known = person_by_email(session, facts.email)
    if known is not None:
        return known
    _require_valid(session, facts, None, may_have_none=True)
    person = Person(code=_code(session, facts.roles), created_at=desk.now)
    session.add(person)
    _apply(session, person, facts)
    audit.record(session, desk, "person.added", person, after=_plain(facts))
    return person


def change_person(
    session: Session,
    desk: Desk,
    person: Person,
    facts: PersonFacts,
    *,
    version: int | None = None,
    may_grant: frozenset[Role],
) -> int:
    """Replace what is kept of a person; how many invitations go out once more.

    Who is no longer active, or has another address now, is signed out everywhere and all mailed
    links end; who is no longer active loses the subscriptions as well. Coming talks are announced
    once more to a new address, with new links. The old one gets a letter that says so.

    `version` is the one that was shown. Raises Conflict, Invalid, and NotPossible for changes
    that the acting person may not make.
    """
    if version is not None and version != person.version:
        raise Conflict(CHANGED_ELSEWHERE)
    before, facts = facts_of(person), _normal(facts)
    _require_valid(session, facts, person, may_have_none=not before.roles)
    _require_grantable(before.roles ^ facts.roles, may_grant)
    if before.roles & STAFF and not may_grant >= STAFF:
        raise NotPossible(ONLY_ADMIN)
    if person.id == desk.actor.id and (not facts.active or before.roles & STAFF - facts.roles):
        raise NotPossible(NOT_ONESELF)
    if facts == before:
        return 0
    moved = before.email != facts.email
    if moved:
        lock(session, [row.uid for row in invitations.living(session, desk, person)])
    if moved and before.roles:
        account_letters.tell_old_address(session, desk, person)
    _apply(session, person, facts)
    gone = before.active and not facts.active
    if gone or moved:
        sessions.end_all(session, desk, person)
        mailed_keys.end_links(session, desk, person)
    if gone:
        mailed_keys.end_subscriptions(session, desk, person)
    sent_again = invitations.readdress(session, desk, person) if moved else 0
    if sent_again or before.locale != person.locale:
        refresh_feed(session, desk, person.id)
    _refresh_wide_feeds(session, desk, person, before)
    was, becomes = _plain(before), _plain(facts)
    changed = [name for name in was if was[name] != becomes[name]]
    audit.record(
        session,
        desk,
        "person.changed",
        person,
        before={name: was[name] for name in changed},
        after={name: becomes[name] for name in changed},
    )
    return sent_again


def _refresh_wide_feeds(session: Session, desk: Desk, person: Person, before: PersonFacts) -> None:
    """Their name and their organisation stand in them, and not everybody may read all talks."""
    if not person.roles & wide_feeds.READERS:
        wide_feeds.revoke(session, desk, wide_feeds.Whose(person=person))
    if before.locale != person.locale:
        wide_feeds.speak(session, desk, person)
    was = before.organisation and _organisation(session, before.organisation)
    wide_feeds.refresh_people(session, desk, [person], left=[was.id] if was else [])


def add_roles(session: Session, desk: Desk, person: Person, roles: frozenset[Role]) -> Person:
    """Give somebody more roles and let them in again if they were not active."""
    known = asdict(facts_of(person)) | {"roles": person.roles | roles, "active": True}
    change_person(session, desk, person, PersonFacts(**known), may_grant=EVERYBODY)
    return person


def _normal(facts: PersonFacts) -> PersonFacts:
    return PersonFacts(
        name=clean_line(facts.name),
        email=clean_line(facts.email).lower(),
        roles=frozenset(facts.roles),
        phone=clean_line(facts.phone or "") or None,
        locale=facts.locale,
        organisation=facts.organisation or None,
        active=facts.active,
    )


def _require_valid(
    session: Session, facts: PersonFacts, person: Person | None, *, may_have_none: bool = False
) -> None:
    """`may_have_none`: a person without any role, as guests of a talk are."""
    faults = {}
    if not facts.name or len(facts.name) > LONGEST_NAME:
        faults["name"] = N_("Name: please write a name, at most 120 characters.")
    if not is_email(facts.email):
        faults["email"] = N_("E-mail: please write an address such as name@verein.de.")
    elif (other := person_by_email(session, facts.email)) is not None and other is not person:
        faults["email"] = N_("E-mail: somebody else has this address already.")
    if facts.phone is not None and not is_phone(facts.phone):
        faults["phone"] = N_("Phone: please write a number such as 030 23125 000.")
    if facts.locale not in SUPPORTED:
        faults["locale"] = N_("Language: please choose one from the list.")
    if not facts.roles and not may_have_none:
        faults["roles"] = N_("Roles: please choose at least one.")
    elif {Role.SPEAKER, Role.INTERPRETER} <= facts.roles:
        faults["roles"] = N_("Roles: somebody is either a speaker or an interpreter.")
    elif (
        person is not None
        and person.profile
        and _kind(facts.roles)
        not in {
            None,
            person.profile.kind,
        }
    ):
        faults["roles"] = N_("Roles: a speaker cannot become an interpreter, nor the reverse.")
    if facts.organisation and _organisation(session, facts.organisation) is None:
        faults["organisation"] = N_("Organisation: please choose one from the list.")
    if faults:
        raise Invalid(faults)


def _require_grantable(roles: frozenset[Role], may_grant: frozenset[Role]) -> None:
    if not roles <= may_grant:
        raise NotPossible(ONLY_ADMIN)


def _apply(session: Session, person: Person, facts: PersonFacts) -> None:
    person.name = facts.name
    person.email = facts.email
    person.phone = facts.phone
    person.locale = facts.locale
    person.active = facts.active
    person.organisation = _organisation(session, facts.organisation) if facts.organisation else None
    kept = {row.role: row for row in person.role_rows}
    person.role_rows = [kept.get(role) or PersonRole(role=role) for role in sorted(facts.roles)]
    kind = _kind(facts.roles)
    if kind and person.profile is None:
        person.profile = Profile(kind=kind, home_district_nr=_home(session, person))
    session.flush()


def _kind(roles: frozenset[Role]) -> str | None:
    for role in (Role.SPEAKER, Role.INTERPRETER):
        if role in roles:
            return role.value
    return None


def _home(session: Session, person: Person) -> str:
    """Where somebody starts from until they say so themselves."""
    if person.organisation is not None and person.organisation.district_nr:
        return person.organisation.district_nr
    first = session.scalars(select(District.nr).order_by(District.nr).limit(1)).one_or_none()
    if first is None:
        raise NotPossible(N_("There are no districts yet. Please run the migration first."))
    return first


def _organisation(session: Session, code: str) -> Organisation | None:
    return session.scalars(select(Organisation).where(Organisation.code == code)).one_or_none()


def _code(session: Session, roles: frozenset[Role]) -> str:
    for role, prefix, width in PREFIXES:
        if role in roles:
            return next_code(session, Person.code, prefix, width)
    return next_code(session, Person.code, "P", 2)


def _plain(facts: PersonFacts) -> dict[str, Any]:
    """JSON values for the audit log."""
    return asdict(facts) | {"roles": sorted(facts.roles)}
