"""People's own data: how they are called and reached."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import AuditEntry, Person
from matchmaker.models.states import CalendarChoice
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Conflict, Invalid
from matchmaker.services.people import own_data
from tests import factories


@pytest.fixture
def person(session: Session) -> Person:
    return factories.person(session, name="Rana Haddad", phone="030 23125-101")


def test_contact_is_changed_and_the_changes_alone_are_audited(
    session: Session, desk: Desk, person: Person
) -> None:
    wanted = replace(
        own_data.contact(person),
        name="  Rana\u2028 Haddad-Weiß ",
        calendar_choice=CalendarChoice.SUBSCRIPTION,
    )
    own_data.change_contact(session, desk, person, wanted)
    entry = session.scalars(select(AuditEntry)).one()
    assert person.name == "Rana Haddad-Weiß"
    assert (entry.action, entry.before, entry.after) == (
        "person.changed",
        {"name": "Rana Haddad", "calendar_choice": "invitation"},
        {"name": "Rana Haddad-Weiß", "calendar_choice": "subscription"},
    )


def test_phone_may_be_left_out(session: Session, desk: Desk, person: Person) -> None:
    own_data.change_contact(session, desk, person, replace(own_data.contact(person), phone="  "))
    assert person.phone is None


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("name", " \n "),
        ("name", "x" * 121),
        ("phone", "call me"),
        ("phone", "12"),
        ("phone", "1" * 41),
        ("locale", "tlh"),
    ],
)
def test_contact_names_what_cannot_be(
    session: Session, desk: Desk, person: Person, fact: str, value: Any
) -> None:
    wanted = replace(own_data.contact(person), **{fact: value})
    with pytest.raises(Invalid) as refusal:
        own_data.change_contact(session, desk, person, wanted)
    assert list(refusal.value.fields) == [fact]
    assert own_data.contact(person).name == "Rana Haddad"


def test_contact_from_a_stale_page_is_refused(session: Session, desk: Desk, person: Person) -> None:
    seen = person.version
    own_data.change_contact(
        session, desk, person, replace(own_data.contact(person), name="Rana"), version=seen
    )
    session.flush()
    with pytest.raises(Conflict):
        own_data.change_contact(
            session, desk, person, replace(own_data.contact(person), name="R."), version=seen
        )
