"""Days go by: the sweep runs, mails leave or cannot, and somebody writes down what happened."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import OutboxMessage, Reminder
from matchmaker.models.states import OutboxState
from matchmaker.services.desk import Desk
from matchmaker.services.reminding import sweep

REMINDERS = ("reminder", "answer_reminder")


def utc(local: str, desk: Desk) -> datetime:
    """`2027-01-16 09:00` on the carrier's wall clock."""
    return datetime.fromisoformat(local).replace(tzinfo=desk.settings.zone).astimezone(UTC)


@dataclass
class Days:
    """The service from `desk.now` on; `at` and the log are on the carrier's wall clock."""

    session: Session
    desk: Desk
    delivers: bool = True
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
        session.flush()
        queued = select(OutboxMessage).where(OutboxMessage.state == OutboxState.QUEUED)
        for mail in session.scalars(queued.order_by(OutboxMessage.id)):
            self._deliver(mail)
        session.flush()

    def _deliver(self, mail: OutboxMessage) -> None:
        """As the outbox does it: what is of no use any more is skipped."""
        if mail.not_after is not None and mail.not_after <= self.desk.now:
            mail.state = OutboxState.SKIPPED
        elif self.delivers:
            mail.state, mail.sent_at = OutboxState.SENT, self.desk.now
            self.log.append((mail.kind, f"{self.desk.now_local:%Y-%m-%d %H:%M}"))

    @property
    def reminded(self) -> list[tuple[str, str]]:
        return [row for row in self.log if row[0] in REMINDERS]

    @property
    def rows(self) -> list[tuple[str, int, str, str]]:
        """Kind, step, state and reason of every reminder."""
        found = self.session.scalars(select(Reminder).order_by(Reminder.id))
        return [(row.kind.value, row.step, row.state.value, row.reason) for row in found]
