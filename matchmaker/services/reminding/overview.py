"""Reminders as pages show them: those that are to come, and those that were skipped."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.models import Invitation, Person, Reminder, Talk
from matchmaker.models.states import ReminderKind, ReminderState, TalkState
from matchmaker.services.desk import Desk
from matchmaker.services.reminding.reading import known
from matchmaker.services.reminding.rules import reminder_rules
from matchmaker.services.reminding.schedule import Why

MOST_OF_A_PERSON = 5


@dataclass(frozen=True, slots=True)
class Planned:
    """A reminder that leaves at `due_at`, and to whom."""

    kind: ReminderKind
    due_at: datetime
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfTalk:
    """What is to come, the next first, and what was skipped; what was queued is a mail."""

    planned: Sequence[Planned]
    skipped: Sequence[Reminder]


def of_talk(session: Session, desk: Desk, talk: Talk) -> OfTalk:
    ids = [row.id for row in talk.invitations]
    to_come: dict[tuple[datetime, ReminderKind], list[str]] = defaultdict(list)
    if talk.state is TalkState.CONFIRMED and talk.starts_at > desk.now:
        for row in known(session, desk, reminder_rules(session), ids=ids):
            for due in row.coming:
                if due.due_at > desk.now and not row.unreachable:
                    to_come[due.due_at, due.kind].append(row.invitation.person.name)
    skipped = session.scalars(
        _skipped().where(Reminder.invitation_id.in_(ids)).order_by(Reminder.due_at, Reminder.id)
    ).all()
    planned = [Planned(kind, at, tuple(names)) for (at, kind), names in sorted(to_come.items())]
    return OfTalk(planned=planned, skipped=skipped)


def skipped_of_person(session: Session, person: Person) -> Sequence[Reminder]:
    """The last ones that this person did not get, the latest first."""
    return session.scalars(
        _skipped()
        .join(Reminder.invitation)
        .where(Invitation.person_id == person.id)
        .order_by(Reminder.due_at.desc(), Reminder.id.desc())
        .limit(MOST_OF_A_PERSON)
    ).all()


def missed(session: Session, desk: Desk) -> Sequence[Reminder]:
    """Reminders of talks ahead that somebody should have got and did not."""
    return session.scalars(
        _skipped()
        .join(Reminder.invitation)
        .join(Invitation.talk)
        .where(
            Reminder.reason.in_((Why.LATE, Why.UNREACHABLE)),
            Reminder.kind == ReminderKind.TALK,
            Talk.state == TalkState.CONFIRMED,
            Talk.starts_at > desk.now,
        )
        .order_by(Talk.starts_at, Talk.id, Reminder.id)
    ).all()


def _skipped() -> Select[Reminder]:
    return (
        select(Reminder)
        .where(Reminder.state == ReminderState.SKIPPED)
        .options(
            joinedload(Reminder.invitation).joinedload(Invitation.person),
            joinedload(Reminder.invitation)
            .joinedload(Invitation.talk)
            .joinedload(Talk.organisation),
        )
    )
