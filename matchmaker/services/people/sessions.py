"""Who is signed in: sessions that live in the database, so that ending one works at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from matchmaker.models import LoginToken, Person, UserSession
from matchmaker.models.states import Role
from matchmaker.services.desk import Desk
from matchmaker.services.house.tokens import new_token, token_hash
from matchmaker.services.people import factor_rule

STAFF = frozenset({Role.COORDINATOR, Role.AUDITOR, Role.ADMIN})


@dataclass(frozen=True, slots=True)
class Lifetime:
    """A session ends after `idle` without an action, and after `longest` in any case."""

    idle: timedelta
    longest: timedelta


FOR_STAFF = Lifetime(idle=timedelta(hours=12), longest=timedelta(days=7))
FOR_OTHERS = Lifetime(idle=timedelta(days=30), longest=timedelta(days=90))
SECOND_STEP = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class SignIn:
    """Who is signed in; `needs_factor` if a second factor must be set up before anything else."""

    person: Person
    needs_factor: bool


def start(session: Session, desk: Desk, person: Person, *, awaits_factor: bool = False) -> str:
    """Sign the person in; returns the token for the cookie, of which only a hash is kept.

    With `awaits_factor` the token is worth nothing but the second step, for ten minutes.
    """
    token = new_token()
    session.add(
        UserSession(
            token_hash=token_hash(token),
            person_id=person.id,
            created_at=desk.now,
            seen_at=desk.now,
            expires_at=desk.now + (SECOND_STEP if awaits_factor else _lifetime(person).idle),
            awaits_factor=awaits_factor,
        )
    )
    return token


def sign_in_of(session: Session, desk: Desk, token: str) -> SignIn | None:
    """Who holds the token; None if the session has ended or the person is no longer active."""
    found = (
        session.execute(
            select(UserSession, factor_rule.is_missing())
            .where(UserSession.token_hash == token_hash(token), ~UserSession.awaits_factor)
            .options(joinedload(UserSession.person).joinedload(Person.role_rows))
        )
        .unique()
        .one_or_none()
    )
    if found is None or not _lives(found[0], desk):
        return None
    person: Person = found[0].person
    return SignIn(person, needs_factor=bool(found[1] and person.roles & STAFF))


def person_of(session: Session, desk: Desk, token: str) -> Person | None:
    """Who holds the token, as `sign_in_of` finds them."""
    found = sign_in_of(session, desk, token)
    return found.person if found else None


def awaiting_factor(session: Session, desk: Desk, token: str) -> Person | None:
    """Whose second step the token waits for; None if it does not, or no longer."""
    row = _find(session, token)
    return row.person if row is not None and row.awaits_factor and _lives(row, desk) else None


def _lives(row: UserSession, desk: Desk) -> bool:
    return row.ended_at is None and row.expires_at > desk.now and row.person.active


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
    """Sign the person out everywhere; returns how many sessions that ended.

    Mailed sign-in links that were not used yet end as well: they may lie in a mailbox that is no
    longer the person's.
    """
    session.execute(
        update(LoginToken)
        .where(LoginToken.person_id == person.id, LoginToken.used_at.is_(None))
        .values(used_at=desk.now)
    )
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
