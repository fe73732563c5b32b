"""How talks come into people's calendars: with the mails, or by a subscription that works."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import Feed, FeedToken, Person
from matchmaker.models.states import CalendarChoice, FeedScope


def subscribers(session: Session, people: Iterable[Person]) -> frozenset[int]:
    """The ids of those whose mails bring no calendar part, in one statement at most.

    They have chosen the subscription, and the address of their talks works. Without one their
    talks would stand in no calendar at all.
    """
    chosen = {row.id for row in people if row.calendar_choice is CalendarChoice.SUBSCRIPTION}
    return _with_feed(session, chosen)


def is_subscriber(session: Session, person: Person) -> bool:
    return person.id in subscribers(session, [person])


def has_feed(session: Session, person: Person) -> bool:
    """Whether the address of the person's talks works, whatever they have chosen."""
    return person.id in _with_feed(session, {person.id})


def _with_feed(session: Session, person_ids: Iterable[int]) -> frozenset[int]:
    ids = sorted(set(person_ids))
    if not ids:
        return frozenset()
    works = Feed.tokens.any(FeedToken.revoked_at.is_(None))
    theirs = select(Feed.person_id).where(
        Feed.person_id.in_(ids), Feed.scope == FeedScope.FULL, works
    )
    return frozenset(found for found in session.scalars(theirs) if found is not None)
