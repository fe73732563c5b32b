"""A worker that is killed in the middle of delivery. Judged from the mail server's own log."""

from __future__ import annotations

import signal
from collections import Counter
from datetime import datetime, timedelta

import pytest

from tests.support.service import CLOCK_START, Row, Service
from tests.support.smtp import AFTER_DOT, AFTER_REPLY, BEFORE_DOT, Killer
from tests.support.waiting import until

KILLS = (AFTER_DOT, BEFORE_DOT, AFTER_REPLY)
LANES = 4
"""Mails that a worker has in hand at once."""

LATER = timedelta(hours=1)
"""How much later the next worker starts by the service's clock: the leases have run out then."""


@pytest.mark.slow
def test_killed_worker_loses_nothing_and_doubles_nothing_unexplained(
    planned_service: Service, mailbox: Killer
) -> None:
    service = planned_service
    service.run("round", "approve", 1)
    queued = service.rows("outbox")
    for number, phase in enumerate(KILLS):
        _set_clock(service, number)
        worker = service.start("worker")
        mailbox.aim(worker.pid, phase)
        assert worker.ended() == -signal.SIGKILL, worker.said()
    _set_clock(service, len(KILLS))
    service.worker()
    until("every mail to leave", lambda: _all_sent(service), pause=0.5)
    _judge(mailbox, queued, service.rows("outbox"))


def _set_clock(service: Service, number: int) -> None:
    start = datetime.fromisoformat(CLOCK_START) + number * LATER
    service.settings["CLOCK_START"] = start.isoformat()


def _all_sent(service: Service) -> bool:
    return {row["state"] for row in service.rows("outbox")} == {"sent"}


def _judge(mailbox: Killer, queued: list[Row], outbox: list[Row]) -> None:
    assert [row["key"] for row in outbox] == [row["key"] for row in queued]
    arrived = Counter(mail.message_id for mail in mailbox.log)
    assert arrived.keys() == {row["message_id"] for row in outbox}
    assert len({mail.raw for mail in mailbox.log}) == len(outbox), "copies have the same bytes"
    for row in outbox:
        assert arrived[row["message_id"]] <= min(row["attempts"], 2), row["key"]
    # What a worker has in hand when it is killed may have arrived without its knowing; only the
    # mail that has not come to its content has not.
    doubled = sum(number > 1 for number in arrived.values())
    assert doubled <= LANES * len(KILLS) - KILLS.count(BEFORE_DOT)
