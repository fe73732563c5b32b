from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import AuditEntry, Organisation
from matchmaker.models.states import OrganisationKind
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Conflict, Invalid, NotFound, NotPossible
from matchmaker.services.people import organisations
from matchmaker.services.people.organisations import OrganisationFacts, VenueFacts
from tests import factories

VEREIN = OrganisationFacts(kind=OrganisationKind.MO, name="Haus Zwei Ufer e.V.")
HALL = VenueFacts(name="Saal", address="Uferzeile 14, 13353 Berlin", capacity=40, step_free=True)


@pytest.fixture
def verein(session: Session, desk: Desk) -> Organisation:
    factories.district(session, "01")
    return organisations.add_organisation(session, desk, replace(VEREIN, district="01"))


def _actions(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_add_organisation_counts_codes_of_its_kind(session: Session, desk: Desk) -> None:
    codes = [
        organisations.add_organisation(session, desk, replace(VEREIN, kind=kind)).code
        for kind in (*OrganisationKind, OrganisationKind.MO)
    ]

    assert codes == ["MO01", "IN01", "FV01", "MO02"]


def test_change_organisation_keeps_what_was_given(
    session: Session, desk: Desk, verein: Organisation
) -> None:
    facts = replace(
        organisations.facts_of(verein),
        email="Kontakt@Verein.example",
        phone="030 23125 101",
        max_per_week=2,
        notes="Schlüssel beim Hausmeister\r\n",
    )

    organisations.change_organisation(session, desk, verein, facts)

    assert organisations.facts_of(verein) == replace(
        facts, email="kontakt@verein.example", notes="Schlüssel beim Hausmeister"
    )
    assert _actions(session) == ["organisation.added", "organisation.changed"]


def test_associations_have_no_kind_of_institution(
    session: Session, desk: Desk, verein: Organisation
) -> None:
    facts = replace(organisations.facts_of(verein), institution_type="kammer")

    organisations.change_organisation(session, desk, verein, facts)

    assert verein.institution_type is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"district": "99"}, "district"),
        ({"email": "nobody"}, "email"),
        ({"phone": "x"}, "phone"),
        ({"max_per_week": 0}, "max_per_week"),
        ({"max_per_week": None}, "max_per_week"),
        ({"kind": OrganisationKind.INSTITUTION, "institution_type": "?"}, "institution_type"),
        ({"notes": "x" * 5001}, "notes"),
    ],
)
def test_fault_names_the_field(
    session: Session, desk: Desk, change: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        organisations.add_organisation(session, desk, replace(VEREIN, **change))  # type: ignore[arg-type]
    assert list(refusal.value.fields) == [field]


def test_change_of_a_stale_page_is_refused(
    session: Session, desk: Desk, verein: Organisation
) -> None:
    session.flush()
    shown = verein.version
    facts = organisations.facts_of(verein)
    organisations.change_organisation(session, desk, verein, replace(facts, name="Neu"))

    with pytest.raises(Conflict):
        organisations.change_organisation(session, desk, verein, facts, version=shown)


def test_room_is_in_the_district_of_its_organisation(
    session: Session, desk: Desk, verein: Organisation
) -> None:
    venue = organisations.add_venue(session, desk, verein, HALL)

    assert (venue.district_nr, venue.capacity, venue.step_free) == ("01", 40, True)
    assert verein.venues == [venue]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "venue_name"),
        ({"address": ""}, "venue_address"),
        ({"capacity": 0}, "venue_capacity"),
        ({"district": "99"}, "venue_district"),
    ],
)
def test_fault_of_a_room_names_the_field(
    session: Session, desk: Desk, verein: Organisation, change: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        organisations.add_venue(session, desk, verein, replace(HALL, **change))  # type: ignore[arg-type]
    assert list(refusal.value.fields) == [field]


def test_room_can_be_removed_unless_somebody_meets_there(
    session: Session, desk: Desk, verein: Organisation
) -> None:
    used = organisations.add_venue(session, desk, verein, HALL)
    free = organisations.add_venue(session, desk, verein, replace(HALL, name="Küche"))
    session.flush()
    factories.request(session, organisation=verein, venue_id=used.id)

    organisations.remove_venue(session, desk, verein, free.id)
    with pytest.raises(NotPossible):
        organisations.remove_venue(session, desk, verein, used.id)

    assert verein.venues == [used]


def test_room_of_another_organisation_is_not_found(
    session: Session, desk: Desk, verein: Organisation
) -> None:
    other = factories.organisation(session)
    venue = organisations.add_venue(session, desk, other, HALL)
    session.flush()

    with pytest.raises(NotFound):
        organisations.remove_venue(session, desk, verein, venue.id)


def test_closed_period_comes_and_goes(session: Session, desk: Desk, verein: Organisation) -> None:
    period = organisations.block(session, desk, verein, date(2027, 2, 8), date(2027, 3, 11))
    session.flush()
    organisations.unblock(session, desk, verein, period.id)

    assert verein.blocked_periods == []
    assert _actions(session)[-2:] == ["blocked_period.added", "blocked_period.removed"]


@pytest.mark.parametrize("last_day", [date(2027, 2, 7), date(2028, 3, 1)])
def test_closed_period_must_be_in_order(
    session: Session, desk: Desk, verein: Organisation, last_day: date
) -> None:
    with pytest.raises(Invalid):
        organisations.block(session, desk, verein, date(2027, 2, 8), last_day)


def test_organisation_by_code_knows_nothing(session: Session) -> None:
    with pytest.raises(NotFound):
        organisations.organisation_by_code(session, "MO99")
