"""Every mail can be read, but nobody can act as the person it was sent to."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.models import AuditEntry, OutboxMessage
from matchmaker.models.states import OutboxState
from matchmaker.services.desk import Desk
from matchmaker.services.sending import mail_preview, post
from tests.services.letters import letter
from tests.support.pages import Browser
from tests.web.conftest import SignIn
from tests.web.coordinator.approved_quarter import Quarter, make_quarter

LIST = "/koordination/post"
MAIL = re.compile(rf"{LIST}/\d+")


@pytest.fixture
def quarter(factory: sessionmaker[Session], desk: Desk) -> Quarter:
    return make_quarter(factory, desk)


@pytest.fixture
def coordinator(quarter: Quarter, sign_in: SignIn) -> Browser:
    return sign_in(quarter.coordinator)


def first_mail(factory: sessionmaker[Session], **values: object) -> OutboxMessage:
    with factory.begin() as session:
        row = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).first()
        assert row is not None
        for name, value in values.items():
            setattr(row, name, value)
        return row


def test_list_puts_first_what_needs_a_person(
    coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    dead = first_mail(factory, state=OutboxState.DEAD, last_error="550 no such user")
    page = coordinator.open(f"{LIST}?lang=de")
    mails = [address for address, _ in page.links if MAIL.match(address)]
    assert mails[0] == f"{LIST}/{dead.id}?lang=de"
    assert "550 no such user" in page.words
    assert "Es ist kein Mailserver eingestellt" in page.words


def test_list_can_be_filtered(coordinator: Browser) -> None:
    expected = {
        "": 2,
        "status=queued": 2,
        "status=waiting": 2,
        "status=stuck": 0,
        "status=unsinn": 2,
        "art=invitation": 2,
        "art=login": 0,
        "q=Fachperson": 1,
        "q=%25": 0,
        "termin=T001": 2,
        "termin=T002": 0,
        "seite=7": 2,
        "seite=x": 2,
    }
    pages = {query: coordinator.open(f"{LIST}?{query}") for query in expected}
    assert {page.status for page in pages.values()} == {200}
    assert {
        query: len([1 for address, _ in page.links if MAIL.match(address)])
        for query, page in pages.items()
    } == expected


def test_list_has_pages(coordinator: Browser, factory: sessionmaker[Session], desk: Desk) -> None:
    with factory.begin() as session:
        for _ in range(60):
            letter(session, desk)
    first = coordinator.open(f"{LIST}?lang=de")
    assert "62 Mails" in first.words
    second = coordinator.open(f"{LIST}?lang=de&seite=2")
    assert len([1 for address, _ in second.links if MAIL.match(address)]) == 12


def test_mail_shows_its_words_and_calendar_without_its_keys(
    coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    mail = first_mail(factory)
    page = coordinator.open(f"{LIST}/{mail.id}?lang=de")
    assert page.status == 200
    assert "Di., 19.01.2027, 18:00–20:00 Uhr" in page.words
    assert "Lädt ein, bittet um Antwort" in page.words
    assert "/antwort/…" in page.words
    with factory() as session:
        body = mail_preview.preview(session.get_one(OutboxMessage, mail.id).body, "invitation")
    assert body.calendar is not None
    assert body.calendar.method == "REQUEST"


def test_sign_in_links_and_codes_are_masked(
    coordinator: Browser, quarter: Quarter, factory: sessionmaker[Session], desk: Desk
) -> None:
    token = "Zx9" * 14
    with factory.begin() as session:
        row = post.queue_letter(
            session,
            desk,
            kind="login",
            subject_key="login:1",
            person=quarter.coordinator,
            facts={"url": f"http://localhost/anmelden/{token}", "code": "482913"},
        )
        session.flush()
        row_id = row.id
    page = coordinator.open(f"{LIST}/{row_id}")
    assert page.status == 200
    assert token not in page.text
    assert "482913" not in page.text
    assert "482 913" not in page.text


def test_dead_mail_can_be_sent_again_or_taken_out(
    coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    mail = first_mail(factory, state=OutboxState.DEAD, last_error="550 no such user")
    page = coordinator.open(f"{LIST}/{mail.id}?lang=de")
    assert "550 no such user" in page.words
    done = coordinator.send(page.form("erneut"))
    assert "Die Mail geht noch einmal hinaus" in done.words
    assert first_mail(factory).state is OutboxState.QUEUED
    done = coordinator.send(coordinator.open(f"{LIST}/{mail.id}").form("verwerfen"))
    assert done.status == 200
    assert first_mail(factory).state is OutboxState.DROPPED


def test_mails_that_died_of_one_mistake_go_again_together(
    coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    with factory.begin() as session:
        for row in session.scalars(select(OutboxMessage)):
            row.state, row.last_error = OutboxState.DEAD, f"550 <{row.recipient}> refused"
            mail_id = row.id
    page = coordinator.open(f"{LIST}?lang=de")
    assert "2 Mails: 550 <…> refused" in page.words
    asked = coordinator.open(f"{LIST}/{mail_id}/alle-erneut?lang=de")
    assert "2 Mails erneut senden?" in asked.words
    assert first_mail(factory).state is OutboxState.DEAD
    done = coordinator.send(asked.form("alle-erneut"))
    assert "2 Mails gehen erneut hinaus." in done.words
    with factory() as session:
        assert set(session.scalars(select(OutboxMessage.state))) == {OutboxState.QUEUED}
        actions = session.scalars(select(AuditEntry.action)).all()
    assert actions.count("mail.resent") == 2
    assert coordinator.open(f"{LIST}/{mail_id}/alle-erneut").status == 409


def test_all_mail_can_be_held_and_released(
    coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    held = coordinator.send(coordinator.open(f"{LIST}?lang=de").form("anhalten"))
    assert "Die Mails sind angehalten" in held.words
    assert "Alle Mails anhalten" not in held.words
    assert "Die Mails sind angehalten" in coordinator.open("/koordination?lang=de").words
    done = coordinator.send(held.form("freigeben"))
    assert "Die angehaltenen Mails gehen jetzt hinaus." in done.words
    assert "Alle Mails anhalten" in done.words
    with factory() as session:
        actions = session.scalars(select(AuditEntry.action)).all()
    assert [action for action in actions if action.startswith("mail.")] == [
        "mail.held",
        "mail.released",
    ]


def test_uncertain_mail_can_be_noted_as_arrived(
    coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    mail = first_mail(factory, state=OutboxState.UNCERTAIN)
    done = coordinator.send(coordinator.open(f"{LIST}/{mail.id}?lang=de").form("angekommen"))
    assert "Vermerkt: Die Mail ist angekommen." in done.words
    assert first_mail(factory).state is OutboxState.SENT
    assert "angekommen" not in {form.action for form in done.forms}


def test_all_uncertain_mails_can_be_decided_together(
    coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    with factory.begin() as session:
        for row in session.scalars(select(OutboxMessage)):
            row.state = OutboxState.UNCERTAIN
    page = coordinator.open(f"{LIST}?lang=de")
    assert "Von 2 Mails weiß niemand, ob sie angekommen sind." in page.words
    done = coordinator.send(coordinator.open(f"{LIST}/ungewiss?lang=de").form("angekommen"))
    assert "2 Mails sind als angekommen vermerkt." in done.words
    with factory.begin() as session:
        rows = session.scalars(select(OutboxMessage)).all()
        assert {row.state for row in rows} == {OutboxState.SENT}
        for row in rows:
            row.state = OutboxState.UNCERTAIN
    again = coordinator.send(coordinator.open(f"{LIST}/ungewiss?lang=de").form("erneut"))
    assert "2 Mails gehen erneut hinaus." in again.words


def test_mail_that_came_back_is_marked_and_can_be_found(
    coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    mail = first_mail(factory, state=OutboxState.SENT)
    first_mail(factory, bounced_at=mail.created_at, bounce_reason="550 no such user")
    page = coordinator.open(f"{LIST}?status=returned&lang=de")
    assert len([1 for address, _ in page.links if MAIL.match(address)]) == 1
    assert "kam zurück" in page.words
    assert "550 no such user" in coordinator.open(f"{LIST}/{mail.id}?lang=de").words


def test_sent_mail_itself_offers_no_second_sending(
    coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    mail = first_mail(factory, state=OutboxState.DEAD)
    form = coordinator.open(f"{LIST}/{mail.id}").form("erneut")
    first_mail(factory, state=OutboxState.SENT)
    assert coordinator.send(form).status == 409
    page = coordinator.open(f"{LIST}/{mail.id}")
    assert [form for form in page.forms if f"/post/{mail.id}/erneut" in form.action] == []


def test_mail_is_nobodys_business_but_the_coordinations(quarter: Quarter, sign_in: SignIn) -> None:
    for person in (quarter.auditor, quarter.host, quarter.speaker):
        assert sign_in(person).open(LIST).status == 403
    assert sign_in(quarter.coordinator).open(f"{LIST}/4711").status == 404
