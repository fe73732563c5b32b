"""Subscribing: the addresses, the picture for phones, renewing and ending."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import unquote, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.models import Person
from matchmaker.models.states import CalendarChoice, InvitationRole
from matchmaker.services.desk import Desk
from tests.support.invited import Evening
from tests.support.pages import Browser, Page

SignIn = Callable[[Person], Browser]
ADDRESS = "/mein/kalender"


def addresses(page: Page) -> list[str]:
    return [link for link, _text in page.links if link.startswith("webcal://")]


def path(address: str) -> str:
    return urlsplit(address).path


def test_address_is_made_by_a_press_and_not_by_looking(own: Browser, client: FlaskClient) -> None:
    page = own.open(ADDRESS)
    assert addresses(page) == []
    page = own.send(page.form("/full/adresse"))
    (address,) = addresses(page)
    assert client.get(path(address)).status_code == 200
    assert addresses(own.open(ADDRESS)) == [address]


def test_notice_says_whether_an_older_address_has_ended(own: Browser) -> None:
    page = own.send(own.open(ADDRESS).form("/full/adresse"))
    assert "Die Adresse ist da." in page.words
    assert "Ältere Adressen" not in page.words
    page = own.send(page.form("/full/adresse"))
    assert "Ältere Adressen gelten nicht mehr." in page.words


@pytest.mark.parametrize("action", ["adresse", "ende"])
def test_page_opens_at_its_top_where_the_notice_stands(own: Browser, action: str) -> None:
    form = own.open(ADDRESS).form("/full/adresse")
    own.send(form)
    answer = own.client.post(f"{ADDRESS}/full/{action}", data=form.fields)
    assert answer.headers["Location"].endswith(ADDRESS)


def test_invited_people_find_their_address_ready(
    own: Browser, factory: sessionmaker[Session], desk: Desk, speaker: Person
) -> None:
    with factory.begin() as session:
        Evening(session, desk, person=session.merge(speaker))
    assert len(addresses(own.open(ADDRESS))) == 1


def test_page_offers_https_webcal_and_google(own: Browser) -> None:
    page = own.send(own.open(ADDRESS).form("/full/adresse"))
    (webcal,) = addresses(page)
    (google,) = [link for link, _ in page.links if link.startswith("https://calendar.google.com/")]
    assert f'value="http://{webcal.removeprefix("webcal://")}"' in page.text
    assert unquote(google.partition("cid=")[2]) == webcal


def test_qr_code_stands_in_the_page_itself(own: Browser) -> None:
    picture = 'src="data:image/png;base64,'
    assert picture not in own.open(ADDRESS).text
    page = own.send(own.open(ADDRESS).form("/full/adresse"))
    assert page.text.count(picture) == 1


def test_new_address_ends_the_old_one(own: Browser, client: FlaskClient) -> None:
    page = own.send(own.open(ADDRESS).form("/full/adresse"))
    (old,) = addresses(page)
    (new,) = addresses(own.send(page.form("/full/adresse")))
    assert (client.get(path(old)).status_code, client.get(path(new)).status_code) == (410, 200)


def test_ended_subscription_can_be_made_again(own: Browser, client: FlaskClient) -> None:
    page = own.send(own.open(ADDRESS).form("/busy/adresse"))
    (old,) = addresses(page)
    page = own.send(page.form("/busy/ende"))
    assert addresses(page) == []
    answer = client.get(path(old))
    assert (answer.status_code, "Diese Adresse gilt nicht mehr." in answer.text) == (410, True)
    assert len(addresses(own.send(page.form("/busy/adresse")))) == 1


def test_choosing_the_subscription_makes_its_address(
    own: Browser, factory: sessionmaker[Session], speaker: Person
) -> None:
    form = next(form for form in own.open(ADDRESS).forms if form.action.endswith("/kalender"))
    page = own.send(form, choice="subscription")
    assert len(addresses(page)) == 1
    with factory() as session:
        person = session.get_one(Person, speaker.id)
        assert person.calendar_choice is CalendarChoice.SUBSCRIPTION


def test_ending_the_only_subscription_brings_the_invitations_back_by_mail(
    own: Browser, factory: sessionmaker[Session], speaker: Person
) -> None:
    form = next(form for form in own.open(ADDRESS).forms if form.action.endswith("/kalender"))
    own.send(form, choice="subscription")
    own.send(own.open(ADDRESS).form("/busy/adresse"))
    page = own.send(own.open(ADDRESS).form("/busy/ende"))
    assert "Ab jetzt bringt die Mail" not in page.words
    page = own.send(page.form("/full/ende"))
    assert "Ab jetzt bringt die Mail mit der Einladung den Termin in Ihren Kalender" in page.words
    with factory() as session:
        person = session.get_one(Person, speaker.id)
        assert person.calendar_choice is CalendarChoice.INVITATION


def test_choice_that_is_none_is_refused(own: Browser) -> None:
    form = next(form for form in own.open(ADDRESS).forms if form.action.endswith("/kalender"))
    assert own.send(form, choice="both").status == 422


@pytest.mark.parametrize("action", ["adresse", "ende"])
def test_unknown_scope_is_not_found(own: Browser, action: str) -> None:
    token = own.open(ADDRESS).form("/full/adresse").fields["csrf_token"]
    data = {"csrf_token": token}
    assert own.client.post(f"{ADDRESS}/everything/{action}", data=data).status_code == 404


def test_hosts_have_a_subscription_too(
    sign_in: SignIn,
    factory: sessionmaker[Session],
    desk: Desk,
    client: FlaskClient,
    host: Person,
) -> None:
    with factory.begin() as session:
        evening = Evening(session, desk, person=session.merge(host), role=InvitationRole.HOST)
    (address,) = addresses(sign_in(host).open(ADDRESS))
    content = client.get(path(address)).data.replace(b"\r\n ", b"")
    assert evening.invitation.uid.encode() in content


def test_page_says_whether_an_answer_in_the_calendar_arrives(own: Browser, app: Flask) -> None:
    assert "nicht im Kalender" in own.open(f"{ADDRESS}?lang=de").words
    app.config["MATCHMAKER"] = replace(app.config["MATCHMAKER"], imap_url="imap://a:b@localhost")
    assert "Sie antworten im Kalender oder über den Link" in own.open(f"{ADDRESS}?lang=de").words
