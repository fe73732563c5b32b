"""What may be done with mails before and after they have left."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import AuditEntry, OutboxMessage
from matchmaker.models.states import MailPriority, OutboxState, Role
from matchmaker.services.desk import Actor, Desk
from matchmaker.services.errors import NotFound, NotPossible
from matchmaker.services.sending import outbox, outbox_claims
from tests import factories
from tests.services.letters import letter


def test_same_key_is_queued_once(session: Session, desk: Desk) -> None:
    first = letter(session, desk, subject_key="request:7")
    second = letter(session, desk, subject_key="request:7")
    assert second is first
    assert first.key == "letter:request:7:0:amina@verein.example"
    assert session.scalars(select(OutboxMessage.message_id)).all() == [first.message_id]


def test_other_sequence_or_recipient_is_another_mail(session: Session, desk: Desk) -> None:
    letter(session, desk, subject_key="talk:1")
    letter(session, desk, subject_key="talk:1", sequence=1)
    letter(session, desk, subject_key="talk:1", recipient="emre@verein.example")
    assert set(session.scalars(select(OutboxMessage.key))) == {
        "letter:talk:1:0:amina@verein.example",
        "letter:talk:1:1:amina@verein.example",
        "letter:talk:1:0:emre@verein.example",
    }


def test_what_is_urgent_is_taken_first_however_long_the_others_wait(
    session: Session, desk: Desk
) -> None:
    later = letter(session, desk, priority=MailPriority.LATER)
    usual = letter(session, desk)
    soon = letter(session, replace(desk, now=desk.now + timedelta(minutes=1)))
    urgent = letter(
        session,
        replace(desk, now=desk.now + timedelta(minutes=2)),
        priority=MailPriority.AT_ONCE,
    )
    session.flush()
    now = desk.now + timedelta(hours=1)
    taken = outbox_claims.claim(session, now, "worker", 4)
    expected = [urgent.id, usual.id, soon.id, later.id]
    assert [claimed.id for claimed in taken] == expected


def test_mail_knows_until_when_it_is_of_use(session: Session, desk: Desk) -> None:
    ends = desk.now + timedelta(days=3)
    assert letter(session, desk, not_after=ends).not_after == ends
    assert letter(session, desk).not_after is None


@pytest.mark.parametrize("state", [OutboxState.DEAD, OutboxState.UNCERTAIN])
def test_resend_lets_the_same_bytes_go_again(
    session: Session, desk: Desk, state: OutboxState
) -> None:
    row = letter(session, desk)
    row.state, row.attempts, row.dots, row.last_error = state, 3, 2, "550 no such user"
    session.flush()
    before = (row.message_id, row.body)
    outbox.resend(session, desk.by(Actor(None, "K1")), row.id)
    assert (row.message_id, row.body) == before
    assert (row.state, row.due_at, row.dots, row.give_up_at) == (
        OutboxState.QUEUED,
        desk.now,
        0,
        None,
    )
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.actor, entry.before) == ("mail.resent", "K1", {"state": state})


@pytest.mark.parametrize(
    "state", [OutboxState.QUEUED, OutboxState.SENDING, OutboxState.SENT, OutboxState.DROPPED]
)
def test_resend_refuses_mails_that_are_not_held(
    session: Session, desk: Desk, state: OutboxState
) -> None:
    row = letter(session, desk)
    row.state = state
    session.flush()
    with pytest.raises(NotPossible):
        outbox.resend(session, desk, row.id)


def test_resend_refuses_an_address_that_is_no_longer_the_persons(
    session: Session, desk: Desk
) -> None:
    person = factories.person(session, Role.HOST, email="amina@verein.example")
    row = letter(session, desk, person_id=person.id)
    row.state = OutboxState.DEAD
    person.email = "amina.k@verein.example"
    session.flush()
    with pytest.raises(NotPossible):
        outbox.resend(session, desk, row.id)
    assert row.state is OutboxState.DEAD


def test_resend_refuses_what_a_later_mail_has_overtaken(session: Session, desk: Desk) -> None:
    first = letter(session, desk, method="REQUEST", order_key="inv-1@x")
    later = letter(session, desk, method="CANCEL", order_key="inv-1@x")
    first.state, later.state = OutboxState.DEAD, OutboxState.SENT
    session.flush()
    with pytest.raises(NotPossible, match="later mail"):
        outbox.resend(session, desk, first.id)


@pytest.mark.parametrize("state", [OutboxState.QUEUED, OutboxState.DEAD, OutboxState.UNCERTAIN])
def test_drop_gives_a_mail_up_and_keeps_why_it_failed(
    session: Session, desk: Desk, state: OutboxState
) -> None:
    row = letter(session, desk)
    row.state, row.last_error = state, "550 no such user"
    session.flush()
    outbox.drop(session, desk, row.id)
    assert (row.state, row.last_error) == (OutboxState.DROPPED, "550 no such user")


@pytest.mark.parametrize("state", [OutboxState.SENDING, OutboxState.SENT, OutboxState.DROPPED])
def test_drop_refuses_what_is_out_or_gone(session: Session, desk: Desk, state: OutboxState) -> None:
    row = letter(session, desk)
    row.state = state
    session.flush()
    with pytest.raises(NotPossible):
        outbox.drop(session, desk, row.id)


def test_unknown_mail_is_not_found(session: Session, desk: Desk) -> None:
    for action in (outbox.resend, outbox.drop):
        with pytest.raises(NotFound):
            action(session, desk, 4711)


def test_counts_name_every_state(session: Session, desk: Desk) -> None:
    letter(session, desk)
    letter(session, desk).state = OutboxState.DEAD
    session.flush()
    counted = outbox.counts(session)
    assert counted == dict.fromkeys(OutboxState, 0) | {
        OutboxState.QUEUED: 1,
        OutboxState.DEAD: 1,
    }
