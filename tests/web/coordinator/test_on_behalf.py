"""Filling in a profile and times for somebody who calls."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import AuditEntry, Person
from matchmaker.services.people import availability, profiles
from tests.support.pages import Browser, Page

SignIn = Callable[[Person], Browser]
HERE = "/koordination/kontakte/person/R07"


def _person(session: Session, code: str) -> Person:
    session.expire_all()
    person = session.scalars(select(Person).where(Person.code == code)).one()
    session.commit()
    return person


@pytest.fixture
def coordinator(demo_session: Session, demo_sign_in: SignIn) -> Browser:
    return demo_sign_in(_person(demo_session, "K01"))


def _bands(session: Session) -> set[tuple[int, str]]:
    return set(availability.read(profiles.profile_of(_person(session, "R07"))).bands)


def _last_entry(session: Session) -> tuple[str, int, str]:
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    found = entry.action, entry.subject_id or 0, entry.actor
    session.commit()
    return found


def _save_times(browser: Browser, page: Page | None = None, **values: object) -> Page:
    page = page or browser.open(f"{HERE}/zeiten")
    return browser.send(page.form("R07/zeiten"), **values)


def test_person_page_leads_to_both_forms(coordinator: Browser) -> None:
    addresses = [address for address, _text in coordinator.open(HERE).links]

    assert f"{HERE}/profil" in addresses
    assert f"{HERE}/zeiten" in addresses


@pytest.mark.parametrize("form", ["profil", "zeiten"])
def test_page_says_whose_it_is(coordinator: Browser, demo_session: Session, form: str) -> None:
    name = _person(demo_session, "R07").name

    words = coordinator.open(f"{HERE}/{form}").words

    assert f"Sie füllen das für {name} aus." in words
    assert f"Für {name} speichern" in words


def test_profile_is_kept_and_the_log_names_who_entered_it(
    coordinator: Browser, demo_session: Session
) -> None:
    person = _person(demo_session, "R07")
    form = coordinator.open(f"{HERE}/profil").form("R07/profil")

    page = coordinator.send(form, lead_days="33")

    assert page.address == f"{HERE}/profil"
    assert f"Das Profil von {person.name} ist gespeichert." in page.words
    assert profiles.read(profiles.profile_of(_person(demo_session, "R07"))).lead_days == 33
    assert _last_entry(demo_session) == ("profile.changed", person.id, "K01")


def test_faults_of_a_profile_keep_what_was_typed(coordinator: Browser) -> None:
    form = coordinator.open(f"{HERE}/profil").form("R07/profil")

    page = coordinator.send(form, lead_days="bald")

    assert page.status == 422
    assert "Bitte geben Sie 0 bis 365 Tage an" in page.words
    assert page.form("R07/profil").fields["lead_days"] == "bald"


def test_times_are_kept_and_can_be_undone(coordinator: Browser, demo_session: Session) -> None:
    before = _bands(demo_session)
    person = _person(demo_session, "R07")

    page = _save_times(coordinator, band=["5-morning"])

    assert f"Die Zeiten von {person.name} sind gespeichert." in page.words
    assert _bands(demo_session) == {(5, "morning")}
    assert _last_entry(demo_session) == ("availability.changed", person.id, "K01")

    page = coordinator.send(page.form("/zurueck"))

    assert page.address == f"{HERE}/zeiten"
    assert f"Die Zeiten von {person.name} sind wieder wie vorher." in page.words
    assert _bands(demo_session) == before


def test_person_who_was_helped_cannot_undo_it(
    coordinator: Browser, demo_session: Session, demo_sign_in: SignIn
) -> None:
    _save_times(coordinator, band=["5-morning"])

    own = demo_sign_in(_person(demo_session, "R07")).open("/mein/zeiten")

    assert [form for form in own.forms if "zurueck" in form.action] == []


def test_tab_older_than_the_persons_own_change_gets_both_versions(
    coordinator: Browser, demo_session: Session, demo_sign_in: SignIn
) -> None:
    old = coordinator.open(f"{HERE}/zeiten")
    own = demo_sign_in(_person(demo_session, "R07"))
    own.send(own.open("/mein/zeiten").form("mein/zeiten"), band=["0-evening"])

    page = _save_times(coordinator, old, band=["2-evening"])

    assert page.status == 409
    assert "Bitte sehen Sie sich beide Fassungen an" in page.words
    assert _bands(demo_session) == {(0, "evening")}


def test_times_are_confirmed_for_somebody(coordinator: Browser, demo_session: Session) -> None:
    profile = profiles.profile_of(_person(demo_session, "R07"))
    profile.confirmed_at = None
    demo_session.commit()

    page = coordinator.send(coordinator.open(f"{HERE}/zeiten").form("/stimmt"))

    assert page.address == f"{HERE}/zeiten"
    assert profiles.profile_of(_person(demo_session, "R07")).confirmed_at is not None
    assert _last_entry(demo_session)[0] == "availability.confirmed"


def test_auditors_read_and_change_nothing(demo_session: Session, demo_sign_in: SignIn) -> None:
    auditor = demo_sign_in(_person(demo_session, "L01"))

    page = auditor.open(HERE)

    assert page.status == 200
    assert "Zeiten ändern" not in page.words
    assert auditor.open(f"{HERE}/zeiten").status == 403


def test_somebody_who_is_never_planned_has_no_profile(coordinator: Browser) -> None:
    assert coordinator.open("/koordination/kontakte/person/H01/profil").status == 404
