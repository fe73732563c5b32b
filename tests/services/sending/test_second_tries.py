"""Mails that died of one mistake go again together, unless they may not go singly either."""

from __future__ import annotations

from sqlalchemy.orm import Session

from matchmaker.models import OutboxMessage
from matchmaker.models.states import OutboxState, Role
from matchmaker.services.desk import Desk
from matchmaker.services.sending import outbox, second_tries
from tests import factories
from tests.services.letters import letter


def _dead(row: OutboxMessage, why: str) -> OutboxMessage:
    row.state, row.last_error = OutboxState.DEAD, why
    return row


def test_reasons_are_the_same_whatever_address_and_queue_they_name(
    session: Session, desk: Desk
) -> None:
    first = _dead(letter(session, desk), "550 <amina@verein.example> no (A1B2C3D4E)")
    other = _dead(
        letter(session, desk, recipient="emre@verein.example"),
        "550 <Emre@verein.example> no (F9E8D7C6B)",
    )
    third = _dead(letter(session, desk), "552 full")
    letter(session, desk).state = OutboxState.UNCERTAIN
    session.flush()

    assert second_tries.failures(session) == [
        second_tries.Failure("550 <…> no (…)", (first.id, other.id)),
        second_tries.Failure("552 full", (third.id,)),
    ]
    assert second_tries.failure_of(session, third.id).ids == (third.id,)


def test_what_may_not_go_singly_does_not_go_with_the_others(session: Session, desk: Desk) -> None:
    mover = factories.person(session, Role.SPEAKER, email="new@verein.example")
    session.flush()
    free = _dead(letter(session, desk), "550")
    moved = _dead(letter(session, desk, person_id=mover.id), "550")
    overtaken = _dead(letter(session, desk, order_key="i:1"), "550")
    letter(session, desk, order_key="i:1").state = OutboxState.SENT
    session.flush()

    done = second_tries.send_again(session, desk, [free.id, moved.id, overtaken.id])

    assert done == second_tries.Retried(1, {outbox.OTHER_ADDRESS: 1, outbox.LATER_ONE_LEFT: 1})
    states = [row.state for row in (free, moved, overtaken)]
    assert states == [OutboxState.QUEUED, OutboxState.DEAD, OutboxState.DEAD]
