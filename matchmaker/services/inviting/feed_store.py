"""How the bytes of a subscription are stored, and since when they are what they are."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import AuditHead, Feed
from matchmaker.services.desk import Desk
from matchmaker.services.inviting.feed_content import Rendered


def wait_for_others(session: Session) -> None:
    """From here on, everything read is complete until the commit.

    Whoever else changes something holds this row. Without waiting, the later of two transactions
    would overwrite what the other one has put into a feed.
    """
    session.flush()
    session.execute(select(AuditHead.id).with_for_update()).all()


def store(feed: Feed, made: Rendered, changed_at: datetime) -> None:
    if feed.etag != made.etag:
        feed.body, feed.etag, feed.changed_at = made.body, made.etag, changed_at
    feed.stale_on = made.stale_on


def aged_at(desk: Desk, feed: Feed, made: Rendered) -> datetime:
    """When the bytes became what they are: the midnight on which something dropped out."""
    if made.aged_on is None:
        return feed.changed_at
    return max(feed.changed_at, _midnight(desk, made.aged_on))


def _midnight(desk: Desk, day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=desk.settings.zone)
