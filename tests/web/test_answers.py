"""Answering by the link in a mail: what is shown, what is recorded, and what is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.models import AuditEntry, Invitation, Response
from matchmaker.models.states import InvitationRole, InvitationState, Role, TokenPurpose
from matchmaker.services.desk import Desk
from matchmaker.services.house import tokens
from tests import factories
from tests.support.invited import TUESDAY_UTC, Evening
from tests.support.pages import Browser, Page
from tests.web.conftest import SignIn

Invite = Callable[..., tuple[Evening, str]]


@pytest.fixture
def invite(factory: sessionmaker[Session], desk: Desk) -> Invite:
    """An evening whose invitation has just been mailed, and the page that the mail leads to."""

    def make(**facts: Any) -> tuple[Evening, str]:
        with factory.begin() as session:
            evening = Evening(session, desk, **facts)
            return evening, f"/antwort/{evening.link()}"

    return make


@pytest.fixture
def stored(factory: sessionmaker[Session]) -> Callable[[], list[tuple[str, str, str]]]:
    """Every answer as (answer, outcome, comment)."""

    def read() -> list[tuple[str, str, str]]:
        with factory() as session:
            rows = session.scalars(select(Response).order_by(Response.id))
            return [(row.answer.value, row.outcome, row.comment) for row in rows]

    return read


Stored = Callable[[], list[tuple[str, str, str]]]


def change(factory: sessionmaker[Session], evening: Evening, act: Callable[[], None]) -> None:
    """Do something to an evening in a transaction of its own."""
    with factory.begin() as session:
        evening.session = session
        evening.talk = session.merge(evening.talk)
        evening.invitation = session.merge(evening.invitation)
        if evening.assignment is not None:
            evening.assignment = session.merge(evening.assignment)
        act()


def press(browse: Browser, page: Page, button: str, **values: Any) -> Page:
    return browse.send(page.form("/antwort/"), button, **values)


def buttons(page: Page) -> list[str]:
    return [value for name, value, _label in page.form("/antwort/").buttons if name == "antwort"]


def test_page_shows_the_date_the_place_and_three_buttons(browse: Browser, invite: Invite) -> None:
    evening, address = invite()
    page = browse.open(address)
    assert page.status == 200
    assert "Di., 19.01.2027, 18:00–20:00 Uhr" in page.words
    assert evening.talk.location in page.words
    assert buttons(page) == ["accepted", "tentative", "declined"]
    assert "Set-Cookie" not in page.headers


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("accepted", "Sie haben zugesagt"),
        ("tentative", "noch nicht sicher"),
        ("declined", "Sie haben abgesagt"),
    ],
)
def test_one_press_records_the_answer(
    browse: Browser, invite: Invite, stored: Stored, answer: str, words: str
) -> None:
    _evening, address = invite()
    page = press(browse, browse.open(address), answer)
    assert (page.status, page.address) == (200, f"{address}/danke")
    assert words in page.words
    assert stored() == [(answer, "applied", "")]


def test_answer_by_link_is_its_persons_whoever_is_signed_in(
    sign_in: SignIn, factory: sessionmaker[Session], invite: Invite
) -> None:
    evening, address = invite()
    with factory.begin() as session:
        coordinator = factories.person(session, Role.COORDINATOR)
    browser = sign_in(coordinator)
    press(browser, browser.open(address), "accepted")
    with factory() as session:
        answered = select(AuditEntry.actor).where(AuditEntry.action == "invitation.answered")
        assert session.scalars(answered).all() == [evening.invitation.person.code]


def test_press_is_followed_by_a_see_other(browse: Browser, invite: Invite) -> None:
    _evening, address = invite()
    form = browse.open(address).form("/antwort/")
    data = {**form.fields.to_dict(), "antwort": "accepted"}
    answer = browse.client.post(address, data=data)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{address}/danke")
    assert "Set-Cookie" not in answer.headers


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


def test_no_may_say_why_another_day_and_who_comes_instead(
    browse: Browser, factory: sessionmaker[Session], invite: Invite
) -> None:
    _evening, address = invite()
    page = press(
        browse,
        browse.open(f"{address}?antwort=declined"),
        "declined",
        comment="Ich bin im Urlaub.",
        other_day="2027-01-26",
        substitute="Dr. Weiß, weiss@amt.example",
    )
    with factory() as session:
        row = session.scalars(select(Response)).one()
    assert (row.comment, row.other_day, row.substitute) == (
        "Ich bin im Urlaub.",
        date(2027, 1, 26),
        "Dr. Weiß, weiss@amt.example",
    )
    assert page.form("/antwort/").fields["comment"] == "Ich bin im Urlaub."


def test_reason_can_be_added_after_the_no(browse: Browser, invite: Invite, stored: Stored) -> None:
    _evening, address = invite()
    page = press(browse, browse.open(address), "declined")
    page = press(browse, page, "declined", comment="Der Raum ist belegt.")
    assert page.address == f"{address}/danke"
    assert stored() == [
        ("declined", "applied", ""),
        ("declined", "applied", "Der Raum ist belegt."),
    ]


def test_details_of_a_no_are_not_kept_with_a_yes(
    browse: Browser, factory: sessionmaker[Session], invite: Invite
) -> None:
    _evening, address = invite()
    page = browse.open(f"{address}?antwort=declined")
    press(browse, page, "accepted", other_day="2027-01-26", substitute="Niemand")
    with factory() as session:
        row = session.scalars(select(Response)).one()
    assert (row.other_day, row.substitute) == (None, "")


@pytest.mark.parametrize("day", ["2027-02-30", "gestern", "2026-12-27"])
def test_day_that_cannot_be_is_named_and_the_text_is_kept(
    browse: Browser, invite: Invite, stored: Stored, day: str
) -> None:
    _evening, address = invite()
    page = browse.open(f"{address}?antwort=declined")
    page = press(browse, page, "declined", comment="Urlaub", other_day=day)
    assert page.status == 422
    assert "Bitte geben Sie einen Tag an" in page.words
    assert page.form("/antwort/").fields["comment"] == "Urlaub"
    assert stored() == []


def test_answer_can_be_changed(browse: Browser, invite: Invite, stored: Stored) -> None:
    _evening, address = invite()
    page = press(browse, browse.open(address), "accepted")
    (change_address,) = [link for link, text in page.links if text == "Antwort ändern"]
    again = browse.open(change_address)
    assert buttons(again) == ["tentative", "declined"]
    press(browse, again, "declined")
    assert [row[0] for row in stored()] == ["accepted", "declined"]


def test_same_answer_sent_twice_counts_once(
    browse: Browser, invite: Invite, stored: Stored
) -> None:
    _evening, address = invite()
    page = browse.open(address)
    assert press(browse, page, "accepted").status == 200
    assert press(browse, page, "accepted").status == 200
    assert [row[1] for row in stored()] == ["applied", "repeated"]


def test_form_without_a_choice_is_shown_again(browse: Browser, invite: Invite) -> None:
    _evening, address = invite()
    form = browse.open(address).form("/antwort/")
    answer = browse.client.post(address, data=form.fields)
    assert answer.status_code == 422
    assert "Bitte wählen Sie Ja, Vielleicht oder Nein." in answer.text


def test_page_of_an_older_mail_shows_the_present_date_and_what_has_changed(
    browse: Browser, factory: sessionmaker[Session], invite: Invite
) -> None:
    evening, address = invite()
    change(
        factory,
        evening,
        lambda: evening.move(evening.later(hours=1), datetime(2027, 1, 21, 18, 0)),  # noqa: DTZ001  # wall clock
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
        evening.move(evening.desk, datetime(2027, 1, 21, 18, 0))  # noqa: DTZ001  # wall clock
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
        lambda: evening.move(evening.later(seconds=1), datetime(2027, 1, 21, 18, 0)),  # noqa: DTZ001  # wall clock
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


def test_page_speaks_the_person_s_language_unless_another_is_asked_for(
    browse: Browser, factory: sessionmaker[Session], invite: Invite
) -> None:
    with factory.begin() as session:
        person = factories.speaker(session, locale="en")
    _evening, address = invite(person=person)
    headers = {"Accept-Language": "de"}
    assert "Does this date suit you?" in browse.open(address, headers=headers).words
    assert "Passt Ihnen dieser Termin?" in browse.open(f"{address}?lang=de").words


def test_host_answers_without_a_substitute_and_learns_how_to_prepare(
    browse: Browser, invite: Invite
) -> None:
    _evening, address = invite(role=InvitationRole.HOST)
    no = browse.open(f"{address}?antwort=declined")
    assert "substitute" not in no.form("/antwort/").names
    page = press(browse, browse.open(address), "accepted")
    assert "So können Sie sich vorbereiten" in page.words


def test_talk_can_be_saved_under_the_same_uid(browse: Browser, invite: Invite) -> None:
    evening, address = invite()
    answer = browse.client.get(f"{address}/termin.ics")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert f"UID:{evening.invitation.uid}".encode() in answer.data.replace(b"\r\n ", b"")
    assert b"METHOD" not in answer.data


def test_hostile_text_stays_text(
    browse: Browser, factory: sessionmaker[Session], invite: Invite, stored: Stored
) -> None:
    _evening, address = invite()
    page = browse.open(f"{address}?antwort=declined")
    comment = "<script>alert(1)</script>\r\n\x00\u2028{{ 7*7 }}" + "ü" * 5000
    page = press(browse, page, "declined", comment=comment)
    assert "<script>alert(1)" not in page.text
    assert len(stored()[0][2]) == 2000


def test_answer_without_the_form_s_token_is_refused(
    app: Flask, invite: Invite, stored: Stored
) -> None:
    _evening, address = invite()
    answer = app.test_client().post(address, data={"antwort": "accepted", "sequence": "0"})
    assert (answer.status_code, stored()) == (400, [])


def test_yes_given_before_is_not_asked_for_again(browse: Browser, invite: Invite) -> None:
    _evening, address = invite()
    press(browse, browse.open(address), "accepted")
    page = browse.open(f"{address}?antwort=accepted")
    assert "Sie haben schon zugesagt." in page.words
    assert "Bitte bestätigen Sie" not in page.words
    assert buttons(page) == ["tentative", "declined"]


def test_reason_given_with_a_no_is_shown_and_not_asked_for_again(
    browse: Browser, invite: Invite
) -> None:
    _evening, address = invite()
    page = browse.open(f"{address}?antwort=declined")
    page = press(browse, page, "declined", comment="Der Raum wird gestrichen.")
    assert page.words.count("Der Raum wird gestrichen.") == 2  # told, and in the field to change it
    assert "Das haben Sie uns gesagt" in page.words


def test_date_is_fixed_only_when_everybody_has_said_yes(
    browse: Browser, invite: Invite, factory: sessionmaker[Session]
) -> None:
    evening, address = invite()
    with factory.begin() as session:
        other = factories.person(session)
        session.add(
            Invitation(
                talk_id=evening.talk.id,
                person=other,
                role=InvitationRole.HOST,
                uid="other@example",
                state=InvitationState.OPEN,
                stamp=factories.CREATED,
                created_at=factories.CREATED,
            )
        )
    page = press(browse, browse.open(address), "accepted")
    assert ("Noch haben nicht alle" in page.words, "steht fest" in page.words) == (True, False)
    with factory.begin() as session:
        session.execute(update(Invitation).values(state=InvitationState.ACCEPTED))
    assert "Ihr Termin steht fest." in browse.open(f"{address}/danke").words


def test_only_those_who_asked_come_from_the_answer_to_the_request(
    browse: Browser, invite: Invite
) -> None:
    _evening, address = invite()
    page = press(browse, browse.open(address), "accepted")
    assert [form for form in page.forms if form.action.endswith("/anfrage")] == []
