"""Delivery: takes what is due from the outbox to the mail server, several mails at a time.

No transaction is open while a server is talked to. Whatever happens to this process, each mail
is afterwards queued, claimed under a lease that runs out, or its fate is written down.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from dataclasses import dataclass
from typing import Self

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker
from ulid import ULID

from matchmaker.clock import Clock
from matchmaker.config import Settings
from matchmaker.database import only_reads
from matchmaker.mail import transport as smtp
from matchmaker.mail.outcome import Outcome, SettingsRefused, Unreachable
from matchmaker.models import OutboxMessage
from matchmaker.models.states import WAITING_MAILS, OutboxState
from matchmaker.services.desk import Desk
from matchmaker.services.sending import holding, mail_trouble, outbox_claims, sent_mail
from matchmaker.services.sending.lane import Lane
from matchmaker.services.sending.ledger import Ledger
from matchmaker.services.sending.outbox_claims import Claim

LANES = 4
MOST_HUNG = 8
"""So many connections may hang beside the lanes: it is the server then that does not work."""
HUNG_AFTER = 5.0
"""Seconds without a word from the server after which a lane keeps nobody else waiting."""
FAREWELL_SECONDS = 15.0
LOOK_SECONDS = 0.5
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
) -> DeliveryReport:
    """Send what is due, at most `limit` mails, and wait for what hangs; see `Postman`."""
    with Postman(
        factory, settings, clock, owner=owner, transport=transport, limit=limit, most=lanes
    ) as postman:
        return postman.deliver(to_the_end=True)


class Postman:
    """Sends over up to `most` connections at once; others take the place of those that hang.

    `owner` names the process in the rows that it holds. Without a mail server the mails stay
    queued; in demo mode they are marked sent and never leave the machine. Once `stop` is set, the
    mails in hand are finished and no other is taken. Commits.
    """

    def __init__(
        self,
        factory: sessionmaker[Session],
        settings: Settings,
        clock: Clock,
        *,
        owner: str,
        transport: smtp.Transport | None = None,
        limit: int | None = None,
        most: int = LANES,
        stop: threading.Event | None = None,
    ) -> None:
        self.factory, self.settings, self.clock = factory, settings, clock
        self.transport, self.limit, self.most = transport, limit, most
        self.stop = stop or threading.Event()
        self.ledger = Ledger(factory, settings, clock, f"{owner[:36]}:{ULID()}")
        self._lanes: set[Lane] = set()
        self._tally: Counter[str] = Counter()
        self._trouble: Unreachable | SettingsRefused | None = None
        self._refused = self._unreachable = False
        self._error: BaseException | None = None
        self._changed = threading.Condition()
        self._over = threading.Event()
        self._heart = threading.Thread(target=self._beat, name="mail-heartbeat", daemon=True)

    def __enter__(self) -> Self:
        self._heart.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Wait a little for what hangs; what is left then, its lease gives to somebody else."""
        with self._changed:
            self._changed.wait_for(lambda: not self._sending(), FAREWELL_SECONDS)
        self._over.set()
        self._heart.join()

    @property
    def lanes(self) -> int:
        """How many connections there are, also those that hang."""
        with self._changed:
            return len(self._lanes)

    def deliver(self, *, to_the_end: bool = False) -> DeliveryReport:
        """Send what is due. What hangs is left to itself, unless it is `to_the_end`.

        The report counts what has become known since the one before.
        """
        hindrance = self._prepare()
        if not hindrance:
            way = self.transport
            url = None if self.settings.demo else self.settings.mail_url
            self._send_all(way or smtp.transport_from_url(url), to_the_end=to_the_end)
        return self._report(hindrance)

    def _prepare(self) -> str:
        with self.factory.begin() as session:
            outbox_claims.recover(session, self.clock())
            outbox_claims.skip_useless(session, self.clock())
            # Here, too: the last mail of a round may have been dropped by a person meanwhile.
            sent_mail.mark_sent_rounds(session, Desk(self.settings, self.clock()))
            self._refused = self._unreachable = False
            if self.transport:
                return ""
            return mail_trouble.hindrance(session, self.settings, self.clock())

    def _send_all(self, way: smtp.Transport, *, to_the_end: bool) -> None:
        while True:
            opened = self._open_lanes(way)
            with self._changed:
                lively = self._lively()
                if not opened and not lively and not (to_the_end and self._sending()):
                    return
                self._changed.wait(min(LOOK_SECONDS, HUNG_AFTER))

    def _open_lanes(self, way: smtp.Transport) -> int:
        """Open as many as there are mails for, and may be."""
        with self._changed:
            free = min(self.most - self._lively(), self.most + MOST_HUNG - len(self._lanes))
        if free <= 0 or not self._goes_on() or self._unreachable:
            return 0
        due = self._due(free)
        with self._changed:
            lanes = [Lane(self.ledger, self._turn, way) for _ in range(due)]
            self._lanes.update(lanes)
        for lane in lanes:
            threading.Thread(target=self._run, args=(lane,), name="mail", daemon=True).start()
        return due

    def _due(self, most: int) -> int:
        before = only_reads.set(True)
        try:
            with self.factory() as session:
                return outbox_claims.waiting(session, self.clock(), most)
        finally:
            only_reads.reset(before)

    def _run(self, lane: Lane) -> None:
        try:
            lane.run()
        except BaseException as error:  # raised by the run that looks next
            self._error = error
        finally:
            with self._changed:
                self._lanes.discard(lane)
                self._changed.notify_all()

    def _turn(self, lane: Lane, done: Claim | None, outcome: Outcome | None) -> Claim | None:
        while True:
            wants = self._may_take_another(lane, outcome)
            following = self.ledger.turn(done, outcome, wants=wants)
            with self._changed:
                if following.state in _COUNTED:
                    self._tally[_COUNTED[following.state]] += 1
                if wants and following.claimed is None and self.limit is not None:
                    self.limit += 1
            if not following.pause or self.stop.wait(following.pause):
                return following.claimed
            done = outcome = None

    def _may_take_another(self, lane: Lane, outcome: Outcome | None) -> bool:
        """Whether this lane goes on; if so, one more is counted against the limit."""
        with self._changed:
            if isinstance(outcome, Unreachable | SettingsRefused):
                self._trouble = outcome
                self._refused |= isinstance(outcome, SettingsRefused)
                self._unreachable = True
                return False
            # One that hung may find its place taken.
            if not self._goes_on() or self._lively(beside=lane) >= self.most:
                return False
            if self.limit is not None:
                self.limit -= 1
            return True

    def _goes_on(self) -> bool:
        return not (self._refused or self.stop.is_set() or self.limit == 0)

    def _lively(self, beside: Lane | None = None) -> int:
        return sum(lane is not beside and not lane.hangs(HUNG_AFTER) for lane in self._lanes)

    def _sending(self) -> bool:
        return any(not lane.leaving for lane in self._lanes)

    def _report(self, hindrance: str) -> DeliveryReport:
        with self._changed:
            tally, self._tally = self._tally, Counter()
            trouble, self._trouble = self._trouble, None
            error, self._error = self._error, None
        if error is not None:
            raise error
        if tally["sent"]:
            trouble = None
        with self.factory.begin() as session:
            if trouble is not None:
                mail_trouble.note(session, self.settings, self.clock(), trouble)
            elif tally:
                mail_trouble.end(session)
            sent_mail.mark_sent_rounds(session, Desk(self.settings, self.clock()))
            left = _left(session)
            held = mail_trouble.HELD if holding.held(session) else ""
        stopped = trouble.reason if trouble else hindrance or held
        return DeliveryReport(**tally, left=left, stopped=stopped)

    def _beat(self) -> None:
        """Keep the leases alive while a server is slow, even if a beat fails."""
        while not self._over.wait(HEARTBEAT_SECONDS):
            if not self.lanes:
                continue
            try:
                self.ledger.live_on()
            except SQLAlchemyError as error:
                log.warning("the leases of the mails in hand were not renewed: %s", error)


_COUNTED = {
    OutboxState.SENT: "sent",
    OutboxState.QUEUED: "retried",
    OutboxState.DEAD: "dead",
    OutboxState.UNCERTAIN: "uncertain",
}


def _left(session: Session) -> int:
    waiting = select(func.count()).where(OutboxMessage.state.in_(WAITING_MAILS))
    return session.scalar(waiting) or 0
