"""Signing in and out through the pages."""

from __future__ import annotations

import email
import re
from email.policy import default

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.models import LoginToken, OutboxMessage, Person, UserSession
from matchmaker.models.states import Role
from matchmaker.services.desk import Desk
from matchmaker.services.people import login
from tests import factories
from tests.support.pages import Browser, Page

ADDRESS = "koordination@traeger.example"


@pytest.fixture
def coordinator(session: Session) -> Person:
    person = factories.person(session, Role.COORDINATOR, email=ADDRESS, name="Claudia Winter")
    session.commit()
    return person


def _ask(browse: Browser, address: str = ADDRESS, **more: str) -> Page:
    query = "?" + "&".join(f"{name}={value}" for name, value in more.items()) if more else ""
    return browse.send(browse.open("/anmelden" + query).form("anmelden"), email=address)


def _mail(session: Session) -> tuple[str, str]:
    """The address of the link and the code of the newest mail."""
    row = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    assert row is not None
    raw = row.body
    session.rollback()  # the pages need the writers' lock
    body = email.message_from_bytes(raw, policy=default).get_body(("plain",))
    assert body is not None
    text = body.get_content()
    link, code = (
        re.search(r"http://localhost(/anmelden/\S+)", text),
        re.search(r"\d{3} \d{3}", text),
    )
    assert link, text
    assert code, text
    return link[1], code[0]


def _count(session: Session, table: type) -> int:
    counted = session.scalar(select(func.count()).select_from(table)) or 0
    session.rollback()
    return counted


def _is_signed_in(browse: Browser) -> bool:
    return browse.client.get("/koordination/").status_code == 200


def test_link_shows_a_button_and_the_button_signs_in(
    browse: Browser, session: Session, coordinator: Person
) -> None:
    _ask(browse)
    link, _ = _mail(session)

    shown = browse.open(link)
    assert "Claudia Winter" in shown.words
    assert not _is_signed_in(browse)
    landed = browse.send(shown.form())

    assert (landed.status, landed.address) == (200, "/koordination/")


def test_opening_the_link_many_times_uses_nothing_up(
    browse: Browser, session: Session, coordinator: Person
) -> None:
    _ask(browse)
    link, _ = _mail(session)

    pages = [browse.open(link) for _ in range(5)]

    assert [page.status for page in pages] == [200] * 5
    assert _count(session, UserSession) == 0
    assert browse.send(pages[0].form()).address == "/koordination/"
    assert browse.open(link).status == 410


def test_code_signs_in(browse: Browser, session: Session, coordinator: Person) -> None:
    asked = _ask(browse)
    _, code = _mail(session)

    assert asked.address == "/anmelden/code"
    assert browse.send(asked.form("anmelden/code"), code=code).address == "/koordination/"


def test_wrong_code_is_told_at_the_field_and_counted(
    browse: Browser, session: Session, coordinator: Person
) -> None:
    asked = _ask(browse, lang="en")
    _, code = _mail(session)
    wrong = "000 000" if code != "000 000" else "000 001"

    answers = [browse.send(asked.form("anmelden/code"), code=wrong) for _ in range(6)]

    assert [page.status for page in answers] == [422] * 6
    assert all("This code is not right" in page.words for page in answers)
    assert browse.send(asked.form("anmelden/code"), code=code).status == 422


def test_link_in_another_browser_says_what_to_do(
    app: Flask, browse: Browser, session: Session, coordinator: Person
) -> None:
    _ask(browse)
    link, _ = _mail(session)
    other = Browser(app.test_client())

    page = other.open(link + "?lang=en")

    assert page.status == 410
    assert "type the code of the mail there" in page.words


def test_wrong_codes_do_not_tell_whether_an_address_is_known(
    app: Flask, browse: Browser, session: Session, coordinator: Person
) -> None:
    stranger = Browser(app.test_client())
    known, unknown = _ask(browse), _ask(stranger, "stranger@verein.example")

    for _ in range(6):
        told = browse.send(known.form("anmelden/code"), code="0000000")
        untold = stranger.send(unknown.form("anmelden/code"), code="0000000")
        assert (told.status, told.words) == (untold.status, untold.words)


def test_stranger_gets_the_same_answer(
    app: Flask, browse: Browser, session: Session, coordinator: Person
) -> None:
    known, unknown = _ask(browse), _ask(Browser(app.test_client()), "stranger@verein.example")

    def shape(page: Page) -> tuple[int, str, str]:
        return page.status, page.address, re.sub(r'value="[^"]*"', "", page.text)

    assert shape(known) == shape(unknown)
    assert (_count(session, OutboxMessage), _count(session, LoginToken)) == (1, 1)


@pytest.mark.parametrize("address", ["", "name", "name@", "@verein.de", "a@b@c", "x" * 300])
def test_what_is_no_address_is_told_and_kept(browse: Browser, address: str) -> None:
    page = _ask(browse, address, lang="en")

    assert page.status == 422
    assert "Please write your e-mail address" in page.words
    assert page.form("anmelden").fields["email"] == address


def test_code_page_without_having_asked_leads_back(browse: Browser) -> None:
    assert browse.open("/anmelden/code").address == "/anmelden"


@pytest.mark.parametrize(
    ("role", "home"),
    [
        (Role.COORDINATOR, "/koordination/"),
        (Role.ADMIN, "/koordination/"),
        (Role.AUDITOR, "/koordination/"),
        (Role.SPEAKER, "/mein/"),
        (Role.INTERPRETER, "/mein/"),
        (Role.HOST, "/anfrage/meine"),
    ],
)
def test_everybody_lands_at_home(
    browse: Browser, session: Session, desk: Desk, role: Role, home: str
) -> None:
    if role in {Role.SPEAKER, Role.INTERPRETER}:
        person = factories.speaker(session, kind=role.value)
    else:
        person = factories.person(session, role)
    address = login.operator_link(session, desk, person.email)
    session.commit()

    landed = browse.send(browse.open(address).form())

    assert (landed.status, landed.address) == (200, home)


def test_sign_in_returns_to_where_one_wanted_to_go(
    browse: Browser, session: Session, coordinator: Person
) -> None:
    refused = browse.open("/koordination/kontakte?show=organisations")
    assert refused.address == "/anmelden"
    browse.send(refused.form("anmelden"), email=ADDRESS)
    link, _ = _mail(session)

    landed = browse.send(browse.open(link).form())

    assert landed.address == "/koordination/kontakte"


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_sign_in_never_leads_elsewhere(
    browse: Browser, session: Session, desk: Desk, coordinator: Person, target: str
) -> None:
    address = login.operator_link(session, desk, ADDRESS)
    session.commit()
    form = browse.open(address).form()
    form.fields["next"] = target

    assert browse.send(form).address == "/koordination/"


def test_sign_out_ends_the_session_on_the_server(
    browse: Browser, session: Session, desk: Desk, coordinator: Person
) -> None:
    address = login.operator_link(session, desk, ADDRESS)
    session.commit()
    browse.send(browse.open(address).form())
    stolen = browse.client.get_cookie("session")
    assert stolen is not None

    browse.send(browse.open("/koordination/").form("abmelden"))

    assert not _is_signed_in(browse)
    browse.client.set_cookie("session", stolen.value)
    assert not _is_signed_in(browse)


def test_signing_in_again_ends_the_former_session(
    browse: Browser, session: Session, desk: Desk, coordinator: Person
) -> None:
    former = ""
    for _ in range(2):
        address = login.operator_link(session, desk, ADDRESS)
        session.commit()
        before = browse.client.get_cookie("session")
        former = before.value if before else ""
        browse.send(browse.open(address).form())

    browse.client.set_cookie("session", former)
    assert not _is_signed_in(browse)


def test_cookies_are_out_of_reach_of_scripts(
    browse: Browser, session: Session, coordinator: Person
) -> None:
    form = browse.open("/anmelden").form("anmelden")
    asked = browse.client.post("/anmelden", data={**form.fields.to_dict(), "email": ADDRESS})
    asking = asked.headers["Set-Cookie"]
    link, _ = _mail(session)
    button = browse.open(link).form()
    signed = browse.client.post(link, data=button.fields.to_dict())
    kept = next(line for line in signed.headers.getlist("Set-Cookie") if "session=" in line)

    for cookie in (asking, kept):
        assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Max-Age" not in kept, "staff's session ends with the browser"


def test_no_page_of_the_sign_in_is_kept_by_anybody(
    browse: Browser, session: Session, coordinator: Person
) -> None:
    asked = _ask(browse)
    wrong = browse.send(asked.form("anmelden/code"), code="0000000")
    link, _ = _mail(session)
    pages = [browse.open("/anmelden"), asked, wrong, browse.open(link)]
    raw = [browse.client.get(f"/anmelden/{place}") for place in ("zweiter-schritt", "x" * 43)]

    kept = [page.headers.get("Cache-Control") for page in (*pages, *raw)]
    assert kept == ["no-store"] * 6


def test_asking_sets_one_cookie_that_soon_ends(browse: Browser, coordinator: Person) -> None:
    assert browse.client.get("/anmelden").headers.getlist("Set-Cookie") == []
    form = browse.open("/anmelden").form("anmelden")

    asked = browse.client.post("/anmelden", data={**form.fields.to_dict(), "email": ADDRESS})

    (cookie,) = asked.headers.getlist("Set-Cookie")
    assert cookie.startswith("asking=")
    assert "Max-Age=600" in cookie.split("; ")
