"""Trying a change out: who would get which mail, and which rules it would break – then undone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.models import Invitation, OutboxMessage, Person, Talk
from matchmaker.models.states import Format, InvitationRole, OutboxState
from matchmaker.scheduling.judge import Breach
from matchmaker.services.desk import Desk
from matchmaker.services.house import audit
from matchmaker.services.house.planning_rules import planning_rules
from matchmaker.services.planning.judging import RulesBroken, about, judged
from matchmaker.services.planning.rounds import find_round
from matchmaker.services.problems import round_problem
from matchmaker.services.times.calendar_days import CalendarDays, calendar_days
from matchmaker.text import clean_text


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
class Opinion:
    """What stands against a talk as it is: rules that it breaks, and why its day is no good one.

    `day` is `closed`, `school`, `eve` or `bridge` (see `CalendarDays`), or empty.
    """

    breaches: tuple[Breach, ...] = ()
    day: str = ""

    def since(self, before: Opinion) -> Opinion:
        """What a change has brought; a rule that was broken before is nobody's news."""
        return Opinion(
            breaches=tuple(row for row in self.breaches if row not in before.breaches),
            day="" if self.day == before.day else self.day,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What a change would do. `dropped` mails have not left yet and would stay at home."""

    mails: tuple[RehearsedMail, ...]
    dropped: int
    opinion: Opinion

    @property
    def breaches(self) -> tuple[Breach, ...]:
        return self.opinion.breaches


def rehearse(
    session: Session, desk: Desk, change: Callable[[], Talk], *, talk: Talk | None = None
) -> Rehearsal:
    """Run `change` and take it back; what it raises goes through. `talk` is the one it changes.

    Writes inside the running transaction, which therefore should be a short one.
    """
    last = session.scalar(select(func.max(OutboxMessage.id))) or 0
    dropped = 0 if talk is None else _dropped(session, talk)
    before = opinion(session, desk, talk)
    trial = session.begin_nested()
    try:
        changed = change()
        session.flush()
        return Rehearsal(
            mails=_new_mails(session, changed, last),
            dropped=_dropped(session, changed) - dropped,
            opinion=opinion(session, desk, changed).since(before),
        )
    finally:
        trial.rollback()


def carry_out(
    session: Session,
    desk: Desk,
    change: Callable[[], Talk],
    *,
    talk: Talk | None = None,
    reason: str = "",
) -> Talk:
    """Run `change` for good; the `reason` for breaking rules is recorded with their codes.

    Raises RulesBroken if rules are newly broken without one; the caller takes everything back.
    """
    before = opinion(session, desk, talk)
    changed = change()
    session.flush()
    broken = opinion(session, desk, changed).since(before).breaches
    if not broken:
        return changed
    if not (given := clean_text(reason)):
        raise RulesBroken(broken)
    audit.record(
        session,
        desk,
        "talk.rules_overridden",
        changed,
        after={"broken_rules": sorted({row.code for row in broken})},
        reason=given,
    )
    return changed


def _new_mails(session: Session, talk: Talk, last: int) -> tuple[RehearsedMail, ...]:
    """Only the talk's own: what others do at the same moment becomes visible here, too."""
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
        .where(
            OutboxMessage.id > last,
            OutboxMessage.talk_id == talk.id,
            OutboxMessage.state == OutboxState.QUEUED,
        )
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


def _dropped(session: Session, talk: Talk) -> int:
    stayed = (OutboxMessage.talk_id == talk.id, OutboxMessage.state == OutboxState.DROPPED)
    return session.scalar(select(func.count()).where(*stayed)) or 0


def opinion(session: Session, desk: Desk, talk: Talk | None) -> Opinion:
    """What the judge says of a talk against its request's own wishes, and what its day is.

    Of dates made by hand only the day is known: nobody has asked for them in the planning.
    """
    if talk is None:
        return Opinion()
    if talk.format is not Format.TALK or talk.request is None or talk.round_id is None:
        when = talk.local_start.date()
        return Opinion(day=_kind_of(when, calendar_days(when, when, planning_rules(session))))
    current = round_problem(session, desk, find_round(session, talk.round_id), changing=talk)
    day = _kind_of(talk.local_start.date(), current.days)
    if talk.request.code not in current.agreed:
        return Opinion(day=day)
    agreed = [row for row in current.problem.fixed if row.request in current.agreed]
    found = tuple(about(judged(current.problem, agreed), talk.request.code))
    # The judge has said so already.
    return Opinion(breaches=found, day="" if day == "closed" else day)


def _kind_of(day: date, days: CalendarDays) -> str:
    kinds = {
        "closed": days.closed,
        "school": days.school,
        "eve": days.eves,
        "bridge": days.bridges,
    }
    return next((kind for kind, those in kinds.items() if day in those), "")
