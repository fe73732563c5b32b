"""People who are invited to talks, as the service itself invites them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import Assignment, Invitation, Person, Talk
from matchmaker.models.states import (
    AnswerVia,
    AssignmentRole,
    AssignmentState,
    InvitationRole,
    InvitationState,
    Role,
    TalkState,
    TokenPurpose,
)
from matchmaker.services.desk import Desk
from matchmaker.services.house import tokens
from matchmaker.services.inviting import feeds, invitations, responses
from matchmaker.services.talks.standing import set_times
from tests import factories

TUESDAY = datetime(2027, 1, 19, 18, 0)  # noqa: DTZ001  # wall clock
TUESDAY_UTC = datetime(2027, 1, 19, 17, 0, tzinfo=UTC)
TWO_HOURS = timedelta(hours=2)


@dataclass
class Evening:
    """A talk on Tuesday, 19 January 2027, with one invited speaker, or with an invited host."""

    session: Session
    desk: Desk
    person: Person | None = None
    role: InvitationRole = InvitationRole.SPEAKER
    starts_at: datetime = TUESDAY_UTC
    facts: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        session = self.session
        self.person = self.person or self._somebody()
        request = factories.request(session)
        self.talk: Talk = factories.talk(
            session,
            self.starts_at,
            request=request,
            organisation=request.organisation,
            **self.facts,
        )
        self.assignment = self._assignment()
        self.invitation: Invitation = invitations.invite(
            session, self.desk, self.talk, self.person, self.role, assignment=self.assignment
        )
        feeds.refresh_feed(session, self.desk, self.person.id)
        session.flush()

    def _somebody(self) -> Person:
        if self.role is InvitationRole.HOST:
            return factories.person(self.session, Role.HOST, name="Rana Haddad")
        return factories.speaker(self.session, name="Ayşe Yılmaz")

    def _assignment(self) -> Assignment | None:
        assert self.person is not None
        if self.role is InvitationRole.HOST:
            return None
        assignment = Assignment(
            talk=self.talk,
            person=self.person,
            role=AssignmentRole(self.role.value),
            state=AssignmentState.INVITED,
            starts_at=self.talk.starts_at,
            ends_at=self.talk.ends_at,
        )
        self.session.add(assignment)
        self.session.flush()
        return assignment

    def later(self, **time: float) -> Desk:
        return replace(self.desk, now=self.desk.now + timedelta(**time))

    def link(self) -> str:
        """A token to the answer page, as a mail sent now carries it."""
        token = tokens.issue(self.session, self.desk, TokenPurpose.ANSWER, self.invitation.id)
        self.session.flush()
        return token

    def answer(
        self, answer: InvitationState, desk: Desk | None = None, **facts: Any
    ) -> responses.Outcome:
        desk = desk or self.desk
        given = {"sequence": self.invitation.sequence, "stamp": desk.now, "via": AnswerVia.WEB}
        row = responses.record_response(
            self.session, desk, self.invitation, answer, **(given | facts)
        )
        return responses.Outcome(row.outcome)

    def move(self, desk: Desk, start: datetime) -> None:
        set_times(self.talk, start, TWO_HOURS, "Europe/Berlin")
        if self.assignment is not None:
            self.assignment.starts_at = self.talk.starts_at
            self.assignment.ends_at = self.talk.ends_at
        self.session.flush()
        invitations.update(self.session, desk, self.invitation)
        self._refresh(desk)

    def call_off(self, desk: Desk) -> None:
        self.talk.state = TalkState.CANCELLED
        if self.assignment is not None:
            self.assignment.state = AssignmentState.CANCELLED
        invitations.cancel(self.session, desk, self.invitation)
        self._refresh(desk)

    def _refresh(self, desk: Desk) -> None:
        assert self.person is not None
        feeds.refresh_feed(self.session, desk, self.person.id)
        self.session.flush()


def log_of(session: Session, invitation: Invitation) -> list[tuple[str, str, bool]]:
    """Every answer as (answer, outcome, whether it counted)."""
    return [
        (row.answer.value, row.outcome, row.applied)
        for row in responses.history(session, invitation)
    ]


def states(session: Session, evening: Evening) -> tuple[str, str | None]:
    """The states of the invitation and of the assignment as they are stored."""
    session.flush()
    invitation = session.scalars(
        select(Invitation.state).where(Invitation.id == evening.invitation.id)
    ).one()
    if evening.assignment is None:
        return invitation.value, None
    assignment = session.scalars(
        select(Assignment.state).where(Assignment.id == evening.assignment.id)
    ).one()
    return invitation.value, assignment.value
