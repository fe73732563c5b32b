"""Who sends and who changes what is sent wait for each other in one order; nobody loses."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.mail.outcome import AuthenticationRefused, Delivered, TemporaryFailure
from matchmaker.models import OutboxMessage, Talk
from matchmaker.models.states import AssignmentState, OutboxState
from matchmaker.services.desk import Desk
from matchmaker.services.inviting import invitations
from matchmaker.services.people import contacts
from matchmaker.services.sending import holding, mail_trouble, outbox_claims, sent_mail
from matchmaker.services.talks import talk_changes
from tests.support import postgres
from tests.support.invited import Evening

Change = Callable[[Session, Desk, Talk], object]


@pytest.fixture
def engine_kind() -> str:
    """SQLite has one writer at a time."""
    return "postgres"


def call_off(session: Session, desk: Desk, talk: Talk) -> None:
    talk_changes.call_off(session, desk, talk.code, reason="Krank")


def correct_address(session: Session, desk: Desk, talk: Talk) -> None:
    person = talk.invitations[0].person
    facts = replace(contacts.facts_of(person), email="neu@beratung.example")
    contacts.change_person(session, desk, person, facts, may_grant=contacts.EVERYBODY)


@pytest.mark.parametrize("change", [call_off, correct_address])
def test_change_waits_for_the_mail_that_is_being_noted(
    factory: sessionmaker[Session], desk: Desk, change: Change
) -> None:
    with factory.begin() as session:
        evening = Evening(session, desk)
        assert evening.assignment is not None
        evening.assignment.state = AssignmentState.APPROVED
        talk_id = evening.talk.id
    with factory.begin() as session:
        (claimed,) = outbox_claims.claim(session, desk.now, "worker", 1)
        outbox_claims.mark_dots(session, [claimed], desk.now)
    failed: list[Exception] = []

    def page() -> None:
        try:
            with factory.begin() as session:
                change(session, desk, session.get_one(Talk, talk_id))
        except Exception as error:
            failed.append(error)

    with factory.begin() as worker:
        outbox_claims.settle(worker, [(claimed, Delivered())], desk.now)
        thread = threading.Thread(target=page)
        thread.start()
        postgres.until_somebody_waits(worker)
        sent_mail.note(worker, desk, [claimed])
    thread.join(10)
    assert failed == []
    with factory() as session:
        assert session.get_one(OutboxMessage, claimed.id).state is OutboxState.SENT


def test_mail_that_failed_is_not_tried_again_at_an_old_address(
    factory: sessionmaker[Session], desk: Desk
) -> None:
    with factory.begin() as session:
        evening = Evening(session, desk)
        (claimed,) = outbox_claims.claim(session, desk.now, "worker", 1)
        evening.person.email = "neu@beratung.example"
        session.flush()
        invitations.readdress(session, desk, evening.person)
        session.flush()
        later = TemporaryFailure("451 try later")
        assert outbox_claims.settle(session, [(claimed, later)], desk.now) == {
            claimed.id: OutboxState.DROPPED
        }
        due = outbox_claims.claim(session, desk.now + timedelta(minutes=2), "worker", 5)
        assert [mail.recipient for mail in due] == ["neu@beratung.example"]


def both(factory: sessionmaker[Session], act: Callable[[Session], object]) -> list[object]:
    """Two do the same at the same moment; what each got."""
    got: list[object] = []

    def other() -> None:
        try:
            with factory.begin() as session:
                got.append(act(session))
        except Exception as error:
            got.append(error)

    with factory.begin() as session:
        got.append(act(session))
        session.flush()
        thread = threading.Thread(target=other)
        thread.start()
        postgres.until_somebody_waits(session)
    thread.join(10)
    return got


def test_two_hold_the_mail_at_the_same_moment(factory: sessionmaker[Session], desk: Desk) -> None:
    assert both(factory, lambda session: holding.hold(session, desk)) == [True, False]


def test_two_workers_raise_one_alert(factory: sessionmaker[Session], desk: Desk) -> None:
    met = AuthenticationRefused("535 no")

    def note(session: Session) -> None:
        mail_trouble.note(session, desk.settings, desk.now, met)

    assert both(factory, note) == [None, None]
    with factory() as session:
        assert mail_trouble.trouble(session, replace(desk.settings, mail_url="smtp://x:1")) is None
        assert len(session.scalars(select(OutboxMessage)).all()) == 0
