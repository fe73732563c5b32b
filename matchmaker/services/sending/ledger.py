"""What the lanes of a worker write about mails: all that is waiting to be written, at once.

A commit costs a write to the disk however much it holds. While one lane commits, the others come
with theirs, and the next of them commits for all. If that fails, each stands or falls alone.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.clock import Clock
from matchmaker.config import Settings
from matchmaker.mail.outcome import Outcome
from matchmaker.models.states import OutboxState
from matchmaker.services.desk import Desk
from matchmaker.services.sending import outbox_claims, pace, sent_mail
from matchmaker.services.sending.outbox_claims import Claim, LostClaim


@dataclass(slots=True, eq=False)
class _Entry:
    """Something to write: a `dot` about to be sent, or what became of `done` and the next mail.

    The answer is below `written`. `pause`: seconds after which there may be a mail after all.
    """

    dot: Claim | None = None
    done: Claim | None = None
    outcome: Outcome | None = None
    wants: bool = False
    written: bool = False
    error: Exception | None = None
    state: OutboxState | None = None
    claimed: Claim | None = None
    pause: float = 0.0
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Next:
    """`state` is None for a mail that was no longer ours or has no outcome.

    Without a mail, `pause` says in how many seconds to ask again, 0 if nothing may leave.
    """

    state: OutboxState | None
    claimed: Claim | None
    pause: float


@dataclass(slots=True)
class Ledger:
    """Short transactions, one at a time: SQLite would let the others sleep far longer."""

    factory: sessionmaker[Session]
    settings: Settings
    clock: Clock
    owner: str
    _waiting: list[_Entry] = field(default_factory=list)
    _adding: threading.Lock = field(default_factory=threading.Lock)
    _writing: threading.Lock = field(default_factory=threading.Lock)

    def mark(self, claimed: Claim) -> None:
        """Note that the final dot follows. Raises LostClaim: then it must not."""
        if self._enter(_Entry(dot=claimed)).lost:
            raise LostClaim

    def turn(self, done: Claim | None, outcome: Outcome | None, *, wants: bool) -> Next:
        """Write down what became of a mail and, if one is wanted, take the next."""
        entry = self._enter(_Entry(done=done, outcome=outcome, wants=wants))
        return Next(entry.state, entry.claimed, entry.pause)

    def live_on(self) -> None:
        """Keep what we hold, and put right what others have left behind."""
        with self._writing, self.factory.begin() as session:
            outbox_claims.renew(session, self.owner, self.clock())
            outbox_claims.recover(session, self.clock())

    def _enter(self, entry: _Entry) -> _Entry:
        with self._adding:
            self._waiting.append(entry)
        with self._writing:
            if not entry.written:
                with self._adding:
                    entries, self._waiting = self._waiting, []
                self._write(entries)
        if entry.error is not None:
            raise entry.error
        return entry

    def _write(self, entries: Sequence[_Entry]) -> None:
        """Every entry is written afterwards, or has the error that keeps it from being."""
        if len(entries) > 1:
            with suppress(Exception):
                self._together(entries)
        for entry in entries:
            if not entry.written:
                with suppress(OperationalError):  # of a deadlock, one of the two is told to retry
                    self._together([entry])
            if not entry.written:
                try:
                    self._together([entry])
                except Exception as error:  # told to the lane that it belongs to
                    entry.error = error
                    entry.written = True

    def _together(self, entries: Sequence[_Entry]) -> None:
        """In the order that all who write keep: the mails, then the audit log, then new claims."""
        desk = Desk(self.settings, self.clock())
        attempts = [
            (entry.done, entry.outcome) for entry in entries if entry.done and entry.outcome
        ]
        dots = [entry.dot for entry in entries if entry.dot is not None]
        wanting = [entry for entry in entries if entry.wants]
        with self.factory.begin() as session:
            ours = outbox_claims.mark_dots(session, dots, desk.now)
            states = outbox_claims.settle(session, attempts, desk.now)
            sent = [mail for mail, _ in attempts if states.get(mail.id) is OutboxState.SENT]
            sent_mail.note(session, desk, sent)
            claims, pauses = self._claim(session, desk.now, len(wanting))
        for entry in entries:
            entry.lost = entry.dot is not None and entry.dot.id not in ours
            entry.state = states.get(entry.done.id) if entry.done else None
            entry.written = True
        for entry, claimed in zip(wanting, claims, strict=False):
            entry.claimed = claimed
        for entry, pause in zip(wanting[len(claims) :], pauses, strict=False):
            entry.pause = pause

    def _claim(
        self, session: Session, now: datetime, number: int
    ) -> tuple[list[Claim], list[float]]:
        """Up to `number` mails, and the pauses of those who get none because of the rate."""
        rate = self.settings.mail_rate
        if rate is None or number == 0:
            return outbox_claims.claim(session, now, self.owner, number), []
        turn = pace.take_turn(session, now, rate)
        allowed = min(number, turn.free)
        claims = outbox_claims.claim(session, now, self.owner, allowed)
        turn.use(len(claims))
        if len(claims) < allowed:
            return claims, []
        return claims, [turn.pause(place, now) for place in range(number - len(claims))]
