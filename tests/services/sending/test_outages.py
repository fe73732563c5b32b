"""A mail server that is away, says nothing, or stops in the middle. The time is simulated."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.orm import Session, sessionmaker

from matchmaker.config import Settings
from matchmaker.services.desk import Desk
from matchmaker.services.sending import mail_trouble
from matchmaker.services.sending.outbox import DeliveryReport, deliver_due
from tests.conftest import NOW
from tests.mail.servers import HANG, MailServer, running
from tests.services.letters import letter, rows, states

MAILS = 12
QUICK = {"connect_timeout": 0.5, "command_timeout": 0.5, "final_timeout": 0.5}


class Post:
    """Twelve mails to twelve people, every third with a calendar part."""

    def __init__(self, factory: sessionmaker[Session], settings: Settings, url: str) -> None:
        self.factory, self.settings = factory, replace(settings, mail_url=url)
        self.now = NOW
        with factory.begin() as session:
            for number in range(MAILS):
                method = None if number % 3 else "REQUEST"
                letter(session, self.desk, recipient=f"p{number}@x.example", method=method)

    @property
    def desk(self) -> Desk:
        return Desk(self.settings, self.now)

    def deliver(self) -> DeliveryReport:
        return deliver_due(self.factory, self.settings, lambda: self.now, owner="test")

    def sweep(self, minutes: int) -> None:
        """What the worker does once a minute."""
        for _ in range(minutes):
            self.now += timedelta(minutes=1)
            self.deliver()

    def trouble(self) -> mail_trouble.MailTrouble | None:
        with self.factory() as session:
            return mail_trouble.trouble(session, self.settings)


def arrived(server: MailServer) -> Counter[bytes]:
    return Counter(server.inbox.bodies)


def test_thirty_minutes_without_a_server_delay_mails_and_nothing_else(
    factory: sessionmaker[Session], settings: Settings
) -> None:
    with running() as gone:
        url = gone.url()
    post = Post(factory, settings, url)
    post.sweep(30)
    alert = post.trouble()
    assert alert is not None
    assert (alert.kind, alert.since) == ("unreachable", NOW + timedelta(minutes=1))
    assert states(factory) == ["queued"] * MAILS
    with running() as back:
        post.settings = replace(post.settings, mail_url=back.url())
        post.sweep(60)
        assert sorted(arrived(back).values()) == [1] * MAILS
    assert states(factory) == ["sent"] * MAILS
    assert post.trouble() is None


def test_mute_server_delays_mails_and_no_page(
    factory: sessionmaker[Session], settings: Settings
) -> None:
    with running({"ehlo": HANG}) as server:
        post = Post(factory, settings, server.url(**QUICK))
        post.deliver()
        assert set(states(factory)) == {"queued"}
        assert post.trouble() is not None
        began = time.monotonic()
        with factory.begin() as session:  # as a page does it
            letter(session, post.desk)
        assert time.monotonic() - began < QUICK["connect_timeout"]
        server.faults.clear()
        post.sweep(10)
        assert sorted(arrived(server).values()) == [1] * (MAILS + 1)
    assert post.trouble() is None


def test_server_that_hangs_after_the_dot_gets_only_calendar_mails_again(
    factory: sessionmaker[Session], settings: Settings
) -> None:
    with running({"dot": HANG}) as server:
        post = Post(factory, settings, server.url(**QUICK))
        post.deliver()
        server.faults.clear()
        post.sweep(10)
        copies = arrived(server)
    for row in rows(factory):
        (raw,) = [raw for raw in copies if row.message_id.encode() in raw]
        expected = (2, "sent") if row.method else (1, "uncertain")
        assert (copies[raw], row.state.value) == expected
