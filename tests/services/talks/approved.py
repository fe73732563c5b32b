"""An approved talk with everybody who comes to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import AuditEntry, OutboxMessage, Person
from matchmaker.models.states import OutboxState
from matchmaker.services.desk import Desk
from matchmaker.services.talks import approval
from tests import factories
from tests.services.plans import evening, stored_plan

EVENINGS = ((0, 17, 21), (1, 17, 21), (2, 17, 21))


class Approved:
    """A talk with speaker, interpreter and host; all three have their mail."""

    def __init__(self, session: Session, desk: Desk) -> None:
        self.session, self.desk = session, desk
        for tag in ("de", "ar"):
            factories.language(session, tag)
        self.speaker = self.another_speaker()
        self.interpreter = factories.interpreter(session, weekly=EVENINGS, name="Sprachmittlung")
        self.request = factories.request(session, weekly=EVENINGS, languages=("ar",))
        planning_round = factories.planning_round(session)
        plan = evening(
            self.request,
            self.speaker.code,
            interpreters=[self.interpreter.code],
            language="ar",
        )
        stored_plan(session, desk, planning_round, plan)
        (self.talk,) = approval.approve(session, desk, planning_round.id).talks
        self.send()
        self.later(minutes=1)

    def another_speaker(self) -> Person:
        return factories.speaker(self.session, topics={"ANE-01": 2}, weekly=EVENINGS)

    def later(self, **delta: int) -> None:
        self.desk = replace(self.desk, now=self.desk.now + timedelta(**delta))

    def send(self) -> None:
        for row in self.session.scalars(select(OutboxMessage)):
            if row.state is OutboxState.QUEUED:
                row.state = OutboxState.SENT
        self.session.flush()

    def queued(self) -> dict[str, str]:
        """Kind of the waiting mail by address."""
        rows = self.session.scalars(
            select(OutboxMessage)
            .where(OutboxMessage.state == OutboxState.QUEUED)
            .order_by(OutboxMessage.id)
        )
        return {row.recipient: row.kind for row in rows}

    def everybody(self) -> list[str]:
        assert self.request.contact is not None
        return [self.speaker.email, self.interpreter.email, self.request.contact.email]

    def states(self) -> dict[int, str]:
        self.session.refresh(self.talk, ["assignments"])
        return {row.person_id: row.state.value for row in self.talk.assignments}

    def last_entry(self, action: str) -> AuditEntry:
        return self.session.scalars(
            select(AuditEntry)
            .where(AuditEntry.action == action)
            .order_by(AuditEntry.id.desc())
            .limit(1)
        ).one()
