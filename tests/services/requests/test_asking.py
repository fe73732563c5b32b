"""A question back to those who have sent a request: mailed, and taken back in time."""

from __future__ import annotations

import email
from email import policy

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import OutboxMessage, Request
from matchmaker.models.states import OutboxState, RequestState, Role
from matchmaker.services.desk import Actor, Desk
from matchmaker.services.requests import clearing
from matchmaker.services.sending import request_letters
from tests import factories

QUESTION = "Gibt es einen Raum mit Beamer?"


@pytest.fixture
def office(session: Session, desk: Desk) -> Desk:
    return desk.by(Actor.of(factories.person(session, Role.COORDINATOR)))


@pytest.fixture
def asked(session: Session) -> Request:
    return factories.request(session, state=RequestState.SUBMITTED)


def _questions(session: Session) -> list[OutboxMessage]:
    own = select(OutboxMessage).where(OutboxMessage.kind == "request_question")
    return list(session.scalars(own.order_by(OutboxMessage.id)))


def _words(row: OutboxMessage) -> str:
    plain = email.message_from_bytes(row.body, policy=policy.SMTP).get_body(("plain",))
    assert plain is not None
    return str(plain.get_content())


def test_question_is_mailed_with_the_way_to_the_request(
    session: Session, office: Desk, asked: Request
) -> None:
    assert clearing.clarify(session, office, asked, reason=QUESTION)
    (mail,) = _questions(session)
    assert (mail.person_id, mail.request_id) == (asked.contact_id, asked.id)
    assert mail.due_at > office.now
    assert QUESTION in _words(mail)
    assert "/anfrage/" in _words(mail)


def test_question_speaks_the_language_of_the_host(
    session: Session, office: Desk, asked: Request
) -> None:
    assert asked.contact is not None
    asked.contact.locale = "en"
    clearing.clarify(session, office, asked, reason=QUESTION)
    (mail,) = _questions(session)
    assert mail.subject.startswith("A question about your request")


def test_without_a_question_there_is_no_mail(
    session: Session, office: Desk, asked: Request
) -> None:
    assert not clearing.clarify(session, office, asked, reason="  ")
    assert _questions(session) == []


def test_whoever_no_mail_reaches_is_left_to_the_telephone(
    session: Session, office: Desk, asked: Request
) -> None:
    assert asked.contact is not None
    asked.contact.active = False
    assert not request_letters.can_write(office, asked)
    assert not clearing.clarify(session, office, asked, reason=QUESTION)
    assert asked.state is RequestState.IN_CLARIFICATION
    assert _questions(session) == []


def test_question_that_is_taken_back_is_not_mailed(
    session: Session, office: Desk, asked: Request
) -> None:
    clearing.clarify(session, office, asked, reason="Versehen?")
    session.flush()
    clearing.undo(session, office, asked)
    session.flush()
    clearing.clarify(session, office, asked, reason=QUESTION)
    assert [row.state for row in _questions(session)] == [OutboxState.DROPPED, OutboxState.QUEUED]
