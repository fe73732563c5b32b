"""Delivery: takes what is due from the outbox to the mail server, several mails at a time.

No transaction is open while a server is talked to. Whatever happens to this process, each mail
is afterwards queued, claimed under a lease that runs out, or its fate is written down.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from email.parser import BytesHeaderParser

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker
from ulid import ULID

from matchmaker.clock import Clock
from matchmaker.config import Settings
from matchmaker.mail import transport as smtp
from matchmaker.mail.outcome import (
    AuthenticationRefused,
    Outcome,
    TemporaryFailure,
    Unknown,
    Unreachable,
)
from matchmaker.models import OutboxMessage
from matchmaker.models.states import WAITING_MAILS, OutboxState
from matchmaker.services.desk import Desk
from matchmaker.services.sending import mail_trouble, outbox_claims, sent_mail
from matchmaker.services.sending.outbox_claims import Claim, LostClaim

LANES = 4
HEARTBEAT_SECONDS = outbox_claims.LEASE.total_seconds() / 3

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """What one run did. `left` mails still wait; `stopped` says why the run ended early."""

    sent: int = 0
    retried: int = 0
    dead: int = 0
    uncertain: int = 0
    left: int = 0
    stopped: str = ""


def deliver_due(
    factory: sessionmaker[Session],
    settings: Settings,
    clock: Clock,
    *,
    owner: str,
    transport: smtp.Transport | None = None,
    limit: int | None = None,
    lanes: int = LANES,
    stop: threading.Event | None = None,
) -> DeliveryReport:
    """Send what is due, at most `limit` mails, over up to `lanes` connections at once.

    Once `stop` is set, the mails in hand are finished and no other is taken.

    `owner` names the process in the rows that it holds. Without a mail server the mails stay
    queued; in demo mode they are marked sent and never leave the machine. Commits.
    """
    with factory.begin() as session:
        outbox_claims.recover(session, clock())
        # Here, too: the last mail of a round may have been dropped by a person meanwhile.
        sent_mail.mark_sent_rounds(session, Desk(settings, clock()))
        due = _due(session, clock)
        hindrance = "" if transport else mail_trouble.hindrance(session, settings, clock())
    if hindrance or not due:
        return DeliveryReport(left=_left(factory), stopped=hindrance)
    way = transport or smtp.transport_from_url(None if settings.demo else settings.mail_url)
    run = _Run(factory, settings, clock, f"{owner[:36]}:{ULID()}", way, limit, stop=stop)
    with run.heartbeat():
        run.lanes(min(lanes, due))
    trouble = None if run.tally["sent"] else run.trouble
    with factory.begin() as session:
        if trouble is not None:
            mail_trouble.note(session, settings, clock(), trouble)
        elif run.tally:
            mail_trouble.end(session)
        sent_mail.mark_sent_rounds(session, Desk(settings, clock()))
    stopped = trouble.reason if trouble else ""
    return DeliveryReport(**run.tally, left=_left(factory), stopped=stopped)


@dataclass(slots=True)
class _Run:
    """One call of `deliver_due`; its lanes share the tally, the limit and the wish to stop."""

    factory: sessionmaker[Session]
    settings: Settings
    clock: Clock
    owner: str
    transport: smtp.Transport
    limit: int | None
    stop: threading.Event | None = None
    tally: Counter[str] = field(default_factory=Counter)
    trouble: Unreachable | AuthenticationRefused | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)
    writing: threading.Lock = field(default_factory=threading.Lock)
    ended: threading.Event = field(default_factory=threading.Event)

    def lanes(self, number: int) -> None:
        if number == 1:
            self.lane()
            return
        with ThreadPoolExecutor(number, thread_name_prefix="mail") as pool:
            for lane in [pool.submit(self.lane) for _ in range(number)]:
                lane.result()

    def lane(self) -> None:
        """One connection: mail after mail, each settled in the transaction that takes the next."""
        claimed = self._turn(None, None)
        if claimed is None:
            return
        with self.transport.session() as connection:
            while claimed is not None:
                outcome = self._send(connection, claimed)
                claimed = self._turn(claimed, outcome)

    @contextmanager
    def heartbeat(self) -> Iterator[None]:
        """Keep the leases of this run alive while a server is slow, even if a beat fails."""
        over = threading.Event()

        def beat() -> None:
            while not over.wait(HEARTBEAT_SECONDS):
                try:
                    with self.transaction() as session:
                        outbox_claims.renew(session, self.owner, self.clock())
                except SQLAlchemyError as error:
                    log.warning("the leases of the mails in hand were not renewed: %s", error)

        thread = threading.Thread(target=beat, name="mail-heartbeat", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One lane at a time: SQLite would let the others sleep far longer than this takes."""
        with self.writing, self.factory.begin() as session:
            yield session

    def _send(self, connection: smtp.Session, claimed: Claim) -> Outcome | None:
        """None if the mail was no longer ours and has not been sent."""
        reached = threading.Event()

        def before_dot() -> None:
            with self.transaction() as session:
                outbox_claims.mark_dot(session, claimed, self.clock())
            reached.set()

        try:
            sender = envelope_sender(claimed.body)
            return connection.send(sender, claimed.recipient, claimed.body, before_dot)
        except LostClaim:
            return None
        except Exception as error:  # one broken mail must not keep all others from leaving
            reason = f"{type(error).__name__}: {error}"
            return Unknown(reason) if reached.is_set() else TemporaryFailure(reason)

    def _turn(self, done: Claim | None, outcome: Outcome | None) -> Claim | None:
        """Write down what became of one mail and take the next."""
        with self.transaction() as session:
            if done is not None and outcome is not None:
                self._settle(session, done, outcome)
            if not self._goes_on(outcome):
                return None
            claimed = outbox_claims.claim(session, self.clock(), self.owner)
        if claimed is None:
            self._give_back()
        return claimed

    def _settle(self, session: Session, done: Claim, outcome: Outcome) -> None:
        state = outbox_claims.settle(session, done, outcome, self.clock())
        if state is OutboxState.SENT:
            sent_mail.note(session, Desk(self.settings, self.clock()), done)
        if state in _COUNTED:
            self._count(_COUNTED[state])
        if isinstance(outcome, Unreachable | AuthenticationRefused):
            self.trouble = outcome

    def _goes_on(self, outcome: Outcome | None) -> bool:
        """Whether this lane may take another mail; counts it against the limit."""
        if isinstance(outcome, AuthenticationRefused):
            self.ended.set()
        if self.ended.is_set() or isinstance(outcome, Unreachable):
            return False
        if self.stop is not None and self.stop.is_set():
            return False
        with self.lock:
            if self.limit is None:
                return True
            self.limit -= 1
            return self.limit >= 0

    def _give_back(self) -> None:
        with self.lock:
            if self.limit is not None:
                self.limit += 1

    def _count(self, word: str) -> None:
        with self.lock:
            self.tally[word] += 1


_COUNTED = {
    OutboxState.SENT: "sent",
    OutboxState.QUEUED: "retried",
    OutboxState.DEAD: "dead",
    OutboxState.UNCERTAIN: "uncertain",
}


def envelope_sender(body: bytes) -> str:
    """The address in From: a calendar program compares it with ORGANIZER and with the envelope."""
    header = BytesHeaderParser(policy=policy.SMTP).parsebytes(body)["From"]
    return str(header.addresses[0].addr_spec)


def _due(session: Session, clock: Clock) -> int:
    waiting = select(func.count()).where(
        OutboxMessage.state == OutboxState.QUEUED, OutboxMessage.due_at <= clock()
    )
    return session.scalar(waiting) or 0


def _left(factory: sessionmaker[Session]) -> int:
    waiting = select(func.count()).where(OutboxMessage.state.in_(WAITING_MAILS))
    with factory() as session:
        return session.scalar(waiting) or 0
