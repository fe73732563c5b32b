"""Incoming mail: its reasons, its buttons, and the truth about whether answers are read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.models import IncomingMail, Invitation, MailboxState
from matchmaker.models.states import IncomingState
from matchmaker.services.desk import Desk
from matchmaker.services.incoming.deciding import Reason
from matchmaker.services.incoming.review import Decision
from matchmaker.services.inviting import invitations
from matchmaker.services.talks.standing import set_times
from tests.incoming.calendars import crlf
from tests.services.incoming.arriving import arrive, mail
from tests.support.invited import TUESDAY, TWO_HOURS, Evening
from tests.support.pages import Browser, Form, Page
from tests.web.conftest import SignIn

LIST = "/koordination/post/eingang"
Deliver = Callable[..., int]
OTHER_DAY = datetime(2027, 1, 21, 18, 0)  # noqa: DTZ001  # wall clock


@pytest.fixture
def deliver(factory: sessionmaker[Session], desk: Desk) -> Deliver:
    """Lets a mail come in about an evening of its own; the row's id."""

    def arrived(**facts: str) -> int:
        with factory.begin() as session:
            evening = Evening(session, desk)
            return arrive(session, desk, mail(evening, **facts)).id

    return arrived


def button(page: Page, decision: Decision) -> Form:
    (form,) = [form for form in page.forms if form.fields.get("entscheidung") == decision.value]
    return form


def test_empty_list_says_so_and_that_no_mailbox_is_set(coordinator: Browser) -> None:
    page = coordinator.open(LIST)
    assert page.status == 200
    assert "No mailbox is set." in page.words
    assert "Nothing waits for you" in page.words
    german = coordinator.open(f"{LIST}?lang=de")
    assert "Es ist kein Postfach eingestellt." in german.words
    assert "Nichts wartet auf Sie" in german.words


def test_doubtful_answer_shows_its_reason_and_can_be_counted(
    coordinator: Browser, deliver: Deliver, factory: sessionmaker[Session]
) -> None:
    mail_id = deliver(sender="privat@else.example", comment="Gern <b>doch</b>")
    page = coordinator.open(f"{LIST}?lang=de")
    assert "Die Antwort kommt von einer anderen Adresse" in page.words
    assert "privat@else.example" in page.words
    assert "sagt Ja" in page.words
    assert "Gern <b>doch</b>" in page.words
    done = coordinator.send(button(page, Decision.COUNT))
    assert "Die Antwort zählt." in done.words
    assert "von Hand gezählt" in done.words
    with factory() as session:
        row = session.get_one(IncomingMail, mail_id)
        assert row.state is IncomingState.DECIDED
        assert row.invitation is not None
        assert row.invitation.state.value == "accepted"


def test_answer_to_another_date_shows_both_and_does_not_count_unseen(
    coordinator: Browser, deliver: Deliver, factory: sessionmaker[Session], desk: Desk
) -> None:
    mail_id = deliver(sender="privat@else.example")
    page = coordinator.open(LIST)
    assert "The answer was to" not in page.words
    with factory.begin() as session:
        row = session.get_one(IncomingMail, mail_id)
        assert row.invitation is not None
        set_times(row.invitation.talk, TUESDAY + timedelta(days=1), TWO_HOURS, "Europe/Berlin")
        session.flush()
        later = replace(desk, now=desk.now + timedelta(hours=3))
        invitations.update(session, later, row.invitation)
    assert coordinator.send(button(page, Decision.COUNT)).status == 409
    assert "The answer was to" in coordinator.open(LIST).words
    german = coordinator.open(f"{LIST}?lang=de")
    assert "Geantwortet wurde auf" in german.words
    assert "Die Antwort zählt." in coordinator.send(button(german, Decision.COUNT)).words


def test_second_press_is_told(coordinator: Browser, deliver: Deliver) -> None:
    deliver(sender="privat@else.example")
    form = button(coordinator.open(LIST), Decision.DONE)
    assert coordinator.send(form).status == 200
    assert coordinator.send(form).status == 409


def test_clear_answer_stands_among_the_latest(coordinator: Browser, deliver: Deliver) -> None:
    deliver()
    page = coordinator.open(LIST)
    assert "says yes" in page.words
    assert "counts" in page.words
    assert "Nothing waits for you" in page.words


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_words_in_both_languages(
    coordinator: Browser, deliver: Deliver, factory: sessionmaker[Session], reason: Reason
) -> None:
    mail_id = deliver(sender="privat@else.example")
    with factory.begin() as session:
        session.get_one(IncomingMail, mail_id).reason = reason.value
    for language in ("de", "en"):
        assert coordinator.open(f"{LIST}?lang={language}").status == 200


def test_letter_is_listed_without_its_words(
    coordinator: Browser, factory: sessionmaker[Session], desk: Desk
) -> None:
    with factory.begin() as session:
        arrive(session, desk, crlf("From: A <a@b.example>\nSubject: Frage\n\nGeheimes"))
    page = coordinator.open(f"{LIST}?lang=de")
    assert "Jemand hat geschrieben" in page.words
    assert "Frage" in page.words
    assert "Geheimes" not in page.words


def test_proposed_time_is_filled_in_where_the_talk_is_moved(
    coordinator: Browser, factory: sessionmaker[Session], desk: Desk
) -> None:
    with factory.begin() as session:
        evening = Evening(session, desk)
        start = evening.talk.starts_at + timedelta(days=2, minutes=30)
        local = start.astimezone(desk.settings.zone)
        arrive(session, desk, mail(evening, method="COUNTER", start=start))
    page = coordinator.open(LIST)
    (address,) = [address for address, _ in page.links if "/verschieben" in address]
    form = coordinator.open(address).form("verschieben")
    assert (form.fields["day"], form.fields["starts"]) == (f"{local:%Y-%m-%d}", f"{local:%H:%M}")


def test_moving_to_the_proposed_time_settles_what_was_asked(
    coordinator: Browser, factory: sessionmaker[Session], desk: Desk
) -> None:
    with factory.begin() as session:
        evening = Evening(session, desk)
        start = evening.talk.starts_at + timedelta(days=2)
        arrive(session, desk, mail(evening, method="COUNTER", start=start))
        evening.move(
            evening.later(hours=3), start.astimezone(desk.settings.zone).replace(tzinfo=None)
        )
    page = coordinator.open(f"{LIST}?lang=de")
    assert "Das Gespräch ist auf diese Zeit verschoben." in page.words
    choices = [form.fields["entscheidung"] for form in page.forms if "entscheidung" in form.fields]
    assert choices == [Decision.DONE.value]


def test_who_answered_another_date_is_asked_first(
    coordinator: Browser, factory: sessionmaker[Session], desk: Desk
) -> None:
    with factory.begin() as session:
        evening = Evening(session, desk)
        raw = mail(evening)
        evening.move(evening.later(minutes=5), OTHER_DAY)
        arrive(session, desk, raw)
    page = coordinator.open(LIST)
    choices = [form.fields["entscheidung"] for form in page.forms if "entscheidung" in form.fields]
    assert choices[0] == Decision.SEND_AGAIN.value


def test_delegation_leads_to_where_somebody_else_is_sent(
    coordinator: Browser, factory: sessionmaker[Session], desk: Desk
) -> None:
    with factory.begin() as session:
        evening = Evening(session, desk)
        code = evening.person.code
        arrive(session, desk, mail(evening, partstat="DELEGATED"))
    page = coordinator.open(LIST)
    (address,) = [address for address, _ in page.links if f"/ersetzen/{code}" in address]
    assert coordinator.open(address).status == 200


def test_start_page_leads_there(coordinator: Browser, deliver: Deliver) -> None:
    deliver(sender="privat@else.example")
    page = coordinator.open("/koordination")
    assert "1 incoming mail waits for you" in page.words
    assert any(address.startswith(LIST) for address, _ in page.links)


def test_trouble_with_the_mailbox_is_told(
    coordinator: Browser, factory: sessionmaker[Session], desk: Desk, app: Flask
) -> None:
    state = MailboxState(
        name="a",
        last_uid=0,
        tried_at=desk.now,
        failing_since=desk.now - timedelta(hours=1),
        failure="login refused: no",
    )
    with factory.begin() as session:
        session.add(state)
    config = app.config
    config["MATCHMAKER"] = replace(config["MATCHMAKER"], imap_url="imap://a:b@localhost")
    page = coordinator.open(LIST)
    assert "login refused: no" in page.words
    assert coordinator.send(page.form("abrufen")).status == 200
    assert "cannot be read" in coordinator.open("/koordination").words


def test_nobody_else_may_look(
    factory: sessionmaker[Session], desk: Desk, sign_in: SignIn, deliver: Deliver
) -> None:
    deliver(sender="privat@else.example")
    with factory() as session:
        person = session.scalars(select(Invitation)).one().person
    assert sign_in(person).open(LIST).status == 403
