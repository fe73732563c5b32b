"""Days go by: the sweep runs, mails leave or cannot, and somebody writes down what happened."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.database import session_factory
from matchmaker.models import OutboxMessage, Reminder
from matchmaker.models.states import WAITING_MAILS
from matchmaker.services.desk import Desk
from matchmaker.services.reminding import sweep
from matchmaker.services.sending import holding
from matchmaker.services.sending.delivery import deliver_due
from tests.services.letters import Scripted

REMINDERS = ("reminder", "answer_reminder")


def utc(local: str, desk: Desk) -> datetime:
    """`2027-01-16 09:00` on the carrier's wall clock."""
    return datetime.fromisoformat(local).replace(tzinfo=desk.settings.zone).astimezone(UTC)


@dataclass
class Days:
    """The service from `desk.now` on; the log is on the carrier's wall clock.

    Unless it `delivers`, all mail is held. Whatever the session holds is committed.
    """

    session: Session
    desk: Desk
    delivers: bool = True
    server: Scripted = field(default_factory=Scripted)
    log: list[tuple[str, str]] = field(default_factory=list)

    def until(self, local: str, minutes: int = 30) -> Days:
        """Look every so many minutes."""
        end = utc(local, self.desk)
        while self.desk.now < end:
            self._pass(timedelta(minutes=minutes))
        return self

    def stopped_until(self, local: str) -> Days:
        """Nobody looks: neither the sweep nor the mails' worker runs."""
        self.desk = replace(self.desk, now=utc(local, self.desk))
        self.look()
        return self

    def _pass(self, time: timedelta) -> None:
        self.desk = replace(self.desk, now=self.desk.now + time)
        self.look()

    def look(self) -> None:
        session = self.session
        for invitation_id in sweep.due(session, self.desk):
            sweep.settle(session, self.desk, invitation_id)
        (holding.release if self.delivers else holding.hold)(session, self.desk)
        session.flush()
        has_work = self._has_work()
        session.commit()
        if has_work:
            self._deliver()

    def _deliver(self) -> None:
        """As the worker does it, in sessions of its own."""
        factory = session_factory(self.session.get_bind().engine)
        deliver_due(
            factory,
            self.desk.settings,
            lambda: self.desk.now,
            owner="days",
            transport=self.server,
            lanes=1,
        )
        self.session.expire_all()
        for _, _, raw in self.server.sent[len(self.log) :]:
            self._log(raw)

    def _has_work(self) -> bool:
        """While mail is held, it can only become too late for one."""
        waiting = select(OutboxMessage.id).where(OutboxMessage.state.in_(WAITING_MAILS))
        if not self.delivers:
            waiting = waiting.where(OutboxMessage.not_after <= self.desk.now)
        return self.session.scalars(waiting.limit(1)).one_or_none() is not None

    def _log(self, raw: bytes) -> None:
        message_id = message_from_bytes(raw)["Message-ID"]
        kind = self.session.scalars(
            select(OutboxMessage.kind).where(OutboxMessage.message_id == message_id)
        ).one()
        self.log.append((kind, f"{self.desk.now_local:%Y-%m-%d %H:%M}"))

    @property
    def reminded(self) -> list[tuple[str, str]]:
        return [row for row in self.log if row[0] in REMINDERS]

    @property
    def rows(self) -> list[tuple[str, int, str, str]]:
        """Kind, step, state and reason of every reminder."""
        found = self.session.scalars(select(Reminder).order_by(Reminder.id))
        return [(row.kind.value, row.step, row.state.value, row.reason) for row in found]
