"""Mail that came in and waits for somebody, and invitations that came back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from matchmaker.models import Invitation, Talk
from matchmaker.models.states import InvitationState, TalkState
from matchmaker.services.desk import Desk
from matchmaker.services.incoming import review
from matchmaker.services.worklist.task import Finder, Task

FAILING_FOR = timedelta(minutes=15)
"""Servers are restarted; that alone needs nobody."""


def mailbox(session: Session, desk: Desk) -> Iterator[Task]:
    """The mailbox with the answers cannot be read."""
    state = review.mailbox(session) if desk.settings.imap_url else None
    if state is None or state.failing_since is None:
        return
    if state.failing_since <= desk.now - FAILING_FOR:
        facts = {"detail": state.failure}
        yield Task(kind="mailbox_trouble", since=state.failing_since, facts=facts)


def undeliverable(session: Session, desk: Desk) -> Iterator[Task]:
    """Somebody does not know of a talk: the last mail about it came back."""
    rows = session.scalars(
        select(Invitation)
        .join(Invitation.talk)
        .where(
            Invitation.undeliverable_at.is_not(None),
            Invitation.state != InvitationState.CANCELLED,
            Talk.state == TalkState.CONFIRMED,
            Talk.starts_at >= desk.now,
        )
        .options(
            joinedload(Invitation.person),
            contains_eager(Invitation.talk).joinedload(Talk.organisation),
        )
        .order_by(Talk.starts_at, Invitation.id)
    )
    for row in rows:
        facts = {
            "name": row.person.name,
            "person": row.person.code,
            "talk": row.talk.code,
            "host": row.talk.organisation.name,
            "starts_at": row.talk.starts_at,
            "reason": row.undeliverable_reason,
        }
        yield Task(kind="invitation_undeliverable", since=row.undeliverable_at, facts=facts)


def doubtful(session: Session, _desk: Desk) -> Iterator[Task]:
    """Mails about which a person decides."""
    count = review.count(session)
    if count:
        yield Task(kind="incoming_review", since=review.oldest(session), count=count)


FINDERS = (Finder(11, mailbox), Finder(15, undeliverable), Finder(35, doubtful))
