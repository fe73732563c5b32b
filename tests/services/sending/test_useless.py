"""Mails that could not leave while they were of use."""

from __future__ import annotations

from datetime import timedelta

import pytest

from matchmaker.mail.outcome import PermanentFailure, TemporaryFailure, Unknown
from matchmaker.services.desk import Desk
from matchmaker.services.errors import NotPossible
from matchmaker.services.sending import outbox, outbox_claims
from matchmaker.services.sending.outbox import DeliveryReport
from tests.conftest import NOW
from tests.services.letters import Scripted, states
from tests.services.sending.test_delivery import Hands, hands

__all__ = ["hands"]

ENDS = NOW + timedelta(hours=2)


def test_mail_leaves_while_it_is_of_use(hands: Hands) -> None:
    hands.queue(not_after=ENDS)
    hands.now = ENDS - timedelta(seconds=1)
    assert hands.deliver(Scripted()) == DeliveryReport(sent=1)


def test_mail_that_has_become_useless_stays_here(hands: Hands) -> None:
    hands.queue(not_after=ENDS)
    hands.queue()
    hands.now = ENDS
    server = Scripted()
    assert hands.deliver(server) == DeliveryReport(sent=1)
    assert states(hands.factory) == ["skipped", "sent"]
    assert (hands.the_row().attempts, hands.the_row().last_error) == (0, outbox_claims.TOO_LATE)


def test_useless_mails_are_told_apart_also_without_a_server(hands: Hands) -> None:
    hands.queue(not_after=ENDS)
    hands.now = ENDS
    assert hands.deliver().left == 0
    assert states(hands.factory) == ["skipped"]


def test_mail_that_waits_for_a_skipped_one_leaves(hands: Hands) -> None:
    hands.queue(order_key="inv-1@x", not_after=ENDS)
    hands.queue(order_key="inv-1@x")
    hands.deliver(Scripted(TemporaryFailure("451 later")))
    hands.now = ENDS
    hands.deliver(Scripted())
    assert states(hands.factory) == ["skipped", "sent"]


def test_mail_that_may_have_arrived_is_not_said_to_have_stayed(hands: Hands) -> None:
    hands.queue(method="REQUEST", not_after=ENDS)
    hands.deliver(Scripted(Unknown("silence")))
    hands.now = ENDS
    hands.deliver(Scripted())
    assert states(hands.factory) == ["uncertain"]
    assert hands.the_row().last_error == "silence"


def test_nobody_lets_a_useless_mail_go_again(hands: Hands) -> None:
    hands.queue(not_after=ENDS)
    hands.deliver(Scripted(PermanentFailure("550 no")))
    desk = Desk(hands.settings, ENDS)
    with hands.factory() as session, pytest.raises(NotPossible, match="too late"):
        outbox.resend(session, desk, hands.the_row().id)
