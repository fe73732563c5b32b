"""So many mails a second, for all workers together."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.clock import system_clock
from matchmaker.config import Settings
from matchmaker.mail.outcome import Outcome
from matchmaker.mail.transport import BeforeDot
from matchmaker.models.states import MailPriority
from matchmaker.services.desk import Desk
from matchmaker.services.sending import pace
from matchmaker.services.sending.delivery import Postman, deliver_due
from tests.conftest import NOW
from tests.services.letters import Scripted, letter, states
from tests.support.waiting import until

RATE = 20.0


class _Timed(Scripted):
    """Writes down when each mail came."""

    def __init__(self) -> None:
        super().__init__()
        self.came: list[tuple[float, str]] = []

    def send(self, sender: str, recipient: str, raw: bytes, before_dot: BeforeDot) -> Outcome:
        self.came.append((time.monotonic(), recipient))
        return super().send(sender, recipient, raw, before_dot)


def _queue(
    factory: sessionmaker[Session], settings: Settings, number: int, **facts: object
) -> None:
    with factory.begin() as session:
        for _ in range(number):
            letter(session, Desk(settings, system_clock()), **facts)  # type: ignore[arg-type]


def test_turns_are_a_gap_apart_and_what_was_missed_is_not_made_up_for(session: Session) -> None:
    first = pace.take_turn(session, NOW, 5)
    assert first.free == 1
    first.use(1)
    assert pace.take_turn(session, NOW, 5).free == 0
    assert pace.take_turn(session, NOW, 5).pause(1, NOW) == pytest.approx(0.4)
    assert pace.take_turn(session, NOW + timedelta(hours=1), 5).free == 1
    assert pace.take_turn(session, NOW + timedelta(hours=1), 100).free == 11


def test_two_workers_together_keep_to_the_rate(
    factory: sessionmaker[Session], settings: Settings
) -> None:
    settings, server = replace(settings, mail_rate=RATE), _Timed()
    _queue(factory, settings, 30)
    workers = [
        threading.Thread(
            target=deliver_due,
            args=(factory, settings, system_clock),
            kwargs={"owner": f"w{number}", "transport": server},
        )
        for number in range(2)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    came = [moment for moment, _ in server.came]
    assert states(factory) == ["sent"] * 30
    # Between claim and sending a mail may be late, so that the next seems to be early.
    assert came[-1] - came[0] >= 0.8 * 29 / RATE


@contextmanager
def _working(postman: Postman) -> Iterator[None]:
    thread = threading.Thread(target=postman.deliver)
    thread.start()
    try:
        yield
    finally:
        postman.stop.set()
        thread.join(60)
        assert not thread.is_alive()


def test_sign_in_mail_does_not_wait_for_the_others(
    factory: sessionmaker[Session], settings: Settings
) -> None:
    settings, server = replace(settings, mail_rate=5.0), _Timed()
    _queue(factory, settings, 500)
    with (
        Postman(factory, settings, system_clock, owner="w", transport=server) as postman,
        _working(postman),
    ):
        until("the first mail", lambda: bool(server.came))
        _queue(factory, settings, 1, recipient="now@x.example", priority=MailPriority.AT_ONCE)
        before = len(server.came)
        until("the sign-in mail", lambda: server.came[-1][1] == "now@x.example")
    assert len(server.came) <= before + 3
