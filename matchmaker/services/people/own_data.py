"""People's own data: how they are called and reached, in which language, by which calendar."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.i18n import N_, SUPPORTED
from matchmaker.models import Person
from matchmaker.models.states import CalendarChoice
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Conflict, Invalid
from matchmaker.services.house import audit
from matchmaker.services.house.contact_data import is_phone
from matchmaker.services.inviting import wide_feeds
from matchmaker.services.inviting.feeds import refresh_feed
from matchmaker.text import clean_line

LONGEST_NAME = 120

STALE = N_("These details were changed elsewhere in the meantime. Please look at both versions.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """What people may change about themselves; the mail address is how we know them."""

    name: str
    phone: str | None
    locale: str
    calendar_choice: CalendarChoice


def contact(person: Person) -> Contact:
    return Contact(
        name=person.name,
        phone=person.phone,
        locale=person.locale,
        calendar_choice=person.calendar_choice,
    )


def change_contact(
    session: Session, desk: Desk, person: Person, wanted: Contact, *, version: int | None = None
) -> None:
    """Replace the contact data.

    `version` is the one that the person saw; Conflict if it has changed since, Invalid where a
    value cannot be.
    """
    before = contact(person)
    if version is not None and version != person.version:
        raise Conflict(STALE)
    wanted = Contact(
        name=clean_line(wanted.name),
        phone=clean_line(wanted.phone or "") or None,
        locale=wanted.locale,
        calendar_choice=wanted.calendar_choice,
    )
    _require_valid(wanted)
    if wanted == before:
        return
    person.name = wanted.name
    person.phone = wanted.phone
    person.locale = wanted.locale
    person.calendar_choice = wanted.calendar_choice
    was, becomes = _changes(before, wanted)
    audit.record(session, desk, "person.changed", person, before=was, after=becomes)
    if before.locale != wanted.locale:
        refresh_feed(session, desk, person.id)
        wide_feeds.speak(session, desk, person)
    if before.name != wanted.name:
        wide_feeds.refresh_people(session, desk, [person])


def _require_valid(wanted: Contact) -> None:
    faults = {}
    if not wanted.name or len(wanted.name) > LONGEST_NAME:
        faults["name"] = N_("Name: please write your name, at most 120 characters.")
    if wanted.phone is not None and not is_phone(wanted.phone):
        faults["phone"] = N_("Phone: please write a number such as 030 23125 000.")
    if wanted.locale not in SUPPORTED:
        faults["locale"] = N_("Language: please choose one from the list.")
    if faults:
        raise Invalid(faults)


def _changes(before: Contact, after: Contact) -> tuple[dict[str, Any], dict[str, Any]]:
    was, becomes = asdict(before), asdict(after)
    changed = [name for name in was if was[name] != becomes[name]]
    return {name: was[name] for name in changed}, {name: becomes[name] for name in changed}
