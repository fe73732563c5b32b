"""What becomes of a mail, outcome by outcome. The mail server is scripted; the database is real."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.config import Settings
from matchmaker.mail.outcome import (
    Delivered,
    Outcome,
    PermanentFailure,
    TemporaryFailure,
    Unknown,
    Unreachable,
)
from matchmaker.mail.transport import BeforeDot
from matchmaker.models import OutboxMessage
from matchmaker.models.states import MailPriority, OutboxState
from matchmaker.services.desk import Desk
from matchmaker.services.sending import delivery
from matchmaker.services.sending.outbox import DeliveryReport, deliver_due
from tests.conftest import NOW
from tests.services.letters import Scripted, letter, rows, states
from tests.support.waiting import until

MINUTES = timedelta(minutes=1)
DROPPED = TemporaryFailure("451 try again later")


class Hands:
    """A worker at a time that the test sets."""

    def __init__(self, factory: sessionmaker[Session], settings: Settings) -> None:
        self.factory, self.settings, self.now = factory, settings, NOW

    def deliver(self, transport: object | None = None, **options: object) -> DeliveryReport:
        options = {"owner": "test", "lanes": 1, **options}
        return deliver_due(
            self.factory,
            self.settings,
            lambda: self.now,
            transport=transport,  # type: ignore[arg-type]  # fakes and None
            **options,  # type: ignore[arg-type]
        )

    def queue(self, number: int = 1, **facts: object) -> None:
        with self.factory.begin() as session:
            for _ in range(number):
                letter(session, Desk(self.settings, self.now), **facts)  # type: ignore[arg-type]

    def the_row(self) -> OutboxMessage:
        return rows(self.factory)[0]


@pytest.fixture
def hands(factory: sessionmaker[Session], settings: Settings) -> Hands:
    return Hands(factory, settings)


def test_delivered_mail_is_sent_with_its_stored_bytes(hands: Hands) -> None:
    hands.queue()
    server = Scripted()
    assert hands.deliver(server) == DeliveryReport(sent=1)
    row = hands.the_row()
    with hands.factory() as session:
        body = session.get_one(OutboxMessage, row.id).body
    assert server.sent == [("planung@arbeitsmarkt.example", "amina@verein.example", body)]
    assert (row.state, row.sent_at, row.attempts, row.last_error, row.lease_owner) == (
        OutboxState.SENT,
        NOW,
        1,
        "",
        None,
    )


def test_sent_mail_is_never_sent_again(hands: Hands) -> None:
    hands.queue()
    server = Scripted()
    hands.deliver(server)
    assert hands.deliver(server) == DeliveryReport()
    assert len(server.sent) == 1


def test_mail_of_the_future_waits(hands: Hands) -> None:
    hands.queue(due_at=NOW + 5 * MINUTES)
    assert hands.deliver(Scripted()) == DeliveryReport(left=1)
    hands.now += 5 * MINUTES
    assert hands.deliver(Scripted()) == DeliveryReport(sent=1)


def test_temporary_failures_are_retried_ever_more_rarely_for_five_days(hands: Hands) -> None:
    hands.queue()
    waited = []
    while hands.the_row().state is OutboxState.QUEUED:
        hands.now = hands.the_row().due_at
        assert hands.deliver(Scripted(DROPPED)).sent == 0
        waited.append((hands.the_row().due_at - hands.now) / MINUTES)
    assert waited[:7] == [1, 5, 15, 60, 180, 360, 360]
    assert hands.the_row().state is OutboxState.DEAD
    assert hands.the_row().last_error == "451 try again later"
    assert timedelta(days=4, hours=18) <= hands.now - NOW <= timedelta(days=5)


def test_refused_mail_is_dead_at_once(hands: Hands) -> None:
    hands.queue()
    report = hands.deliver(Scripted(PermanentFailure("550 no such user")))
    assert report == DeliveryReport(dead=1)
    assert (hands.the_row().state, hands.the_row().last_error) == (
        OutboxState.DEAD,
        "550 no such user",
    )


def test_silence_after_the_dot_sends_calendar_mail_once_more(hands: Hands) -> None:
    hands.queue(method="REQUEST", order_key="inv-1@x")
    server = Scripted(Unknown("silence"), Unknown("silence"))
    assert hands.deliver(server) == DeliveryReport(retried=1, left=1)
    hands.now = hands.the_row().due_at
    assert hands.deliver(server) == DeliveryReport(uncertain=1)
    assert hands.the_row().state is OutboxState.UNCERTAIN
    first, second = server.sent
    assert first == second


def test_silence_after_the_dot_holds_every_other_mail_for_a_person(hands: Hands) -> None:
    hands.queue()
    server = Scripted(Unknown("silence"))
    assert hands.deliver(server) == DeliveryReport(uncertain=1)
    hands.now += timedelta(days=2)
    assert hands.deliver(server) == DeliveryReport()
    assert len(server.sent) == 1


@pytest.mark.parametrize("clear", [TemporaryFailure("451 greylisted"), TemporaryFailure("421 bye")])
def test_clear_no_after_the_dot_is_no_silence(hands: Hands, clear: Outcome) -> None:
    hands.queue(method="REQUEST", order_key="inv-1@x")
    server = Scripted(after_dot=[clear, Unknown("silence"), clear, Unknown("silence")])
    for expected in ("queued", "queued", "queued", "uncertain"):
        hands.now = hands.the_row().due_at
        hands.deliver(server)
        assert states(hands.factory) == [expected]
    assert hands.the_row().dots == 2  # the two that nobody answered


def test_clear_never_after_the_dot_explains_no_copy(hands: Hands) -> None:
    hands.queue(method="REQUEST", order_key="inv-1@x")
    hands.deliver(Scripted(after_dot=[PermanentFailure("554 refused")]))
    row = hands.the_row()
    assert (row.state, row.dots, row.dot_at) == (OutboxState.DEAD, 0, None)


def test_unreachable_server_ends_the_run_after_one_mail(hands: Hands) -> None:
    hands.queue(3)
    report = hands.deliver(Scripted(Unreachable("no connection")))
    assert report == DeliveryReport(retried=1, left=3, stopped="no connection")
    assert [row.attempts for row in rows(hands.factory)] == [1, 0, 0]
    assert hands.deliver(Scripted()) == DeliveryReport(sent=2, left=1)


def test_one_broken_mail_keeps_no_other_from_leaving(hands: Hands) -> None:
    hands.queue(2)
    report = hands.deliver(Scripted(RuntimeError("a bug")))
    assert report == DeliveryReport(sent=1, retried=1, left=1)
    assert hands.the_row().last_error == "RuntimeError: a bug"


def test_limit_counts_mails(hands: Hands) -> None:
    hands.queue(5)
    assert hands.deliver(Scripted(), limit=2) == DeliveryReport(sent=2, left=3)
    assert hands.deliver(Scripted(), limit=9) == DeliveryReport(sent=3)


def test_later_mail_of_an_invitation_waits_for_the_earlier(hands: Hands) -> None:
    hands.queue(method="REQUEST", order_key="inv-1@x")
    hands.queue(method="CANCEL", order_key="inv-1@x")
    hands.queue(order_key="inv-2@x")
    assert hands.deliver(Scripted(DROPPED)) == DeliveryReport(sent=1, retried=1, left=2)
    assert states(hands.factory) == ["queued", "queued", "sent"]
    hands.now += MINUTES
    server = Scripted()
    assert hands.deliver(server) == DeliveryReport(sent=2)
    assert [b'method="REQUEST"' in raw for _, _, raw in server.sent] == [True, False]


def test_later_mail_leaves_when_the_earlier_can_never(hands: Hands) -> None:
    hands.queue(2, order_key="inv-1@x")
    report = hands.deliver(Scripted(PermanentFailure("550 no")))
    assert report == DeliveryReport(sent=1, dead=1)


@pytest.mark.parametrize(
    ("method", "dots", "dot", "expected"),
    [
        (None, 0, False, "sent"),
        ("REQUEST", 0, False, "sent"),
        ("REQUEST", 1, True, "sent"),
        ("REQUEST", 2, True, "uncertain"),
        (None, 1, True, "uncertain"),
    ],
)
def test_mail_of_a_dead_worker_is_taken_up_by_what_is_known_of_it(
    hands: Hands, method: str | None, dots: int, dot: bool, expected: str
) -> None:
    hands.queue(method=method)
    _claim_elsewhere(hands, dots=dots, dot_at=NOW if dot else None)
    assert hands.deliver(Scripted()) == DeliveryReport(left=1)  # the lease still runs
    hands.now += MINUTES
    hands.deliver(Scripted())
    assert states(hands.factory) == [expected]


def _claim_elsewhere(hands: Hands, **values: object) -> None:
    with hands.factory.begin() as session:
        session.execute(
            update(OutboxMessage).values(
                state=OutboxState.SENDING,
                lease_owner="another",
                lease_until=hands.now + timedelta(seconds=30),
                attempts=1,
                **values,
            )
        )


class _Slow(Scripted):
    """Before the dot, `meanwhile` happens."""

    def __init__(self, meanwhile: object) -> None:
        super().__init__()
        self.meanwhile = meanwhile

    def send(self, sender: str, recipient: str, raw: bytes, before_dot: BeforeDot) -> Outcome:
        self.meanwhile()  # type: ignore[operator]
        return super().send(sender, recipient, raw, before_dot)


def test_slow_worker_does_not_finish_what_another_has_taken_over(hands: Hands) -> None:
    hands.queue()
    fast = Scripted()

    def taken_over() -> None:
        hands.now += MINUTES
        assert hands.deliver(fast) == DeliveryReport(sent=1)

    slow = _Slow(taken_over)
    assert hands.deliver(slow) == DeliveryReport()
    assert (len(fast.sent), len(slow.sent)) == (1, 0)
    assert states(hands.factory) == ["sent"]


class _Answering(Scripted):
    """The server takes the mail; before that is written down, `meanwhile` happens."""

    def __init__(self, meanwhile: object) -> None:
        super().__init__()
        self.meanwhile = meanwhile

    def send(self, sender: str, recipient: str, raw: bytes, before_dot: BeforeDot) -> Outcome:
        outcome = super().send(sender, recipient, raw, before_dot)
        self.meanwhile()  # type: ignore[operator]
        return outcome


def test_late_good_news_is_believed(hands: Hands) -> None:
    hands.queue()

    def given_up() -> None:
        hands.now += MINUTES
        hands.deliver(Scripted())
        assert states(hands.factory) == ["uncertain"]

    hands.deliver(_Answering(given_up))
    assert states(hands.factory) == ["sent"]


def test_no_transaction_is_open_while_the_server_is_talked_to(hands: Hands) -> None:
    hands.queue(2)

    def somebody_writes() -> None:
        with hands.factory.begin() as session:
            session.execute(update(OutboxMessage).values(subject="changed"))

    assert hands.deliver(_Slow(somebody_writes)) == DeliveryReport(sent=2)


class _Counting(Scripted):
    """Says how many sessions were open at once."""

    def __init__(self) -> None:
        super().__init__()
        self.open, self.most, self.lock = 0, 0, threading.Lock()
        self.met = threading.Barrier(2, timeout=20)

    @contextmanager
    def session(self) -> Iterator[Scripted]:
        with self.lock:
            self.open += 1
            self.most = max(self.most, self.open)
        self.met.wait()
        yield self
        with self.lock:
            self.open -= 1


def test_two_connections_share_the_mails(hands: Hands) -> None:
    hands.queue(20)
    server = _Counting()
    assert hands.deliver(server, lanes=2) == DeliveryReport(sent=20)
    assert server.most == 2
    assert len({raw for _, _, raw in server.sent}) == len(server.sent) == 20


def test_two_workers_send_each_mail_once(hands: Hands) -> None:
    hands.queue(30)
    server, reports = Scripted(), []
    workers = [
        threading.Thread(target=lambda: reports.append(hands.deliver(server, lanes=3)))
        for _ in range(2)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(report.sent for report in reports) == 30
    assert len({raw for _, _, raw in server.sent}) == len(server.sent) == 30


def test_stop_lets_the_mail_in_hand_be_finished(hands: Hands) -> None:
    hands.queue(3)
    stop = threading.Event()
    way = _Slow(stop.set)
    with delivery.Postman(
        hands.factory, hands.settings, lambda: NOW, owner="test", transport=way, most=1, stop=stop
    ) as postman:
        assert postman.deliver() == DeliveryReport(sent=1, left=2)


def test_without_a_server_mails_wait_with_a_reason(hands: Hands) -> None:
    hands.queue()
    report = hands.deliver()
    assert (report.sent, report.left) == (0, 1)
    assert "MATCHMAKER_MAIL_URL" in report.stopped
    assert hands.the_row().attempts == 0


def test_demo_mode_keeps_mails_on_the_machine_and_marks_them_sent(hands: Hands) -> None:
    hands.queue(2)
    hands.settings = replace(hands.settings, demo=True, mail_url="smtp://mail.invalid:1")
    assert hands.deliver() == DeliveryReport(sent=2)


def test_naive_clock_cannot_slip_in(hands: Hands) -> None:
    hands.queue()
    hands.now = datetime(2027, 1, 1)  # noqa: DTZ001  # that is the fault
    with pytest.raises(Exception, match="time zone"):
        hands.deliver(Scripted(Delivered()))


class _Faltering(sessionmaker[Session]):
    """A database that refuses the first two signs of life."""

    beats = 0

    def begin(self) -> AbstractContextManager[Session]:
        if threading.current_thread().name == "mail-heartbeat":
            self.beats += 1
            if self.beats <= 2:
                raise OperationalError("UPDATE outbox", {}, Exception("database is locked"))
        return super().begin()


def test_lease_is_renewed_although_a_beat_has_failed(
    factory: sessionmaker[Session], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "HEARTBEAT_SECONDS", 0.01)
    faltering = _Faltering(**factory.kw)
    hands = Hands(faltering, settings)
    hands.queue()

    class Slow(Scripted):
        def send(self, sender: str, recipient: str, raw: bytes, before_dot: BeforeDot) -> Outcome:
            until("a beat after the failed ones", lambda: faltering.beats > 3)
            return super().send(sender, recipient, raw, before_dot)

    assert hands.deliver(Slow()).sent == 1


def test_sign_in_mail_overtakes_all_that_wait(hands: Hands) -> None:
    hands.queue(3)
    hands.queue(recipient="now@x.example", priority=MailPriority.AT_ONCE)
    hands.queue(recipient="later@x.example", due_at=NOW - MINUTES, priority=MailPriority.LATER)
    server = Scripted()
    hands.deliver(server)
    recipients = [recipient for _, recipient, _ in server.sent]
    assert (recipients[0], recipients[-1]) == ("now@x.example", "later@x.example")
