"""Heute, as coordinators and auditors see it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import OutboxMessage, Person
from matchmaker.models.states import OutboxState, RequestState, Role
from matchmaker.services.desk import Desk
from matchmaker.services.worklist import Task
from matchmaker.web.coordinator.task_words import line_of, words
from tests import factories
from tests.support.pages import Browser

SignIn = Callable[[Person], Browser]


def _with_role(session: Session, role: Role) -> Person:
    person = factories.person(session, role)
    session.commit()
    return person


def _demo_person(session: Session, code: str) -> Person:
    person = session.scalars(select(Person).where(Person.code == code)).one()
    session.commit()
    return person


def test_demo_starts_with_what_to_do(demo_session: Session, demo_sign_in: SignIn) -> None:
    page = demo_sign_in(_demo_person(demo_session, "K01")).open("/koordination/")

    assert "A057 und A058 sind vielleicht dieselbe Anfrage" in page.words
    assert "60 Anfragen sind bereit für die Planung" in page.words
    assert "3 Personen haben ihre Zeiten seit acht Wochen nicht bestätigt" in page.words
    assert ("/koordination/planung/1", "Planen") in page.links


def test_every_figure_leads_to_what_it_counts(
    session: Session, sign_in: SignIn, desk: Desk
) -> None:
    factories.request(session, state=RequestState.SUBMITTED)
    factories.request(session, state=RequestState.IN_CLARIFICATION)
    factories.request(session)
    browser = sign_in(_with_role(session, Role.COORDINATOR))
    links = {words: address for address, words in browser.open("/koordination/?lang=en").links}

    clear = next(address for words, address in links.items() if "requests to clarify" in words)
    ready = next(address for words, address in links.items() if "ready for planning" in words)
    missing = next(address for words, address in links.items() if "still missing" in words)

    assert "2 requests" in browser.open(clear).words
    assert "1 request" in browser.open(ready).words
    assert missing.startswith("/koordination/termine?antworten=open")


@pytest.mark.parametrize(
    ("unplaced", "expected"),
    [
        (2, "The last plan of “Q1” could not place them."),
        (0, "Taken out by hand, called off, or ready only since the plan."),
        (
            1,
            "The last plan of “Q1” could not place 1 of them. "
            "The others: Taken out by hand, called off, or ready only since the plan.",
        ),
    ],
)
def test_plan_is_blamed_only_for_what_it_did_not_place(
    app: Flask, unplaced: int, expected: str
) -> None:
    facts = {"round": 1, "name": "Q1", "unplaced": unplaced}
    with app.test_request_context("/?lang=en"):
        assert line_of(Task(kind="left_over", count=2, facts=facts)).text == expected


def test_every_action_leads_to_a_page(demo_session: Session, demo_sign_in: SignIn) -> None:
    browser = demo_sign_in(_demo_person(demo_session, "K01"))
    page = browser.open("/koordination/")
    links = {address for address, _ in page.links if address.startswith("/koordination/")}

    assert {address: browser.open(address).status for address in links} == dict.fromkeys(links, 200)


def test_quiet_day_says_so(session: Session, sign_in: SignIn, desk: Desk) -> None:
    page = sign_in(_with_role(session, Role.COORDINATOR)).open("/koordination/?lang=en")

    # Without a mail server one thing is to do; nothing else is.
    assert "No mail leaves at the moment" in page.words
    assert "request" not in " ".join(text for _, text in page.links if "Look" in text)


def test_auditors_see_figures_and_nothing_to_do(
    demo_session: Session, demo_sign_in: SignIn
) -> None:
    page = demo_sign_in(_demo_person(demo_session, "L01")).open("/koordination/")

    assert "Anfragen bereit für die Planung" in page.words
    assert "dieselbe Anfrage" not in page.words
    assert "Protokoll" in page.words
    assert "Einstellungen" not in page.words


def test_dead_mail_stands_first_with_its_way_out(
    session: Session, sign_in: SignIn, desk: Desk
) -> None:
    session.add(
        OutboxMessage(
            key="k",
            kind="invitation",
            recipient="rana@verein.example",
            subject="Einladung",
            message_id="<1@localhost>",
            body=b"",
            state=OutboxState.DEAD,
            last_error="550 no such user",
            created_at=desk.now,
            due_at=desk.now,
        )
    )
    factories.request(session, state=RequestState.SUBMITTED)
    browser = sign_in(_with_role(session, Role.COORDINATOR))
    page = browser.open("/koordination/")

    assert page.words.index("nicht zugestellt") < page.words.index("neue Anfrage")
    assert "550 no such user" in page.words
    assert ("/koordination/post/1", "Ansehen") in page.links

    browser.send(page.form("/koordination/post/1/erneut"))
    session.expire_all()
    assert session.scalars(select(OutboxMessage.state)).one() is OutboxState.QUEUED


@pytest.mark.parametrize("kind", sorted(words()))
def test_every_kind_of_task_has_words_and_a_way(app: object, kind: str, desk: Desk) -> None:
    facts = {
        "text": "x",
        "detail": "",
        "recipient": "a@b.example",
        "name": "1. Quartal 2027",
        "person": "P001",
        "reason": "550 unknown",
        "talk": "T001",
        "host": "Verein",
        "starts_at": desk.now + timedelta(days=3),
        "flag": 1,
        "invitation": 1,
        "first": "A1",
        "second": "A2",
        "round": 1,
        "run": 1,
        "number": 1,
        "unserved": 2,
        "unplaced": 1,
        "language": "ar",
        "mail": 1,
        "subject": "Einladung",
        "names": ["Rana Haddad"],
    }
    with app.test_request_context("/"):  # type: ignore[attr-defined]  # a Flask app
        line = line_of(Task(kind=kind, since=desk.now, count=2, facts=facts))

    assert line.title
    assert line.action
    assert line.url.startswith("/koordination/")
