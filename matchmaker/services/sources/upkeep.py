"""Times from calendars are not kept for longer than they are of use."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from matchmaker.models import BusyInterval, CalendarSource
from matchmaker.models.states import BusySource, CalendarSourceKind, CalendarSourceState
from matchmaker.services.desk import Desk

KEPT = timedelta(days=183)
"""After a busy time is over, and after the last day of a file."""
KEPT_UNREAD = timedelta(days=30)
"""A file that could not be read, or that nobody has read since its owner is no longer active."""


def expire(session: Session, desk: Desk) -> None:
    """Remove what is long over: single times, and files of which nothing is left."""
    over = or_(
        CalendarSource.known_until < desk.today - KEPT,
        CalendarSource.state.in_((CalendarSourceState.FAILED, CalendarSourceState.WAITING))
        & (CalendarSource.created_at < desk.now - KEPT_UNREAD),
    )
    files = select(CalendarSource.id).where(CalendarSource.kind == CalendarSourceKind.UPLOAD, over)
    for statement in (
        delete(BusyInterval).where(
            BusyInterval.source != BusySource.MANUAL, BusyInterval.ends_at < desk.now - KEPT
        ),
        delete(BusyInterval).where(BusyInterval.source_id.in_(files)),
        delete(CalendarSource).where(CalendarSource.id.in_(files)),
    ):
        session.execute(statement.execution_options(synchronize_session=False))
