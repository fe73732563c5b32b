"""A mailbox of its own for a test, read by runs that follow each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.config import Settings
from matchmaker.models import IncomingMail, Invitation, Response
from matchmaker.models.states import IncomingKind, IncomingState
from matchmaker.services.desk import Desk
from matchmaker.services.incoming import fetching
from matchmaker.services.incoming.fetching import Report
from tests.incoming.calendars import crlf
from tests.services.incoming.arriving import mail
from tests.support.dovecot import Dovecot
from tests.support.invited import Evening

LETTER = crlf("From: ayse@beratung.example\nSubject: Frage\nMessage-ID: <1@x>\n\nGuten Tag")
APPLIED = (IncomingKind.REPLY, IncomingState.APPLIED)
FOR_A_PERSON = (IncomingKind.HUMAN, IncomingState.REVIEW)


class Post:
    """A mailbox of its own for a test, an invitation, and the runs that read it."""

    def __init__(
        self, server: Dovecot, factory: sessionmaker[Session], settings: Settings, desk: Desk
    ) -> None:
        self.server, self.factory = server, factory
        server.make("Antworten")
        self.settings = replace(settings, imap_url=server.url("Antworten"))
        self.now = desk.now + timedelta(hours=2)
        with factory.begin() as session:
            self.evening = Evening(session, desk)
            self.answer = mail(self.evening)
            self.refusal = mail(
                self.evening,
                partstat="DECLINED",
                stamp=self.evening.invitation.stamp + timedelta(hours=3),
            )
            self.invitation_id = self.evening.invitation.id

    def deliver(self, *mails: bytes) -> None:
        self.server.deliver(*mails, name="Antworten")

    def run(self, **how: bool) -> Report:
        self.now += timedelta(minutes=20)
        return fetching.fetch(self.factory, self.settings, lambda: self.now, owner="me", **how)

    def state(self) -> str:
        with self.factory() as session:
            row = session.get(Invitation, self.invitation_id)
            assert row is not None
            return row.state.value

    def rows(self) -> list[tuple[IncomingKind, IncomingState]]:
        with self.factory() as session:
            found = session.execute(
                select(IncomingMail.kind, IncomingMail.state).order_by(IncomingMail.id)
            )
            return [(row[0], row[1]) for row in found]

    def answers(self) -> int:
        with self.factory() as session:
            return session.scalar(select(func.count()).select_from(Response)) or 0

    def seen(self) -> list[bool]:
        flags = self.server.flags("Antworten")
        return ["Seen" in flags[uid] for uid in sorted(flags)]
