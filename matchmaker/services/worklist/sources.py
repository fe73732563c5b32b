"""Calendars that count for the planning and cannot be read any more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.models import CalendarSource, Person
from matchmaker.models.states import CalendarSourceState
from matchmaker.services.desk import Desk
from matchmaker.services.worklist.task import Finder, Task

LONG = timedelta(days=2)
"""A server may be down for a night; the person sees every failure on their own page."""


def stale(session: Session, desk: Desk) -> Iterator[Task]:
    """One task a person: somebody may want to ask whether the times still hold."""
    rows = session.execute(
        select(Person.name, Person.code, func.min(CalendarSource.read_at))
        .join(Person, Person.id == CalendarSource.person_id)
        .where(
            Person.active,
            CalendarSource.state == CalendarSourceState.COUNTS,
            CalendarSource.failures > 0,
            CalendarSource.read_at < desk.now - LONG,
        )
        .group_by(Person.id, Person.name, Person.code)
        .order_by(Person.id)
    )
    for name, code, since in rows:
        yield Task(kind="stale_calendar", since=since, facts={"name": name, "person": code})


FINDERS = (Finder(95, stale),)
