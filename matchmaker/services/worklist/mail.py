"""Mail that does not get out."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.models import OutboxMessage, Person
from matchmaker.models.states import STUCK_MAILS
from matchmaker.services.desk import Desk
from matchmaker.services.sending import mail_trouble
from matchmaker.services.worklist.task import Finder, Task

MOST_SINGLE = 3
"""So many mails in each state stand one by one; what is more is a single task."""


def mail(session: Session, desk: Desk) -> Iterator[Task]:
    """Mail that does not get out: everything, or single ones."""
    trouble = mail_trouble.trouble(session, desk.settings)
    if trouble is not None:
        facts = {"text": trouble.text, "detail": trouble.detail}
        yield Task(kind="mail_trouble", since=trouble.since, facts=facts)
    yield from _stuck(session)


def _stuck(session: Session) -> Iterator[Task]:
    """The oldest of each state, with one statement."""
    ranked = (
        select(
            OutboxMessage.id,
            func.row_number()
            .over(partition_by=OutboxMessage.state, order_by=OutboxMessage.id)
            .label("place"),
            func.count().over(partition_by=OutboxMessage.state).label("total"),
        )
        .where(OutboxMessage.state.in_(STUCK_MAILS))
        .subquery()
    )
    rows = session.execute(
        select(
            OutboxMessage.id,
            OutboxMessage.state,
            OutboxMessage.subject,
            func.coalesce(Person.name, OutboxMessage.recipient),
            OutboxMessage.last_error,
            OutboxMessage.created_at,
            ranked.c.place,
            ranked.c.total,
        )
        .join(ranked, ranked.c.id == OutboxMessage.id)
        .outerjoin(Person, Person.id == OutboxMessage.person_id)
        .where(ranked.c.place <= MOST_SINGLE)
        .order_by(OutboxMessage.state, OutboxMessage.id)
    )
    for number, state, subject, name, reason, since, place, total in rows:
        facts = {"mail": number, "subject": subject, "recipient": name, "reason": reason}
        yield Task(kind=f"mail_{state.value}", since=since, facts=facts)
        if place == MOST_SINGLE and total > place:
            yield Task(kind=f"more_mails_{state.value}", count=total - place)


FINDERS = (Finder(10, mail),)
