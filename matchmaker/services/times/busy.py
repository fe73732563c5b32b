"""When people are busy: what their calendars say, without the talks that we know of ourselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import Assignment, BusyInterval, Talk
from matchmaker.models.states import FREED, BusySource, TalkState
from matchmaker.services.times.expansion import Interval, Taken, without


def busy_times(
    session: Session, start: datetime, end: datetime, people: Collection[int] | None = None
) -> Mapping[int, Sequence[Taken]]:
    """Busy times that touch the period (aware), by the person's id; of all people or of some.

    Calendars from elsewhere also hold the talks themselves, sometimes under other names. Those
    hours are left out: a talk must not stand in its own way, and counts once, as a talk.
    """
    query = select(
        BusyInterval.person_id,
        BusyInterval.starts_at,
        BusyInterval.ends_at,
        BusyInterval.kind,
        BusyInterval.source,
    ).where(BusyInterval.starts_at < end, BusyInterval.ends_at > start)
    if people is not None:
        query = query.where(BusyInterval.person_id.in_(people))
    rows = session.execute(query.order_by(BusyInterval.id)).all()
    read = {row.person_id for row in rows if row.source is not BusySource.MANUAL}
    talks = _own_talks(session, start, end) if read else {}
    found: defaultdict[int, list[Taken]] = defaultdict(list)
    for row in rows:
        own = [] if row.source is BusySource.MANUAL else talks.get(row.person_id, [])
        touched = [talk for talk in own if talk[0] < row.ends_at and talk[1] > row.starts_at]
        for first, last in without([(row.starts_at, row.ends_at)], touched):
            found[row.person_id].append(Taken(first, last, row.kind))
    return found


def _own_talks(session: Session, start: datetime, end: datetime) -> dict[int, list[Interval]]:
    """The hours of everybody's talks that stand."""
    found: defaultdict[int, list[Interval]] = defaultdict(list)
    for person_id, starts_at, ends_at in session.execute(
        select(Assignment.person_id, Assignment.starts_at, Assignment.ends_at)
        .join(Talk)
        .where(
            Assignment.state.not_in(FREED),
            Talk.state != TalkState.CANCELLED,
            Assignment.starts_at < end,
            Assignment.ends_at > start,
        )
    ):
        found[person_id].append((starts_at, ends_at))
    return found
