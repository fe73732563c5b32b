"""Who is signed in: sessions that live in the database, so that ending one works at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from matchmaker.models import Person, UserSession
from matchmaker.models.states import Role
from matchmaker.services.desk import Desk
from matchmaker.services.house.tokens import new_token, token_hash

STAFF = frozenset({Role.COORDINATOR, Role.AUDITOR, Role.ADMIN})


@dataclass(frozen=True, slots=True)
class Lifetime:
    """A session ends after `idle` without an action, and after `longest` in any case."""

    idle: timedelta
    longest: timedelta


FOR_STAFF = Lifetime(idle=timedelta(hours=12), longest=timedelta(days=7))
FOR_OTHERS = Lifetime(idle=timedelta(days=30), longest=timedelta(days=90))


def start(session: Session, desk: Desk, person: Person) -> str:
    """Sign the person in; returns the token for the cookie, of which only a hash is kept."""
    token = new_token()
    session.add(
        UserSession(
            token_hash=token_hash(token),
            person_id=person.id,
            created_at=desk.now,
            seen_at=desk.now,
            expires_at=desk.now + _lifetime(person).idle,
        )
    )
    return token


def person_of(session: Session, desk: Desk, token: str) -> Person | None:
    """Who holds the token; None if the session has ended or the person is no longer active."""
    row = (
        session.scalars(
            select(UserSession)
            .where(UserSession.token_hash == token_hash(token))
            .options(joinedload(UserSession.person).joinedload(Person.role_rows))
        )
        .unique()
        .one_or_none()
    )
    if row is None or row.ended_at is not None or row.expires_at <= desk.now:
        return None
    return row.person if row.person.active else None


def session_key(token: str) -> str:
    """What binds a form to the session without giving the session away."""
    return token_hash(token)[:32]


def touch(session: Session, desk: Desk, token: str) -> None:
    """Note that the person has just done something, and let the session last longer."""
    row = _find(session, token)
    if row is not None and row.ended_at is None:
        row.seen_at = desk.now
        row.expires_at = _expiry(row, _lifetime(row.person), desk.now)


def end(session: Session, desk: Desk, token: str) -> None:
    """Sign out; ending a session that has ended changes nothing."""
    session.execute(
        update(UserSession)
        .where(UserSession.token_hash == token_hash(token), UserSession.ended_at.is_(None))
        .values(ended_at=desk.now)
    )


def end_all(session: Session, desk: Desk, person: Person) -> int:
    """Sign the person out everywhere; returns how many sessions that ended."""
    ended = session.execute(
        update(UserSession)
        .where(UserSession.person_id == person.id, UserSession.ended_at.is_(None))
        .values(ended_at=desk.now)
        .returning(UserSession.id)
    )
    return len(ended.all())


def _find(session: Session, token: str) -> UserSession | None:
    return session.scalars(
        select(UserSession).where(UserSession.token_hash == token_hash(token))
    ).one_or_none()


def _lifetime(person: Person) -> Lifetime:
    return FOR_STAFF if person.roles & STAFF else FOR_OTHERS


def _expiry(row: UserSession, lifetime: Lifetime, now: datetime) -> datetime:
    return min(now + lifetime.idle, row.created_at + lifetime.longest)
