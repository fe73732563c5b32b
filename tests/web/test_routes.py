"""Who may call what: every route, every role."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from matchmaker.models.states import Role
from matchmaker.web.access import access_of
from tests import factories
from tests.support.pages import Browser

PLACEHOLDERS = {
    "token": "x" * 43,
    "name": "plan",
    "code": "A999",
    "role": "host",
    "filename": "app.css",
}


@pytest.fixture(params=["sqlite"])
def engine_kind(request: pytest.FixtureRequest) -> str:
    """Access does not depend on the engine."""
    return str(request.param)


def _address(rule: Rule) -> str:
    return re.sub(
        r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>",
        lambda match: "999999" if match[1] == "int" else PLACEHOLDERS.get(match[2], "x"),
        rule.rule,
    )


def _rules(app: Flask) -> list[tuple[str, str, Rule]]:
    return [
        (method, _address(rule), rule)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def test_every_route_says_who_may_call_it(app: Flask) -> None:
    assert [name for name in app.view_functions if access_of(app, name) is None] == []


def test_pages_for_roles_send_strangers_to_the_sign_in(app: Flask, browse: Browser) -> None:
    wrong = {}
    for method, address, rule in _rules(app):
        access = access_of(app, rule.endpoint)
        assert access is not None
        if access.key != "roles":
            continue
        answer = browse.client.open(address, method=method)
        expected = 302 if method == "GET" else 401
        if answer.status_code != expected:
            wrong[f"{method} {rule.rule}"] = answer.status_code
    assert wrong == {}


@pytest.mark.parametrize("role", list(Role))
def test_role_reaches_only_its_pages(
    app: Flask, session: Session, sign_in: Callable[..., Browser], role: Role
) -> None:
    person = factories.person(session, role)
    session.commit()
    browser = sign_in(person)
    wrong = {}
    for method, address, rule in _rules(app):
        access = access_of(app, rule.endpoint)
        assert access is not None
        if access.key != "roles" or rule.endpoint == "auth.sign_out":
            continue
        status = browser.client.open(address, method=method).status_code
        refused = status == 403
        if refused == (role in access.roles) or status >= 500:
            wrong[f"{method} {rule.rule}"] = status
    assert wrong == {}


def test_reading_never_changes_anything(app: Flask) -> None:
    """Views that answer GET and change something must say so by a separate POST route."""
    both = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if {"GET", "POST"} <= (rule.methods or set()) and "HEAD" not in (rule.methods or set())
    }
    assert both == set()


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "/%09/x\t",
        "javascript:1",
        "http://[x",
        "//[x",
    ],
)
def test_language_choice_never_leads_elsewhere(browse: Browser, target: str) -> None:
    answer = browse.client.get("/sprache", query_string={"to": "de", "next": target})
    assert answer.headers["Location"].split("?")[0] == "/"


@pytest.mark.parametrize("number", ["9" * 10, "9" * 20, "9" * 5000])
def test_number_that_no_row_can_have_is_not_found(
    session: Session, sign_in: Callable[..., Browser], number: str
) -> None:
    coordinator = factories.person(session, Role.COORDINATOR)
    session.commit()
    client = sign_in(coordinator).client

    for address in ("/koordination/post/{}", "/koordination/planung/{}"):
        assert client.get(address.format(number)).status_code == 404


def test_public_pages_set_no_cookie(browse: Browser) -> None:
    for address in (
        "/",
        "/anfrage",
        "/anmelden",
        "/impressum",
        "/datenschutz",
        "/barrierefreiheit",
    ):
        answer = browse.client.get(address)
        assert (answer.status_code, answer.headers.getlist("Set-Cookie")) == (200, [])


def test_form_from_another_site_is_refused(browse: Browser) -> None:
    answer = browse.client.post(
        "/anmelden", data={"email": "a@b.example"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 400
    assert browse.client.post("/anmelden", data={"email": "a@b.example"}).status_code == 400
    for origin in ("http://evil.example", "http://[x"):
        answer = browse.client.post("/anmelden", data={}, headers={"Origin": origin})
        assert answer.status_code == 400


def test_every_page_carries_the_security_headers(browse: Browser) -> None:
    headers = browse.client.get("/").headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("address", ["/?lang=%00", "/antwort/%00", "/impressum?x=a%00b"])
def test_addresses_with_nul_name_nothing(browse: Browser, address: str) -> None:
    assert browse.client.get(address).status_code == 404
