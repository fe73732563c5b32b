"""The second factor through the pages: set up, asked for, lost, demanded of everybody."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from pyotp import TOTP
from sqlalchemy.orm import Session

from matchmaker.clock import system_clock
from matchmaker.models import Person
from matchmaker.models.states import Role
from matchmaker.services.desk import Desk
from matchmaker.services.people import login
from matchmaker.web.app import create_app
from matchmaker.web.db import db
from tests import factories
from tests.support.pages import Browser, Page

HERE = "/koordination/zweiter-faktor"
TODAY = "/koordination/"
ACCESS = "/koordination/einstellungen/zugang"
RECOVERY = re.compile(r"\b\d{4} \d{4} \d{4}\b")


@pytest.fixture
def admin(session: Session) -> Person:
    person = factories.person(session, Role.ADMIN, Role.COORDINATOR, name="Ada Admin")
    session.commit()
    return person


@pytest.fixture
def colleague(session: Session) -> Person:
    person = factories.person(session, Role.COORDINATOR, name="Kim Kollegin")
    session.commit()
    return person


@pytest.fixture
def office(sign_in: Callable[[Person], Browser], admin: Person) -> Browser:
    return sign_in(admin)


def _secret_on(page: Page) -> str:
    found = re.search(r"otpauth://\S+secret=([A-Z2-7]{32})", page.text)
    assert found, page.words
    return found[1]


def _code(secret: str, half_minutes: int = 0) -> str:
    return TOTP(secret).at(system_clock() + timedelta(seconds=30 * half_minutes))


def _set_up(browser: Browser) -> tuple[str, list[str]]:
    """The secret and the recovery codes."""
    page = browser.send(browser.open(HERE).form("zweiter-faktor"))
    secret = _secret_on(page)
    # The code of half a minute ago, so that the present one is still good for signing in.
    page = browser.send(page.form("bestaetigen"), code=_code(secret, -1))
    assert page.status == 200, page.words
    return secret, RECOVERY.findall(page.words)


def _by_link(app: Flask, session: Session, desk: Desk, person: Person, rest: str = "") -> Browser:
    """A new browser that has pressed the button of the operator's link."""
    address = login.operator_link(session, desk, person.email)
    session.commit()
    browser = Browser(app.test_client())
    browser.send(browser.open(address + rest).form("anmelden"))
    return browser


def _is_in(browser: Browser) -> bool:
    return browser.client.get(TODAY).status_code == 200


def test_set_up_shows_codes_once_and_stays_signed_in(office: Browser) -> None:
    page = office.send(office.open(HERE).form("zweiter-faktor"))
    secret = _secret_on(page)
    assert "data:image/png;base64," in page.text
    assert _secret_on(office.open(HERE)) == secret, "reloading keeps the picture"

    page = office.send(page.form("bestaetigen"), code=_code(secret))

    assert len(set(RECOVERY.findall(page.words))) == 10
    assert "no-store" in page.headers["Cache-Control"]
    assert _is_in(office)
    later = office.open(HERE)
    assert (RECOVERY.findall(later.words), secret in later.text) == ([], False)
    assert "10 recovery codes are left" in office.open(f"{HERE}?lang=en").words


def test_wrong_first_code_is_told_at_the_field(office: Browser) -> None:
    page = office.send(office.open(f"{HERE}?lang=en").form("zweiter-faktor"))
    secret = _secret_on(page)

    page = office.send(page.form("bestaetigen"), code="12")

    assert (page.status, _secret_on(page)) == (422, secret)
    assert 'aria-invalid="true"' in page.text


def test_sign_in_asks_for_the_second_step(
    app: Flask, office: Browser, session: Session, desk: Desk, admin: Person
) -> None:
    secret, _ = _set_up(office)
    browser = _by_link(app, session, desk, admin, "?next=/koordination/kontakte")
    assert not _is_in(browser)
    assert browser.client.get(HERE).status_code == 302
    before = browser.client.get_cookie("session")
    page = browser.open("/anmelden/zweiter-schritt?next=/koordination/kontakte")

    page = browser.send(page.form("zweiter-schritt"), code=_code(secret))

    assert (page.status, page.address) == (200, "/koordination/kontakte")
    after = browser.client.get_cookie("session")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    browser.client.set_cookie("session", before.value)
    assert not _is_in(browser)


def test_recovery_code_signs_in_once(
    app: Flask, office: Browser, session: Session, desk: Desk, admin: Person
) -> None:
    _, codes = _set_up(office)
    landed = []
    for _ in range(2):
        browser = _by_link(app, session, desk, admin)
        form = browser.open("/anmelden/zweiter-schritt").form("zweiter-schritt")
        landed.append(browser.send(form, code=codes[0]).status)
        assert _is_in(browser) == (len(landed) == 1)
    assert landed == [200, 422]


def test_wrong_codes_are_counted_whatever_browser_sends_them(
    app: Flask, office: Browser, session: Session, desk: Desk, admin: Person
) -> None:
    secret, codes = _set_up(office)
    for _ in range(5):
        browser = _by_link(app, session, desk, admin)
        form = browser.open("/anmelden/zweiter-schritt?lang=en").form("zweiter-schritt")
        page = browser.send(form, code="1")
        assert page.status == 422
    for code in (_code(secret), codes[0]):
        page = browser.send(form, code=code)
        assert (page.status, "Too many wrong codes" in page.words) == (422, True)


def test_second_step_without_a_first_leads_to_the_sign_in(browse: Browser) -> None:
    assert browse.open("/anmelden/zweiter-schritt").address == "/anmelden"


def test_second_step_waits_ten_minutes(
    app: Flask, office: Browser, session: Session, desk: Desk, admin: Person
) -> None:
    secret, _ = _set_up(office)
    browser = _by_link(app, session, desk, admin)
    form = browser.open("/anmelden/zweiter-schritt").form("zweiter-schritt")
    with time_machine.travel(system_clock() + timedelta(minutes=10, seconds=1), tick=True):
        assert browser.send(form, code=_code(secret)).address == "/anmelden"


def test_it_is_turned_off_with_a_code(office: Browser) -> None:
    _, codes = _set_up(office)
    page = office.open(f"{HERE}?lang=en")

    refused = office.send(page.form("ausschalten"), code="123")
    assert refused.status == 422
    page = office.send(page.form("ausschalten"), code=codes[0])

    assert "Your second factor is turned off" in page.words


def test_today_suggests_it_until_it_is_on(office: Browser) -> None:
    assert "Set up a second factor" in office.open(f"{TODAY}?lang=en").words
    _set_up(office)
    assert "Set up a second factor" not in office.open(f"{TODAY}?lang=en").words


def test_where_it_is_demanded_nothing_else_opens_before(
    office: Browser, sign_in: Callable[[Person], Browser], colleague: Person
) -> None:
    page = office.open(f"{ACCESS}?lang=en")
    refused = office.send(page.form("zweiter-faktor"), required="yes")
    assert (refused.status, "your own second factor first" in refused.words) == (409, True)
    _set_up(office)
    page = office.open(f"{ACCESS}?lang=en")
    assert office.send(page.form("zweiter-faktor"), required="yes").status == 200
    other = sign_in(colleague)

    for address in (TODAY, "/koordination/kontakte", "/koordination/post"):
        assert other.open(address).address == HERE
    assert other.client.post("/abmelden").status_code == 400, "only the form token is missing"
    _set_up(other)
    assert _is_in(other)
    assert _is_in(office)


def test_administration_takes_a_lost_factor_away(
    office: Browser, sign_in: Callable[[Person], Browser], admin: Person, colleague: Person
) -> None:
    other = sign_in(colleague)
    _set_up(other)
    own, theirs = (f"/koordination/kontakte/person/{one.code}" for one in (admin, colleague))
    _set_up(office)
    assert [form for form in office.open(own).forms if "zweiter-faktor" in form.action] == []
    assert [form for form in other.open(own).forms if "zweiter-faktor" in form.action] == []

    office.send(office.open(theirs).form("zweiter-faktor"))

    assert not _is_in(other)
    assert "zweiter-faktor" in sign_in(colleague).open(HERE).form().action, "they can begin anew"


def test_demo_sign_in_is_never_asked(desk: Desk, session: Session, admin: Person) -> None:
    app = create_app(replace(desk.settings, demo=True))
    browser = Browser(app.test_client())
    browser.open("/demo/als/admin")
    _set_up(browser)
    again = Browser(app.test_client())
    assert again.open("/demo/als/admin").address == TODAY
    with app.app_context():
        db.engine.dispose()
