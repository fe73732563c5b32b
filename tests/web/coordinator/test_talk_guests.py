"""Guests of a talk in the browser: invited and uninvited after a look at the mail."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.models import Invitation, OutboxMessage, Person
from matchmaker.models.states import InvitationRole, OutboxState, TokenPurpose
from matchmaker.services.desk import Desk
from matchmaker.services.house import tokens
from tests.support.pages import Browser, Page
from tests.web.conftest import SignIn
from tests.web.coordinator.approved_quarter import Quarter, make_quarter

TALK = "/koordination/termine/T001"
EMAIL = "sommer@bezirk.example"


@pytest.fixture
def quarter(factory: sessionmaker[Session], desk: Desk) -> Quarter:
    made = make_quarter(factory, desk)
    _send(factory)
    return made


@pytest.fixture
def coordinator(quarter: Quarter, sign_in: SignIn) -> Browser:
    return sign_in(quarter.coordinator)


def _send(factory: sessionmaker[Session]) -> None:
    with factory.begin() as session:
        for row in session.scalars(select(OutboxMessage)):
            row.state = OutboxState.SENT


def _waiting(factory: sessionmaker[Session]) -> list[tuple[str, str]]:
    with factory() as session:
        rows = session.scalars(
            select(OutboxMessage).where(OutboxMessage.state == OutboxState.QUEUED)
        )
        return [(row.recipient, row.kind) for row in rows]


def _answer_link(factory: sessionmaker[Session], desk: Desk) -> str:
    with factory.begin() as session:
        invitation = session.scalars(
            select(Invitation).where(Invitation.role == InvitationRole.GUEST)
        ).one()
        return f"/antwort/{tokens.issue(session, desk, TokenPurpose.ANSWER, invitation.id)}"


def _invite(browser: Browser, name: str = "Sommer", email: str = EMAIL) -> Page:
    """The page that shows the mail."""
    form = browser.open(f"{TALK}/gast?lang=de").form("gast")
    return browser.send(form, name=name, email=email)


def test_guest_is_invited_only_after_a_look_at_the_mail(
    coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    asked = _invite(coordinator)
    assert "1 Mail geht hinaus" in asked.words
    assert _waiting(factory) == []
    with factory() as session:
        assert session.scalars(select(Person).where(Person.email == EMAIL)).all() == []

    done = coordinator.send(asked.form("gast"), "Einladen und 1 Mail senden")

    assert done.address == TALK
    assert "Der Gast ist eingeladen." in done.words
    assert "Gast eingeladen Sommer" in done.words
    assert _waiting(factory) == [(EMAIL, "invitation")]


def test_language_of_the_guest_is_german_unless_another_is_chosen(coordinator: Browser) -> None:
    form = coordinator.open(f"{TALK}/gast?lang=de").form("gast")
    assert form.fields["locale"] == "de"
    asked = coordinator.send(form, name="Summer", email=EMAIL, locale="en")
    assert "Invitation: " in asked.words


def test_faults_are_named_and_what_was_typed_is_kept(
    coordinator: Browser, quarter: Quarter
) -> None:
    again = _invite(coordinator, name="", email="sommer")
    assert again.status == 422
    assert "Name: Bitte schreiben Sie" in again.words
    assert again.form("gast").fields["email"] == "sommer"
    twice = _invite(coordinator, email=quarter.speaker.email)
    assert twice.status == 422
    assert "nimmt an diesem Gespräch schon teil" in twice.words


def test_guest_answers_and_learns_of_being_uninvited(
    coordinator: Browser, browse: Browser, factory: sessionmaker[Session], desk: Desk
) -> None:
    coordinator.send(_invite(coordinator).form("gast"))
    _send(factory)
    link = _answer_link(factory, desk)
    answered = browse.send(browse.open(link).form(link), "Ja, der Termin passt")
    assert "Danke. Sie haben zugesagt." in answered.words

    asked = coordinator.send(coordinator.open(f"{TALK}?lang=de").form("ausladen"))
    assert "1 Mail geht hinaus" in asked.words
    coordinator.send(asked.form("ausladen"), "Zurücknehmen und 1 Mail senden")

    assert _waiting(factory) == [(EMAIL, "invitation_cancelled")]
    closed = browse.open(link)
    assert closed.status == 410
    assert "Sie sind nicht mehr eingeladen" in closed.words
    assert "an Ihrer Stelle" not in closed.words


def test_auditors_cannot_invite(quarter: Quarter, sign_in: SignIn) -> None:
    auditor = sign_in(quarter.auditor)
    assert "Gast einladen" not in auditor.open(f"{TALK}?lang=de").words
    assert auditor.open(f"{TALK}/gast").status == 403
