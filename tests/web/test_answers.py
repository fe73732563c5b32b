"""Answering by the link in a mail: what is shown, what is recorded, and what is not."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.models import AuditEntry, Invitation, Response
from matchmaker.models.states import InvitationRole, InvitationState, Role
from tests import factories
from tests.support.pages import Browser
from tests.web.answer_forms import Invite, Stored, buttons, press
from tests.web.conftest import SignIn


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
