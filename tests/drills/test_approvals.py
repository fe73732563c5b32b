"""The drill of `approvals`, small: one slot, two processes, every press at the same moment."""

from __future__ import annotations

import pytest

from tests.drills.approvals import PRESSES_A_ROUND, ROUNDS_A_SLOT, WON, drill
from tests.story.conftest import database, mail_url, mailbox, service
from tests.support.service import Service

__all__ = ["database", "mail_url", "mailbox", "service"]


@pytest.mark.slow
def test_one_press_a_slot_wins_and_everybody_else_is_told_why(service: Service) -> None:
    outcome = drill(service, ROUNDS_A_SLOT * PRESSES_A_ROUND)
    assert (outcome.faults, outcome.told[WON], outcome.slots) == ([], 1, 1)
