"""Mail that does not get out."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.models import OutboxMessage
from matchmaker.models.states import STUCK_MAILS
from matchmaker.services.desk import Desk
from matchmaker.services.sending import mail_trouble
from matchmaker.services.worklist.task import Finder, Task


def mail(session: Session, desk: Desk) -> Iterator[Task]:
    """Mail that does not get out: everything, or single ones."""
    trouble = mail_trouble.trouble(session, desk.settings)
    if trouble is not None:
        facts = {"text": trouble.text, "detail": trouble.detail}
        yield Task(kind="mail_trouble", since=trouble.since, facts=facts)
    rows = session.execute(
        select(
            OutboxMessage.state,
            func.count(),
            func.min(OutboxMessage.created_at),
            func.max(OutboxMessage.recipient),
        )
        .where(OutboxMessage.state.in_(STUCK_MAILS))
        .group_by(OutboxMessage.state)
        .order_by(OutboxMessage.state)
    )
    for state, count, since, recipient in rows:
        facts = {"recipient": recipient}
        yield Task(kind=f"mail_{state.value}", since=since, count=count, facts=facts)


FINDERS = (Finder(10, mail),)
