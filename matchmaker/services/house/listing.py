"""What there is, as plain rows for the command line: ids, codes, states, times; never a token."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.models import (
    Assignment,
    AuditEntry,
    CalendarSource,
    IncomingMail,
    Invitation,
    Organisation,
    OutboxMessage,
    Person,
    PlanningRound,
    Proposal,
    Reminder,
    Request,
    SolveRun,
    Talk,
)
from matchmaker.services.desk import Desk

Row = dict[str, Any]


def rows(session: Session, desk: Desk, kind: str) -> list[Row]:
    """Every row of a kind as JSON values; times are ISO with the service's offset.

    Raises KeyError for a kind that is not in `KINDS`.
    """
    return [
        {name: _plain(value, desk) for name, value in row.items()} for row in KINDS[kind](session)
    ]


def _plain(value: Any, desk: Desk) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(desk.settings.zone).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value


def _organisations(session: Session) -> Iterator[Row]:
    query = select(Organisation).options(
        selectinload(Organisation.venues), selectinload(Organisation.blocked_periods)
    )
    for row in session.scalars(query.order_by(Organisation.code)):
        yield {
            "id": row.id,
            "code": row.code,
            "kind": row.kind,
            "institution_type": row.institution_type,
            "name": row.name,
            "district": row.district_nr,
            "email": row.email,
            "phone": row.phone,
            "venues": [f"{venue.name}, {venue.address}" for venue in row.venues],
            "blocked": [[str(days.first_day), str(days.last_day)] for days in row.blocked_periods],
            "max_per_week": row.max_per_week,
            "active": row.active,
        }


def _people(session: Session) -> Iterator[Row]:
    query = select(Person).options(
        selectinload(Person.role_rows), joinedload(Person.organisation), joinedload(Person.profile)
    )
    for row in session.scalars(query.order_by(Person.code)):
        yield {
            "id": row.id,
            "code": row.code,
            "name": row.name,
            "email": row.email,
            "phone": row.phone,
            "roles": sorted(row.roles),
            "organisation": row.organisation.code if row.organisation else None,
            "locale": row.locale,
            "active": row.active,
            "availability_confirmed_at": row.profile.confirmed_at if row.profile else None,
        }


def _requests(session: Session) -> Iterator[Row]:
    query = select(Request).options(
        joinedload(Request.organisation),
        joinedload(Request.contact),
        selectinload(Request.topics),
        selectinload(Request.languages),
    )
    requests = session.scalars(query.order_by(Request.id)).all()
    codes = {row.id: row.code for row in requests}
    for row in requests:
        yield {
            "id": row.id,
            "code": row.code,
            "state": row.state,
            "format": row.format,
            "source": row.source,
            "organisation": row.organisation.code if row.organisation else None,
            "contact": row.contact.code if row.contact else None,
            "topics": [topic.topic_code for topic in row.topics],
            "languages": [language.language_tag for language in row.languages],
            "date_from": row.date_from,
            "date_to": row.date_to,
            "people": row.people,
            "womens_group": row.womens_group,
            "district": row.district_nr,
            "duplicate_of": codes.get(row.duplicate_of_id) if row.duplicate_of_id else None,
            "state_reason": row.state_reason,
            "submitted_at": row.submitted_at,
            "updated_at": row.updated_at,
        }


def _rounds(session: Session) -> Iterator[Row]:
    query = select(PlanningRound).options(joinedload(PlanningRound.current_proposal))
    runs = {run.round_id: run for run in session.scalars(select(SolveRun).order_by(SolveRun.id))}
    for row in session.scalars(query.order_by(PlanningRound.id)):
        run, current = runs.get(row.id), row.current_proposal
        yield {
            "id": row.id,
            "name": row.name,
            "state": row.state,
            "first_day": row.first_day,
            "last_day": row.last_day,
            "proposal": current.number if current else None,
            "served": current.served if current else None,
            "unserved": current.unserved if current else None,
            "last_run": run.state if run else None,
            "last_run_error": run.error if run else "",
            "created_at": row.created_at,
        }


def _proposals(session: Session) -> Iterator[Row]:
    query = select(Proposal).options(joinedload(Proposal.round))
    for row in session.scalars(query.order_by(Proposal.id)):
        yield {
            "id": row.id,
            "round": row.round_id,
            "number": row.number,
            "current": row.round.current_proposal_id == row.id,
            "source": row.source,
            "status": row.status,
            "total": row.total,
            "bound": row.bound,
            "served": row.served,
            "unserved": row.unserved,
            "seconds": row.seconds,
            "seed": row.seed,
            "solver_version": row.solver_version,
            "content_hash": row.content_hash,
            "created_at": row.created_at,
        }


def _talks(session: Session) -> Iterator[Row]:
    query = select(Talk).options(joinedload(Talk.organisation), joinedload(Talk.request))
    for row in session.scalars(query.order_by(Talk.starts_at, Talk.id)):
        yield {
            "id": row.id,
            "code": row.code,
            "uid": row.uid,
            "state": row.state,
            "format": row.format,
            "request": row.request.code if row.request else None,
            "organisation": row.organisation.code,
            "round": row.round_id,
            "title": row.title,
            "starts_at": row.starts_at,
            "ends_at": row.ends_at,
            "timezone": row.timezone,
            "mode": row.mode,
            "language": row.language_tag,
            "location": row.location,
        }


def _assignments(session: Session) -> Iterator[Row]:
    query = select(Assignment).options(joinedload(Assignment.talk), joinedload(Assignment.person))
    for row in session.scalars(query.order_by(Assignment.starts_at, Assignment.id)):
        yield {
            "id": row.id,
            "talk": row.talk.code,
            "person": row.person.code,
            "role": row.role,
            "state": row.state,
            "starts_at": row.starts_at,
            "ends_at": row.ends_at,
        }


def _invitations(session: Session) -> Iterator[Row]:
    query = select(Invitation).options(joinedload(Invitation.talk), joinedload(Invitation.person))
    for row in session.scalars(query.order_by(Invitation.id)):
        yield {
            "id": row.id,
            "uid": row.uid,
            "talk": row.talk.code,
            "person": row.person.code,
            "recipient": row.person.email,
            "role": row.role,
            "state": row.state,
            "sequence": row.sequence,
            "answered_sequence": row.answered_sequence,
            "answered_at": row.answered_at,
            "answered_via": row.answered_via,
            "undeliverable_at": row.undeliverable_at,
            "created_at": row.created_at,
        }


def _outbox(session: Session) -> Iterator[Row]:
    for row in session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)):
        yield {
            "id": row.id,
            "key": row.key,
            "kind": row.kind,
            "recipient": row.recipient,
            "subject": row.subject,
            "state": row.state,
            "message_id": row.message_id,
            "method": row.method,
            "attempts": row.attempts,
            "last_error": row.last_error,
            "due_at": row.due_at,
            "not_after": row.not_after,
            "created_at": row.created_at,
            "sent_at": row.sent_at,
            "bounced_at": row.bounced_at,
            "bounce_reason": row.bounce_reason,
        }


def _audit(session: Session) -> Iterator[Row]:
    for row in session.scalars(select(AuditEntry).order_by(AuditEntry.id)):
        yield {
            "id": row.id,
            "at": row.at,
            "actor": row.actor,
            "action": row.action,
            "subject_kind": row.subject_kind,
            "subject_id": row.subject_id,
            "before": row.before,
            "after": row.after,
            "reason": row.reason,
            "hash": row.hash,
        }


def _incoming(session: Session) -> Iterator[Row]:
    """What became of the mails that came in; not what people wrote in them."""
    query = select(IncomingMail).options(
        joinedload(IncomingMail.invitation), joinedload(IncomingMail.outbox)
    )
    for row in session.scalars(query.order_by(IncomingMail.id)):
        yield {
            "id": row.id,
            "message_id": row.message_id,
            "sender": row.sender,
            "subject": row.subject,
            "kind": row.kind,
            "state": row.state,
            "reason": row.reason,
            "decision": row.decision,
            "invitation": row.invitation.uid if row.invitation else None,
            "about": row.outbox.message_id if row.outbox else None,
            "received_at": row.received_at,
            "fetched_at": row.fetched_at,
            "decided_at": row.decided_at,
        }


def _reminders(session: Session) -> Iterator[Row]:
    query = select(Reminder).options(
        joinedload(Reminder.invitation).joinedload(Invitation.talk),
        joinedload(Reminder.invitation).joinedload(Invitation.person),
    )
    for row in session.scalars(query.order_by(Reminder.id)):
        yield {
            "id": row.id,
            "kind": row.kind,
            "step": row.step,
            "occasion": row.occasion,
            "talk": row.invitation.talk.code,
            "person": row.invitation.person.code,
            "state": row.state,
            "reason": row.reason,
            "due_at": row.due_at,
            "outbox": row.outbox_id,
        }


def _sources(session: Session) -> Iterator[Row]:
    """Other calendars of people; an address that opens one is left out."""
    people = select(Person.id, Person.code)
    codes = {row[0]: row[1] for row in session.execute(people)}
    for row in session.scalars(select(CalendarSource).order_by(CalendarSource.id)):
        yield {
            "id": row.id,
            "person": codes[row.person_id],
            "kind": row.kind,
            "name": row.name,
            "state": row.state,
            "read_at": row.read_at,
            "known_until": row.known_until,
            "tried_at": row.tried_at,
            "next_at": row.next_at,
            "failure": row.failure,
            "failures": row.failures,
        }


KINDS: dict[str, Callable[[Session], Iterator[Row]]] = {
    "organisations": _organisations,
    "people": _people,
    "requests": _requests,
    "rounds": _rounds,
    "proposals": _proposals,
    "talks": _talks,
    "assignments": _assignments,
    "invitations": _invitations,
    "outbox": _outbox,
    "audit": _audit,
    "incoming": _incoming,
    "reminders": _reminders,
    "sources": _sources,
}
"""What can be listed, in the order of the help text."""
