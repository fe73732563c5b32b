"""The demo's own pages, and that nobody finds them elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.models import OutboxMessage, Person
from matchmaker.services.desk import Desk
from matchmaker.services.people import login
from matchmaker.web.app import create_app
from matchmaker.web.db import db
from tests.support.pages import Browser

ADDRESSES = ("/demo/post", "/demo/post/1", "/demo/als/coordinator", "/demo/bausteine")


@pytest.fixture
def open_demo(demo_settings: Settings) -> Iterator[Flask]:
    app = create_app(replace(demo_settings, demo=True))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def visitor(open_demo: Flask) -> Browser:
    return Browser(open_demo.test_client())


@pytest.fixture
def mail(demo_session: Session, demo_desk: Desk) -> OutboxMessage:
    """A mail to the coordinator with a link."""
    login.ask(demo_session, demo_desk, "koordination@traeger-demo.example", "de")
    demo_session.commit()
    found = demo_session.scalars(select(OutboxMessage)).one()
    demo_session.rollback()
    return found


@pytest.mark.parametrize("address", ADDRESSES)
def test_demo_pages_do_not_exist_elsewhere(demo_browse: Browser, address: str) -> None:
    assert demo_browse.client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("role", "home"),
    [
        ("coordinator", "/koordination/"),
        ("auditor", "/koordination/"),
        ("admin", "/koordination/"),
        ("speaker", "/mein/"),
        ("interpreter", "/mein/"),
        ("host", "/anfrage/meine"),
    ],
)
def test_one_click_signs_in(visitor: Browser, role: str, home: str) -> None:
    page = visitor.open(f"/demo/als/{role}")

    assert (page.status, page.address) == (200, home)
    assert "Vorführung" in page.words


def test_one_click_changes_who_one_is(visitor: Browser) -> None:
    visitor.open("/demo/als/speaker")
    assert visitor.open("/koordination/").status == 403

    assert visitor.open("/demo/als/coordinator").status == 200


def test_one_may_be_somebody_in_particular(visitor: Browser) -> None:
    page = visitor.open("/demo/als/speaker?person=R13&next=/mein/profil")

    assert page.address == "/mein/profil"
    assert "Magdalena Nowak" in page.words


@pytest.mark.parametrize("address", ["/demo/als/nobody", "/demo/als/speaker?person=H01"])
def test_nobody_becomes_what_does_not_exist(visitor: Browser, address: str) -> None:
    assert visitor.open(address).status == 404


def test_the_banner_leads_to_every_role_and_the_mails(visitor: Browser) -> None:
    links = [address for address, _ in visitor.open("/").links if address.startswith("/demo/")]

    assert [address.partition("?")[0] for address in links] == [
        *(
            f"/demo/als/{role}"
            for role in ("coordinator", "speaker", "interpreter", "host", "auditor", "admin")
        ),
        "/demo/post",
    ]


def test_no_mail_yet_says_how_mails_come(visitor: Browser) -> None:
    assert "Noch keine Mail" in visitor.open("/demo/post").words


def test_mails_are_listed_and_filtered_by_person(visitor: Browser, mail: OutboxMessage) -> None:
    page = visitor.open("/demo/post")
    assert ("/demo/post/1", mail.subject) in page.links

    other = visitor.open("/demo/post?person=nobody@verein.example")
    assert mail.subject not in other.words


def test_mail_shows_words_headers_and_delivery(visitor: Browser, mail: OutboxMessage) -> None:
    page = visitor.open(f"/demo/post/{mail.id}")

    assert mail.message_id in page.words
    assert "Auto-Submitted" in page.words
    assert f"Art {mail.kind}" not in page.words
    assert "Diese Mail hat keinen Kalenderteil." in page.words
    assert 'sandbox="allow-top-navigation-by-user-activation"' in page.text


def test_mail_runs_nothing_in_its_frame(visitor: Browser, mail: OutboxMessage) -> None:
    page = visitor.open(f"/demo/post/{mail.id}/html")
    policy = page.headers["Content-Security-Policy"]

    assert policy.startswith("default-src 'none'")
    assert "sandbox" in policy
    assert '<base target="_top">' in page.text
    assert any(address.startswith("http://localhost/anmelden/") for address, _ in page.links)


def test_mail_can_be_taken_home_byte_for_byte(visitor: Browser, mail: OutboxMessage) -> None:
    answer = visitor.client.get(f"/demo/post/{mail.id}/mail.eml")

    assert answer.data == mail.body
    assert "attachment" in answer.headers["Content-Disposition"]
    assert visitor.client.get(f"/demo/post/{mail.id}/invite.ics").status_code == 404


def test_components_are_shown(visitor: Browser) -> None:
    assert visitor.open("/demo/bausteine").status == 200


def test_signing_in_as_somebody_disabled_is_not_possible(
    visitor: Browser, demo_session: Session
) -> None:
    auditor = demo_session.scalars(select(Person).where(Person.code == "L01")).one()
    auditor.active = False
    demo_session.commit()

    assert visitor.open("/demo/als/auditor").status == 404
