"""Kontakte through the pages: find, look, add, change."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import Organisation, Person
from matchmaker.models.states import Role
from matchmaker.services.desk import Desk
from matchmaker.services.people import sessions
from tests.support.pages import Browser

SignIn = Callable[[Person], Browser]
HERE = "/koordination/kontakte"


def _person(session: Session, code: str) -> Person:
    person = session.scalars(select(Person).where(Person.code == code)).one()
    session.commit()
    return person


@pytest.fixture
def coordinator(demo_session: Session, demo_sign_in: SignIn) -> Browser:
    return demo_sign_in(_person(demo_session, "K01"))


@pytest.fixture
def admin(demo_session: Session, demo_sign_in: SignIn) -> Browser:
    return demo_sign_in(_person(demo_session, "V01"))


def test_people_are_found_however_they_are_spelt(coordinator: Browser) -> None:
    page = coordinator.open(f"{HERE}?q=yildiz")

    assert (f"{HERE}/person/R02", "Emre Yıldız (Demo)") in page.links
    assert "1 Person" in page.words


def test_filter_that_finds_nobody_says_so(coordinator: Browser) -> None:
    assert "Niemand gefunden" in coordinator.open(f"{HERE}?q=zzz").words


@pytest.mark.parametrize(
    "query", ["role=nobody", "page=99999999999", "page=x", "page=-1", "kind=x&show=organisations"]
)
def test_odd_filters_do_no_harm(coordinator: Browser, query: str) -> None:
    assert coordinator.open(f"{HERE}?{query}").status == 200


def test_person_shows_profile_times_and_load(coordinator: Browser) -> None:
    words = coordinator.open(f"{HERE}/person/R01").words

    assert "1 am Tag, 3 im Monat" in words
    assert "Mitte, Pankow, Charlottenburg-Wilmersdorf, Spandau, Reinickendorf" in words
    assert "Dienstag 10:00–12:00, 18:00–20:00" in words
    assert "0 von 3 Gesprächen" in words


def test_person_can_be_added_and_may_then_sign_in(
    coordinator: Browser, demo_session: Session
) -> None:
    form = coordinator.open(f"{HERE}/person/neu").form("neu")

    page = coordinator.send(
        form,
        name="Nora Beispiel",
        email="Nora@Verein.example",
        roles=["host"],
        organisation="MO01",
    )

    assert (page.status, page.address) == (200, f"{HERE}/person/H21")
    person = _person(demo_session, "H21")
    assert (person.email, person.roles, person.active) == (
        "nora@verein.example",
        {Role.HOST},
        True,
    )


def test_faults_keep_what_was_typed(coordinator: Browser) -> None:
    form = coordinator.open(f"{HERE}/person/neu").form("neu")

    page = coordinator.send(form, name="Nora", email="nora", phone="ruf mich an", roles=["host"])

    assert page.status == 422
    assert "E-Mail: Bitte schreiben Sie eine Adresse" in page.words
    assert "Telefon: Bitte schreiben Sie eine Nummer" in page.words
    kept = page.form("neu").fields
    assert (kept["name"], kept["email"], kept["phone"]) == ("Nora", "nora", "ruf mich an")
    assert kept.getlist("roles") == ["host"]


def test_disabling_somebody_signs_them_out(
    coordinator: Browser, demo_session: Session, demo_desk: Desk, demo_sign_in: SignIn
) -> None:
    speaker = demo_sign_in(_person(demo_session, "R07"))
    assert speaker.open("/mein/").status == 200

    form = coordinator.open(f"{HERE}/person/R07/aendern").form("aendern")
    page = coordinator.send(form, active=None)

    assert "nicht mehr aktiv" in page.words
    assert speaker.open("/mein/").address == "/anmelden"


def test_lost_device_is_signed_out(
    coordinator: Browser, demo_session: Session, demo_sign_in: SignIn
) -> None:
    speaker = demo_sign_in(_person(demo_session, "R07"))

    coordinator.send(coordinator.open(f"{HERE}/person/R07").form("R07/abmelden"))

    assert speaker.open("/mein/").address == "/anmelden"


def test_stale_page_does_not_overwrite(coordinator: Browser) -> None:
    old, new = (coordinator.open(f"{HERE}/person/R07/aendern").form("aendern") for _ in range(2))
    coordinator.send(new, name="Layla Mansour-Neu")

    page = coordinator.send(old, name="Layla Mansour-Alt")

    assert page.status == 409
    assert "Layla Mansour-Neu" in coordinator.open(f"{HERE}/person/R07").words


def test_coordinators_are_not_offered_roles_of_staff(coordinator: Browser) -> None:
    form = coordinator.open(f"{HERE}/person/neu").form("neu")

    assert form.choices["roles"] == ["host", "speaker", "interpreter"]


@pytest.mark.parametrize("role", ["admin", "coordinator", "auditor"])
def test_coordinators_cannot_smuggle_roles_in(coordinator: Browser, role: str) -> None:
    form = coordinator.open(f"{HERE}/person/neu").form("neu")

    page = coordinator.send(form, name="X", email="x@verein.example", roles=[role])

    assert page.status == 409


def test_coordinators_cannot_touch_the_administration(coordinator: Browser) -> None:
    assert coordinator.open(f"{HERE}/person/V01/aendern").status == 409
    assert "Ändern" not in coordinator.open(f"{HERE}/person/V01").words
    form = coordinator.open(f"{HERE}/person/R07").form("R07/abmelden")
    form.action = f"{HERE}/person/V01/abmelden"
    assert coordinator.send(form).status == 409


def test_administration_gives_and_takes_roles(admin: Browser, demo_session: Session) -> None:
    form = admin.open(f"{HERE}/person/L01/aendern").form("aendern")

    admin.send(form, roles=["auditor", "coordinator"])

    assert _person(demo_session, "L01").roles == {Role.AUDITOR, Role.COORDINATOR}


def test_nobody_locks_themselves_out(admin: Browser) -> None:
    form = admin.open(f"{HERE}/person/V01/aendern").form("aendern")

    assert admin.send(form, active=None).status == 409


def test_auditors_look_and_change_nothing(demo_session: Session, demo_sign_in: SignIn) -> None:
    auditor = demo_sign_in(_person(demo_session, "L01"))

    for address in (HERE, f"{HERE}?show=organisations", f"{HERE}/person/R07"):
        page = auditor.open(address)
        assert page.status == 200
        assert not [
            form for form in page.forms if "kontakte" in form.action and form.method == "post"
        ]
    refused = auditor.open(f"{HERE}/person/R07/aendern")
    assert refused.status == 403
    assert "Das darf Ihre Rolle nicht" in refused.words
    assert (HERE, "Kontakte") in refused.links


def test_auditors_are_not_shown_the_way_to_the_mails(
    demo_session: Session, demo_sign_in: SignIn, coordinator: Browser
) -> None:
    auditor = demo_sign_in(_person(demo_session, "L01"))

    assert ("/koordination/post", "Post") in [
        (address, words.partition(" ")[0]) for address, words in coordinator.open(HERE).links
    ]
    assert "/koordination/post" not in [address for address, _words in auditor.open(HERE).links]


def test_speaker_without_times_leads_to_where_they_are_entered(coordinator: Browser) -> None:
    form = coordinator.open(f"{HERE}/person/neu").form("neu")
    page = coordinator.send(
        form, name="Neu Person", email="neu@verein.example", roles=["speaker"], organisation="IN01"
    )

    assert "Noch keine Zeiten" in page.words
    assert "acht Wochen" not in page.words
    assert "Jetzt eintragen" in [words for _address, words in page.links]


def test_what_does_not_exist_is_not_found(coordinator: Browser) -> None:
    for address in ("person/R99", "organisation/MO99", "person/R99/aendern"):
        assert coordinator.open(f"{HERE}/{address}").status == 404


def test_organisation_can_be_added_with_room_and_closed_period(
    coordinator: Browser, demo_session: Session
) -> None:
    form = coordinator.open(f"{HERE}/organisation/neu").form("neu")
    page = coordinator.send(form, name="Neuer Verein e.V.", district="05", email="n@verein.example")
    assert page.address == f"{HERE}/organisation/MO21"

    page = coordinator.send(
        page.form("raum"),
        venue_name="Saal",
        venue_address="Havelkai 1, 13597 Berlin",
        venue_capacity="30",
    )
    page = coordinator.send(page.form("sperrzeit"), first_day="2027-02-08", last_day="2027-03-11")

    assert "Saal" in page.words
    assert "Mo., 08.02.2027 – Do., 11.03.2027" in page.words
    found = demo_session.scalars(select(Organisation).where(Organisation.code == "MO21")).one()
    assert (found.venues[0].capacity, found.venues[0].district_nr) == (30, "05")
    demo_session.commit()

    page = coordinator.send(page.form("sperrzeit/"))
    page = coordinator.send(page.form("raum/"))
    assert "Es ist kein Raum bekannt." in page.words


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"first_day": "2027-02-30"}, "Bitte geben Sie einen Tag an."),
        ({"first_day": ""}, "Bitte geben Sie einen Tag an."),
        ({"first_day": "2027-03-01", "last_day": "2027-02-01"}, "nicht vor dem ersten liegt"),
    ],
)
def test_closed_period_that_is_none_is_told(
    coordinator: Browser, typed: dict[str, str], told: str
) -> None:
    form = coordinator.open(f"{HERE}/organisation/MO02").form("sperrzeit")

    page = coordinator.send(form, **typed)

    assert page.status == 422
    assert told in page.words


def test_room_with_odd_numbers_is_told(coordinator: Browser) -> None:
    address = f"{HERE}/organisation/MO02/raum"
    form = next(form for form in coordinator.open(address[:-5]).forms if form.action == address)

    page = coordinator.send(form, venue_name="Saal", venue_address="Weg 1", venue_capacity="²")

    assert page.status == 422
    assert "Plätze: Bitte geben Sie eine Zahl von 1 bis 2000 an." in page.words
    kept = next(form for form in page.forms if form.action == address)
    assert kept.fields["venue_address"] == "Weg 1"


def test_ended_session_of_the_other_stays_ended(
    demo_session: Session, demo_desk: Desk, coordinator: Browser
) -> None:
    person = demo_session.scalars(select(Person).where(Person.code == "R07")).one()
    token = sessions.start(demo_session, demo_desk, person)
    demo_session.commit()

    coordinator.send(coordinator.open(f"{HERE}/person/R07").form("R07/abmelden"))

    assert sessions.person_of(demo_session, demo_desk, token) is None
