"""A talk with one speaker, and how its mails are read."""

from __future__ import annotations

import email
from dataclasses import replace
from datetime import timedelta
from email import policy
from email.message import EmailMessage

from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.calendars.revision import Change
from matchmaker.models import Assignment, Invitation, OutboxMessage
from matchmaker.models.states import (
    AssignmentRole,
    AssignmentState,
    CalendarChoice,
    InvitationRole,
    OutboxState,
)
from matchmaker.services.desk import Desk
from matchmaker.services.inviting import feeds, invitations
from matchmaker.services.talks.standing import set_times
from tests import factories
from tests.services.plans import TUESDAY, TUESDAY_UTC


class Evening:
    """A talk with one speaker, and what stands in the outbox about it."""

    def __init__(self, session: Session, desk: Desk, **person: object) -> None:
        self.session, self.desk = session, desk
        self.speaker = factories.speaker(session, name="Ayşe Yılmaz", **person)
        request = factories.request(session)
        self.talk = factories.talk(
            session, TUESDAY_UTC, request=request, organisation=request.organisation
        )
        self.assignment = Assignment(
            talk=self.talk,
            person=self.speaker,
            role=AssignmentRole.SPEAKER,
            state=AssignmentState.APPROVED,
            starts_at=self.talk.starts_at,
            ends_at=self.talk.ends_at,
        )
        session.add(self.assignment)
        session.flush()
        if self.speaker.calendar_choice is CalendarChoice.SUBSCRIPTION:
            feeds.open_feed(session, desk, self.speaker)

    def invite(self) -> Invitation:
        self.invitation = invitations.invite(
            self.session,
            self.desk,
            self.talk,
            self.speaker,
            InvitationRole.SPEAKER,
            assignment=self.assignment,
        )
        self.session.flush()
        return self.invitation

    def later(self, **delta: int) -> None:
        self.desk = replace(self.desk, now=self.desk.now + timedelta(**delta))

    def move(self, days: int) -> Change:
        set_times(self.talk, TUESDAY + timedelta(days=days), timedelta(hours=2), "Europe/Berlin")
        return self.update()

    def update(self) -> Change:
        kind = invitations.update(self.session, self.desk, self.invitation).kind
        self.session.flush()
        return kind

    def cancel(self, reason: str = "") -> bool:
        sent = invitations.cancel(self.session, self.desk, self.invitation, reason=reason)
        self.session.flush()
        return sent

    @property
    def mails(self) -> list[OutboxMessage]:
        own = select(OutboxMessage).where(OutboxMessage.talk_id == self.talk.id)
        return list(self.session.scalars(own.order_by(OutboxMessage.id)))

    @property
    def queued(self) -> list[str]:
        return [row.kind for row in self.mails if row.state is OutboxState.QUEUED]

    def send(self) -> None:
        for row in self.mails:
            if row.state is OutboxState.QUEUED:
                row.state = OutboxState.SENT
        self.session.flush()


def parsed(row: OutboxMessage) -> EmailMessage:
    message = email.message_from_bytes(row.body, policy=policy.SMTP)
    assert isinstance(message, EmailMessage)
    return message


def plain(row: OutboxMessage) -> str:
    part = parsed(row).get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def calendar_of(row: OutboxMessage) -> Calendar:
    (part,) = [part for part in parsed(row).walk() if part.get_content_type() == "text/calendar"]
    found = Calendar.from_ical(part.get_content())
    assert isinstance(found, Calendar)
    return found
