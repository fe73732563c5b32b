"""A mail that hangs keeps no other from leaving, also one that comes later."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.config import Settings
from matchmaker.mail.outcome import Outcome, Unknown, Unreachable
from matchmaker.mail.transport import BeforeDot
from matchmaker.models import Setting
from matchmaker.services.desk import Desk
from matchmaker.services.sending import delivery, mail_trouble
from matchmaker.services.sending.delivery import DeliveryReport, Postman, deliver_due
from tests.conftest import NOW
from tests.services.letters import Scripted, letter, states
from tests.support.waiting import until

HANGS = "hangs@verein.example"


class _Hanging(Scripted):
    """Says nothing to mails for HANGS until it is let go; then `outcome`."""

    def __init__(self, outcome: Outcome | None = None) -> None:
        super().__init__()
        self.outcome = outcome
        self.let_go, self.lock, self.hanging = threading.Event(), threading.Lock(), 0

    def send(self, sender: str, recipient: str, raw: bytes, before_dot: BeforeDot) -> Outcome:
        if recipient == HANGS:
            with self.lock:
                self.hanging += 1
            assert self.let_go.wait(60)
            if self.outcome is not None:
                return self.outcome
        return super().send(sender, recipient, raw, before_dot)


class Post:
    def __init__(self, factory: sessionmaker[Session], settings: Settings) -> None:
        self.factory, self.settings, self.server = factory, settings, _Hanging()

    def queue(self, recipient: str, number: int = 1, **facts: object) -> None:
        with self.factory.begin() as session:
            for _ in range(number):
                letter(session, Desk(self.settings, NOW), recipient=recipient, **facts)  # type: ignore[arg-type]

    @contextmanager
    def man(self, **options: object) -> Iterator[Postman]:
        man = Postman(
            self.factory,
            self.settings,
            lambda: NOW,
            owner="test",
            transport=self.server,
            **options,  # type: ignore[arg-type]
        )
        with man:
            try:
                yield man
            finally:
                self.server.let_go.set()
        until("the hanging lanes to end", lambda: man.lanes == 0)


@pytest.fixture
def post(
    factory: sessionmaker[Session], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Post:
    monkeypatch.setattr(delivery, "HUNG_AFTER", 0.05)
    return Post(factory, settings)


def test_what_comes_while_a_mail_hangs_leaves_at_once(post: Post) -> None:
    post.queue(HANGS)
    with post.man() as man:
        assert man.deliver() == DeliveryReport(left=1)
        post.queue("other@verein.example", 3)
        assert man.deliver() == DeliveryReport(sent=3, left=1)
        post.server.let_go.set()
        until("the hanging mail to leave", lambda: states(post.factory) == ["sent"] * 4)


def test_more_mails_hang_than_there_are_lanes(post: Post) -> None:
    post.queue(HANGS, 6)
    post.queue("other@verein.example", 10)
    with post.man(most=2) as man:
        assert man.deliver() == DeliveryReport(sent=10, left=6)
        assert post.server.hanging == 6


def test_connections_to_a_server_that_says_nothing_at_all_are_few(post: Post) -> None:
    post.queue(HANGS, 30)
    with post.man(most=2) as man:
        man.deliver()
        assert man.lanes == post.server.hanging == delivery.MOST_HUNG + 2
        man.deliver()
        assert post.server.hanging == delivery.MOST_HUNG + 2


def test_run_to_the_end_waits_for_what_hangs(post: Post) -> None:
    post.queue(HANGS)
    post.queue("other@verein.example", 5)
    reports = []

    def run() -> None:
        reports.append(
            deliver_due(
                post.factory,
                post.settings,
                lambda: NOW,
                owner="test",
                transport=post.server,
                lanes=1,
            )
        )

    thread = threading.Thread(target=run)
    thread.start()
    until("the others to leave", lambda: states(post.factory).count("sent") == 5)
    assert thread.is_alive()
    post.server.let_go.set()
    thread.join(60)
    assert reports == [DeliveryReport(sent=6)]


def test_what_became_of_it_is_told_by_the_next_run(post: Post) -> None:
    post.server.outcome = Unreachable("no connection")
    post.queue(HANGS)
    with post.man() as man:
        assert man.deliver() == DeliveryReport(left=1)
        post.server.let_go.set()
        until("the hanging lane to end", lambda: man.lanes == 0)
        assert man.deliver() == DeliveryReport(retried=1, left=1, stopped="no connection")
    with post.factory() as session:
        assert session.get(Setting, mail_trouble.KEY) is not None


def test_mails_of_dead_workers_are_found_while_a_mail_hangs(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock of the leases is its own: no run has to begin for it."""
    found = threading.Event()
    monkeypatch.setattr(delivery, "HEARTBEAT_SECONDS", 0.02)
    recover = delivery.outbox_claims.recover
    monkeypatch.setattr(
        delivery.outbox_claims,
        "recover",
        lambda session, now: (
            found.set() if threading.current_thread().name == "mail-heartbeat" else None,
            recover(session, now),
        )[1],
    )
    post.queue(HANGS)
    with post.man() as man:
        man.deliver()
        assert found.wait(60)


def test_lane_that_comes_back_goes_on_with_what_is_due(post: Post) -> None:
    post.server.outcome = Unknown("silence")
    post.queue(HANGS, order_key="inv-1@x", method="REQUEST")
    post.queue("other@verein.example", order_key="inv-1@x")
    with post.man() as man:
        assert man.deliver() == DeliveryReport(left=2)
        post.server.outcome = None
        post.server.let_go.set()
        until("both to leave in order", lambda: states(post.factory) == ["sent", "sent"])
