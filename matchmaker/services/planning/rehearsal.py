"""Trying a change out: who would get which mail, and which rules it would break – then undone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.models import Invitation, OutboxMessage, Person, Talk
from matchmaker.models.states import Format, InvitationRole
from matchmaker.scheduling.judge import Breach
from matchmaker.services.desk import Desk
from matchmaker.services.planning.judging import about, judged
from matchmaker.services.planning.rounds import find_round
from matchmaker.services.problems import round_problem


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsedMail:
    """A mail that would go out; `kind` as in the outbox."""

    person: str
    email: str
    role: InvitationRole
    kind: str
    subject: str
    with_calendar: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What a change would do. `dropped` mails have not left yet and would stay at home."""

    mails: tuple[RehearsedMail, ...]
    dropped: int
    breaches: tuple[Breach, ...]


def rehearse(session: Session, desk: Desk, change: Callable[[], Talk]) -> Rehearsal:
    """Run `change` on a talk and take it back; what it raises goes through.

    Writes inside the running transaction, which therefore should be a short one.
    """
    last = session.scalar(select(func.max(OutboxMessage.id))) or 0
    dropped = _dropped(session)
    trial = session.begin_nested()
    try:
        talk = change()
        session.flush()
        return Rehearsal(
            mails=_new_mails(session, last),
            dropped=_dropped(session) - dropped,
            breaches=breaches(session, desk, talk),
        )
    finally:
        trial.rollback()


def _new_mails(session: Session, last: int) -> tuple[RehearsedMail, ...]:
    rows = session.execute(
        select(
            Person.name,
            Person.email,
            Invitation.role,
            OutboxMessage.kind,
            OutboxMessage.subject,
            OutboxMessage.method,
        )
        .join(Invitation, Invitation.id == OutboxMessage.invitation_id)
        .join(Person, Person.id == Invitation.person_id)
        .where(OutboxMessage.id > last, OutboxMessage.state == "queued")
        .order_by(OutboxMessage.id)
    )
    return tuple(
        RehearsedMail(
            person=name,
            email=email,
            role=role,
            kind=kind,
            subject=subject,
            with_calendar=method is not None,
        )
        for name, email, role, kind, subject, method in rows
    )


def _dropped(session: Session) -> int:
    return session.scalar(select(func.count()).where(OutboxMessage.state == "dropped")) or 0


def breaches(session: Session, desk: Desk, talk: Talk) -> tuple[Breach, ...]:
    """What the judge says about the talk as it would be; nothing about those dated by hand."""
    if talk.format is not Format.TALK or talk.request is None or talk.round_id is None:
        return ()
    current = round_problem(session, desk, find_round(session, talk.round_id))
    if talk.request.code not in current.agreed:
        return ()
    agreed = [row for row in current.problem.fixed if row.request in current.agreed]
    return tuple(about(judged(current.problem, agreed), talk.request.code))
