"""Answers that need somebody, and answers that are missing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from matchmaker.models import (
    Assignment,
    Invitation,
    Organisation,
    Person,
    Response,
    Talk,
)
from matchmaker.models.states import (
    AnswerVia,
    AssignmentState,
    InvitationRole,
    InvitationState,
    TalkState,
)
from matchmaker.services.desk import Desk
from matchmaker.services.inviting.responses import Outcome
from matchmaker.services.worklist.task import Finder, Task

TO_SETTLE = (Outcome.AHEAD.value, Outcome.TAKEN.value)
"""What became of answers about which a person has to decide."""
ANSWER_WANTED_WITHIN = timedelta(days=10)


def declined(session: Session, desk: Desk) -> Iterator[Task]:
    """Somebody will not come to a talk that still stands."""
    declined = (
        select(Invitation)
        .join(Talk)
        .outerjoin(Assignment, Assignment.id == Invitation.assignment_id)
        .where(
            Invitation.state == InvitationState.DECLINED,
            Invitation.role != InvitationRole.GUEST,
            Talk.state == TalkState.CONFIRMED,
            Talk.starts_at >= desk.now,
            or_(Assignment.id.is_(None), Assignment.state == AssignmentState.DECLINED),
        )
        .options(
            joinedload(Invitation.talk).joinedload(Talk.organisation),
            joinedload(Invitation.person),
        )
        .order_by(Talk.starts_at)
    )
    for row in session.scalars(declined):
        yield Task(
            kind="host_declined" if row.role is InvitationRole.HOST else "declined",
            since=row.answered_at,
            facts={
                "name": row.person.name,
                "talk": row.talk.code,
                "host": row.talk.organisation.name,
                "starts_at": row.talk.starts_at,
            },
        )


def odd_answers(session: Session, desk: Desk) -> Iterator[Task]:
    """Answers that could not count and whose senders believe that they do.

    Settled by any later answer, also by one that the coordination enters.
    """
    last = select(func.max(Response.id)).group_by(Response.invitation_id)
    rows = session.scalars(
        select(Response)
        .join(Response.invitation)
        .join(Invitation.talk)
        .where(
            Response.id.in_(last),
            Response.outcome.in_(TO_SETTLE),
            Response.via != AnswerVia.MAIL,  # those stand among the incoming mails
            Invitation.state != InvitationState.CANCELLED,
            Talk.state == TalkState.CONFIRMED,
            Talk.starts_at >= desk.now,
        )
        .options(
            contains_eager(Response.invitation).options(
                contains_eager(Invitation.talk).joinedload(Talk.organisation),
                joinedload(Invitation.person),
            )
        )
        .order_by(Talk.starts_at, Response.id)
    )
    for row in rows:
        talk = row.invitation.talk
        yield Task(
            kind=f"answer_{row.outcome}",
            since=row.received_at,
            facts={
                "name": row.invitation.person.name,
                "talk": talk.code,
                "invitation": row.invitation_id,
                "host": talk.organisation.name,
                "starts_at": talk.starts_at,
            },
        )


def unanswered(session: Session, desk: Desk) -> Iterator[Task]:
    """Talks that come soon and have invitations without an answer, one task a talk."""
    rows = session.execute(
        select(Talk.code, Organisation.name, Talk.starts_at, func.count(), func.max(Person.name))
        .join(Organisation, Organisation.id == Talk.organisation_id)
        .join(Invitation, Invitation.talk_id == Talk.id)
        .join(Person, Person.id == Invitation.person_id)
        .where(
            Talk.state == TalkState.CONFIRMED,
            Talk.starts_at >= desk.now,
            Talk.starts_at < desk.now + ANSWER_WANTED_WITHIN,
            Invitation.state == InvitationState.OPEN,
            Invitation.role != InvitationRole.GUEST,
        )
        .group_by(Talk.id, Talk.code, Organisation.name, Talk.starts_at)
        .order_by(Talk.starts_at)
    )
    for code, host, starts_at, count, name in rows:
        facts = {"talk": code, "host": host, "name": name, "starts_at": starts_at}
        yield Task(kind="unanswered", count=count, facts=facts)


FINDERS = (
    Finder(20, declined),
    Finder(40, odd_answers),
    Finder(50, unanswered),
)
