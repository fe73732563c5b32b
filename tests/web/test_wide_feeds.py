"""The subscriptions of many over HTTP, and the pages on which they are found, renewed and ended."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import Client
from werkzeug.wrappers import Response

from matchmaker.models import Person
from matchmaker.models.states import Role
from matchmaker.services.desk import Desk
from matchmaker.services.inviting import wide_feeds
from matchmaker.services.inviting.wide_feeds import PUBLIC
from matchmaker.services.talks import talk_changes
from matchmaker.web.db import db
from matchmaker.web.feeds import Shortcut
from tests import factories
from tests.support.pages import Browser, Page
from tests.support.statements import count_statements
from tests.support.wide import Subscribed
from tests.web.conftest import SignIn
from tests.web.test_feeds import MATRIX, Matching

KINDS = ("all", "host", "sender", "public")
OWN, STAFF = "/mein/kalender", "/koordination/kalender"


@dataclass
class Known:
    """The paths of the feeds, and people who may see some of them."""

    paths: dict[str, str]
    code: str
    host: Person
    host_code: str
    speaker: Person
    coordinator: Person
    secrets: tuple[str, ...]


@pytest.fixture
def known(factory: sessionmaker[Session], desk: Desk) -> Known:
    with factory.begin() as session:
        made = Subscribed(session, desk)
        host = made.request.contact
        assert host is not None
        paths = {}
        for kind in KINDS:
            address = wide_feeds.feed_address(session, made.desk, getattr(made, kind))
            assert address is not None
            paths[kind] = urlsplit(address).path
        organisation = made.talk.organisation
        secrets = (organisation.name, made.talk.location, made.speaker.name, host.name)
        return Known(
            paths,
            made.talk.code,
            host,
            organisation.code,
            made.speaker,
            made.coordinator,
            secrets,
        )


def addresses(page: Page) -> list[str]:
    found = [link for link, _text in page.links if link.startswith("webcal://")]
    return [urlsplit(link).path for link in found]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("case", MATRIX, ids=[case[0] for case in MATRIX])
def test_feeds_are_sent_again_only_when_they_are_new(
    client: FlaskClient, known: Known, method: str, case: tuple[str, Matching, int]
) -> None:
    _name, headers, status = case
    for path in known.paths.values():
        first = client.get(path)
        assert first.headers["ETag"] == f'"{hashlib.sha256(first.data).hexdigest()}"'
        sent = headers(first.headers["ETag"], first.headers["Last-Modified"])
        answer = client.open(path, method=method, headers=sent)
        assert (path, answer.status_code) == (path, status)
        assert answer.headers["ETag"] == first.headers["ETag"]
        assert answer.data == (first.data if (method, status) == ("GET", 200) else b"")


def test_feeds_say_their_own_address_and_need_nobody(client: FlaskClient, known: Known) -> None:
    for path in known.paths.values():
        answer = client.get(path, headers={"Accept": "text/html"})
        assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
        assert "Set-Cookie" not in answer.headers
        assert urlsplit(str(Calendar.from_ical(answer.data)["SOURCE"])).path == path


def test_shortcut_says_what_the_pages_would_say(app: Flask, known: Known) -> None:
    shortcut = app.wsgi_app
    assert isinstance(shortcut, Shortcut)
    ways = [Client(way, Response) for way in (shortcut, shortcut.pages)]
    for path in known.paths.values():
        one, other = (way.get(path) for way in ways)
        assert (one.status, one.data) == (other.status, other.data)
        assert sorted(one.headers) == sorted(other.headers)


def test_unchanged_feeds_take_one_query(client: FlaskClient, app: Flask, known: Known) -> None:
    for path in known.paths.values():
        tag = client.get(path).headers["ETag"]
        with app.app_context(), count_statements(db.session()) as seen:
            client.get(path, headers={"If-None-Match": tag})
        assert [row.split()[0] for row in seen if not row.startswith("BEGIN")] == ["SELECT"]


def test_feeds_are_new_after_a_change(
    client: FlaskClient, factory: sessionmaker[Session], desk: Desk, known: Known
) -> None:
    tags = {path: client.get(path).headers["ETag"] for path in known.paths.values()}
    with factory.begin() as session:
        talk_changes.call_off(session, desk, known.code, reason="Wasserschaden")
    for path, tag in tags.items():
        answer = client.get(path, headers={"If-None-Match": tag})
        assert answer.status_code == 200
        assert b"STATUS:CANCELLED" in answer.data


@pytest.mark.parametrize("who", ["host", "speaker"])
def test_people_find_their_organisation_s_address(sign_in: SignIn, known: Known, who: str) -> None:
    page = sign_in(getattr(known, who)).open(OWN)
    kind = {"host": "host", "speaker": "sender"}[who]
    found = addresses(page)
    assert known.paths[kind] in found
    assert not set(found) & {path for name, path in known.paths.items() if name != kind}


def test_people_renew_and_end_their_organisation_s_address(
    sign_in: SignIn, client: FlaskClient, known: Known
) -> None:
    own, old = sign_in(known.host), known.paths["host"]
    before = own.open(OWN)
    page = own.send(before.form("/organisation/adresse"))
    (new,) = set(addresses(page)) - set(addresses(before))
    assert (client.get(old).status_code, client.get(new).status_code) == (410, 200)
    own.send(page.form("/organisation/ende"))
    assert client.get(new).status_code == 410
    assert client.get(known.paths["sender"]).status_code == 200


def test_people_without_an_organisation_have_none_to_renew(
    sign_in: SignIn, factory: sessionmaker[Session]
) -> None:
    with factory.begin() as session:
        alone = factories.speaker(session)
    own = sign_in(alone)
    page = own.open(OWN)
    assert not [form for form in page.forms if "/organisation/" in form.action]
    data = {"csrf_token": page.form("/full/adresse").fields["csrf_token"]}
    assert own.client.post(f"{OWN}/organisation/adresse", data=data).status_code == 404


def test_coordination_finds_its_own_address_and_the_public_one(
    sign_in: SignIn, known: Known
) -> None:
    page = sign_in(known.coordinator).open(STAFF)
    assert addresses(page) == [known.paths["all"], known.paths["public"]]
    assert known.host_code in {link.rpartition("/")[2] for link, _text in page.links}


def test_coordination_renews_and_ends_what_it_answers_for(
    sign_in: SignIn, client: FlaskClient, known: Known
) -> None:
    browser = sign_in(known.coordinator)
    for kind, shown_on, action in (
        ("all", STAFF, "/alle"),
        ("public", STAFF, "/oeffentlich"),
        ("host", f"{STAFF}/organisation/{known.host_code}", f"/{known.host_code}"),
    ):
        page = browser.send(browser.open(shown_on).form(f"{action}/adresse"))
        (new,) = set(addresses(page)) - set(known.paths.values())
        assert client.get(known.paths[kind]).status_code == 410
        assert client.get(new).status_code == 200
        browser.send(page.form(f"{action}/ende"))
        assert client.get(new).status_code == 410


def test_auditors_subscribe_for_themselves_and_change_nothing_else(
    sign_in: SignIn, factory: sessionmaker[Session], known: Known
) -> None:
    with factory.begin() as session:
        auditor = factories.person(session, Role.AUDITOR)
    browser = sign_in(auditor)
    page = browser.send(browser.open(STAFF).form("/alle/adresse"))
    assert len(addresses(page)) == 2
    assert not [form for form in page.forms if "/oeffentlich/" in form.action]
    assert browser.client.get(f"{STAFF}/organisation/{known.host_code}").status_code == 403


def test_public_page_lists_the_talks_and_names_nobody(browse: Browser, known: Known) -> None:
    page = browse.open("/kalender")
    assert "ANE-01" in page.words
    assert "Bezirk 01" in page.words
    assert addresses(page) == [known.paths["public"]]
    for secret in known.secrets:
        assert secret not in page.text


def test_public_page_says_when_nothing_is_planned_and_when_it_is_closed(
    browse: Browser, factory: sessionmaker[Session], desk: Desk
) -> None:
    assert "keinen öffentlichen Kalender" in browse.open("/kalender").words
    assert "/kalender" not in {link for link, _text in browse.open("/").links}
    with factory.begin() as session:
        wide_feeds.renew(session, desk, PUBLIC)
    page = browse.open("/kalender")
    assert "kein Gespräch geplant" in page.words
    assert len(addresses(page)) == 1
    assert "/kalender" in {link for link, _text in browse.open("/").links}


def test_public_page_speaks_english(browse: Browser, known: Known) -> None:
    words = browse.open("/kalender?lang=en").words
    assert "Labour-market talk: ANE-01" in words
    assert "Calendar of the talks" in words


def test_pages_of_subscriptions_are_opened_without_changing_anything(
    sign_in: SignIn, factory: sessionmaker[Session]
) -> None:
    with factory.begin() as session:
        coordinator = factories.person(session, Role.COORDINATOR)
    browser = sign_in(coordinator)
    for _ in range(3):
        assert addresses(browser.open(STAFF)) == []
