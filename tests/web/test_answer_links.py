"""Where the link in a mail leads: also an old one, and to a talk that has changed meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.models import AuditEntry, Invitation, Response
from matchmaker.models.states import InvitationState, TokenPurpose
from matchmaker.services.desk import Desk
from matchmaker.services.house import tokens
from tests.support.invited import TUESDAY_UTC
from tests.support.pages import Browser
from tests.web.answer_forms import Invite, Stored, buttons, change, press

THURSDAY = datetime(2027, 1, 21, 18, 0)  # noqa: DTZ001  # evenings are moved by the wall clock


def test_page_of_an_older_mail_shows_the_present_date_and_what_has_changed(
    browse: Browser, factory: sessionmaker[Session], invite: Invite
) -> None:
    evening, address = invite()
    change(
        factory,
        evening,
        lambda: evening.move(evening.later(hours=1), THURSDAY),
    )
    page = browse.open(address)
    assert "Das hat sich seit unserer E-Mail geändert" in page.words
    assert "Di., 19.01.2027, 18:00–20:00 Uhr" in page.words
    assert page.form("/antwort/").fields["sequence"] == "1"


def test_page_of_the_newest_mail_speaks_of_no_change(
    browse: Browser, factory: sessionmaker[Session], invite: Invite
) -> None:
    evening, _address = invite()
    links = []

    def move() -> None:
        evening.desk = evening.later(hours=1)
        evening.move(evening.desk, THURSDAY)
        links.append(evening.link())

    change(factory, evening, move)
    assert "seit unserer E-Mail geändert" not in browse.open(f"/antwort/{links[0]}").words


def test_answer_to_a_date_that_has_changed_meanwhile_asks_again(
    browse: Browser, factory: sessionmaker[Session], invite: Invite, stored: Stored
) -> None:
    evening, address = invite()
    seen = browse.open(address)
    change(
        factory,
        evening,
        lambda: evening.move(evening.later(seconds=1), THURSDAY),
    )
    page = press(browse, seen, "accepted")
    assert (page.status, page.address) == (200, address)
    assert "Bitte antworten Sie noch einmal" in page.words
    assert "Do., 21.01.2027" in page.words
    assert stored() == [("accepted", "outdated", "")]
    press(browse, page, "accepted")
    assert stored()[-1] == ("accepted", "applied", "")


def test_cancelled_talk_says_so_and_whom_to_call(
    browse: Browser, factory: sessionmaker[Session], invite: Invite, stored: Stored
) -> None:
    evening, address = invite()
    seen = browse.open(address)
    change(factory, evening, lambda: evening.call_off(evening.later(seconds=1)))
    page = browse.open(address)
    late = press(browse, seen, "accepted")
    assert (page.status, late.status) == (410, 410)
    assert "Dieser Termin ist abgesagt" in page.words
    assert "Rufen Sie uns an" in page.words
    assert stored() == [("accepted", "cancelled", "")]


def test_replaced_person_hears_that_the_talk_takes_place_without_them(
    browse: Browser, factory: sessionmaker[Session], invite: Invite
) -> None:
    evening, address = invite()

    def replace() -> None:
        evening.invitation.state = InvitationState.CANCELLED

    change(factory, evening, replace)
    page = browse.open(address)
    assert page.status == 410
    assert "Eine andere Person nimmt an Ihrer Stelle teil" in page.words


@pytest.mark.parametrize(
    ("days", "status", "words"),
    [(1, 200, "Dieses Gespräch ist vorbei"), (13, 200, "vorbei"), (14, 410, "abgelaufen")],
)
def test_link_lives_until_fourteen_days_after_the_talk(
    browse: Browser, invite: Invite, days: int, status: int, words: str
) -> None:
    _evening, address = invite()
    with time_machine.travel(TUESDAY_UTC + timedelta(days=days, hours=2), tick=False):
        page = browse.open(address)
    assert page.status == status
    assert words in page.words


def test_unknown_link_is_not_found(browse: Browser) -> None:
    page = browse.open(f"/antwort/{'x' * 43}")
    assert page.status == 404
    assert "Diesen Link kennen wir nicht" in page.words


def test_token_of_another_purpose_opens_nothing(
    browse: Browser, factory: sessionmaker[Session], desk: Desk, invite: Invite
) -> None:
    evening, _address = invite()
    with factory.begin() as session:
        token = tokens.issue(session, desk, TokenPurpose.REQUEST_STATUS, evening.invitation.id)
    assert browse.open(f"/antwort/{token}").status == 404


def test_talk_can_be_saved_under_the_same_uid(browse: Browser, invite: Invite) -> None:
    evening, address = invite()
    answer = browse.client.get(f"{address}/termin.ics")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert f"UID:{evening.invitation.uid}".encode() in answer.data.replace(b"\r\n ", b"")
    assert b"METHOD" not in answer.data


@pytest.mark.parametrize("suffix", ["", "?antwort=accepted", "?antwort=declined", "/danke"])
def test_opening_the_link_fifty_times_changes_nothing(
    app: Flask,
    factory: sessionmaker[Session],
    invite: Invite,
    suffix: str,
) -> None:
    _evening, address = invite()
    with factory() as session:
        before = session.scalar(select(func.count(AuditEntry.id)))
    for number in range(50):
        client = app.test_client()
        client.open(f"{address}{suffix}", method="HEAD" if number % 2 else "GET")
    with factory() as session:
        assert session.scalar(select(func.count(AuditEntry.id))) == before
        assert session.scalar(select(func.count(Response.id))) == 0
        assert session.scalars(select(Invitation.state)).one() is InvitationState.OPEN


@pytest.mark.parametrize("answer", ["accepted", "tentative", "declined"])
def test_mail_button_only_preselects(browse: Browser, invite: Invite, answer: str) -> None:
    _evening, address = invite()
    page = browse.open(f"{address}?antwort={answer}")
    assert buttons(page)[0] == answer
    assert sorted(buttons(page)) == ["accepted", "declined", "tentative"]


def test_preselection_that_is_none_shows_the_plain_page(browse: Browser, invite: Invite) -> None:
    _evening, address = invite()
    assert buttons(browse.open(f"{address}?antwort=cancelled"))[0] == "accepted"
