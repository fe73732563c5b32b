"""The worker's part: which calendar is due, and what becomes of a reading or a failure.

A failure never frees anybody: what was read last goes on counting, and the person is told. Half a
reading frees nobody either: it may only add times.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, undefer

from matchmaker.models import CalendarSource, Person
from matchmaker.models.states import CalendarSourceKind, CalendarSourceState
from matchmaker.services.desk import Desk
from matchmaker.services.house import audit
from matchmaker.services.sources.counted import (
    FoundTime,
    as_rows,
    between,
    counted_times,
    found_times,
    joined,
    replace_ahead,
)

DAYS = 400
"""How far ahead a calendar is read, today included."""
KNOWN_ENOUGH = timedelta(days=DAYS - 30)
"""While so much lies ahead, a calendar that has not changed is not read again."""
EVERY = timedelta(hours=1)
WAITS = (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6))
"""After the first failures in a row; from then on always the last one."""
LEASE = timedelta(minutes=2)
KEPT_NOTES = 200


class Failure(StrEnum):
    """Why a calendar could not be read; what is said of it stands with the pages."""

    NOT_A_CALENDAR = "not_a_calendar"
    GAVE_UP = "gave_up"
    UNREACHABLE = "unreachable"
    GONE = "gone"
    REFUSED = "refused"
    TROUBLE = "trouble"
    TOO_LARGE = "too_large"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A calendar to be read now, and everything that is needed for it.

    `etag`, `last_modified` and `body_hash` (of the bytes last read) are empty if it has to be read
    even if it has not changed.
    """

    id: int
    body: bytes | None
    url: str | None
    etag: str
    last_modified: str
    body_hash: str
    first: date
    last: date


def claim(session: Session, desk: Desk, owner: str) -> Due | None:
    """The calendar that has waited longest, for this worker and for two minutes.

    Those of people who are no longer active wait until they are again. One that another worker is
    taking at this moment is passed over.
    """
    free = or_(CalendarSource.lease_until.is_(None), CalendarSource.lease_until <= desk.now)
    row_id = session.scalar(
        select(CalendarSource.id)
        .join(Person, Person.id == CalendarSource.person_id)
        .where(CalendarSource.next_at <= desk.now, free, Person.active)
        .order_by(CalendarSource.next_at)
        .limit(1)
        .with_for_update(skip_locked=True, of=CalendarSource)
    )
    if row_id is None:
        return None
    taken = session.execute(
        update(CalendarSource)
        .where(CalendarSource.id == row_id, CalendarSource.next_at <= desk.now, free)
        .values(lease_owner=owner, lease_until=desk.now + LEASE)
    )
    row = _row(session, row_id)
    if not getattr(taken, "rowcount", 0) or row is None:
        return None
    known = row.known_until is not None and row.known_until >= desk.today + KNOWN_ENOUGH
    return Due(
        id=row.id,
        body=row.body,
        url=row.url,
        etag=row.etag if known else "",
        last_modified=row.last_modified if known else "",
        body_hash=row.body_hash if known else "",
        first=desk.today,
        last=desk.today + timedelta(days=DAYS - 1),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A reading as `calendars.reading` gives it, and what the server said of the file."""

    content: bytes
    reading: Mapping[str, Any]
    etag: str = ""
    last_modified: str = ""


def hash_of(content: bytes) -> str:
    """SHA-256, in hex."""
    return hashlib.sha256(content).hexdigest()


def store(session: Session, desk: Desk, due: Due, owner: str, read: Read) -> None:
    """Keep what was found. It counts at once only if the person has let this calendar count."""
    row = _held(session, due.id, owner)
    if row is None:
        return
    report = _shortened(read.reading["report"])
    if row.state is CalendarSourceState.COUNTS:
        found = found_times(read.reading["busy"])
        if not report["complete"]:
            report["gaps_accepted"] = _gaps_accepted(row)
            kept = _with_counted(session, desk, row, found)
            if kept != joined(found) or not report["gaps_accepted"]:
                _only_add(session, desk, row, kept, report)
                return
        _heed(session, desk, row, found, due.last)
    else:
        row.state = CalendarSourceState.READ
    row.found, row.report = list(read.reading["busy"]), report
    row.body, row.body_hash = None, hash_of(read.content)
    row.etag, row.last_modified = read.etag, read.last_modified
    row.read_at, row.known_until = desk.now, due.last
    _succeed(desk, row)


def unchanged(session: Session, desk: Desk, due: Due, owner: str) -> None:
    """Nothing is new: the server says so, or has sent the same bytes once more."""
    row = _held(session, due.id, owner)
    if row is not None:
        row.read_at = desk.now
        _succeed(desk, row)


def fail(session: Session, desk: Desk, due: Due, owner: str, failure: Failure) -> None:
    """Note why it could not be read; what counted goes on counting."""
    row = _held(session, due.id, owner)
    if row is not None:
        _fail(desk, row, failure)


def _gaps_accepted(row: CalendarSource) -> bool:
    """Whether the person has seen that not everything can be read, and has let it count.

    What counted before this was noted in the report, was accepted as it was.
    """
    before = row.report or {}
    return bool(before.get("gaps_accepted", not before.get("complete", True)))


def _with_counted(
    session: Session, desk: Desk, row: CalendarSource, found: Sequence[FoundTime]
) -> list[FoundTime]:
    """What was found, and what counts from now on."""
    return joined([*between(counted_times(session, row), desk.now), *found])


def _only_add(
    session: Session,
    desk: Desk,
    row: CalendarSource,
    times: Sequence[FoundTime],
    report: dict[str, Any],
) -> None:
    """Heed half a reading as far as it goes, and try again: it counts as a failure.

    The day of the last reading, and the days that are known, stay those of the last whole one.
    """
    _heed(session, desk, row, times, row.known_until)
    row.found, row.report = as_rows(times, desk.settings.zone), report
    row.etag = row.last_modified = row.body_hash = ""
    _fail(desk, row, Failure.INCOMPLETE)


def _heed(
    session: Session,
    desk: Desk,
    row: CalendarSource,
    found: Sequence[FoundTime],
    last: date | None,
) -> None:
    """Let these times count from now on. Plans are old only if that is another thing than before.

    A day that is over or has come into sight since is no news: this is looked at to the end of
    the days that both readings know.
    """
    ends = [day for day in (row.known_until, last) if day is not None]
    end = _midnight_after(desk, min(ends)) if ends else None
    before = between(counted_times(session, row), desk.now, end)
    replace_ahead(session, row, found, desk.now)
    if before != between(found, desk.now, end):
        audit.record(
            session,
            desk,
            "calendar_source.refreshed",
            session.get_one(Person, row.person_id),
            after={"calendar": row.id, "times": len(found)},
        )


def _midnight_after(desk: Desk, day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(0), desk.settings.zone)


def _row(session: Session, row_id: int) -> CalendarSource | None:
    return session.scalars(
        select(CalendarSource)
        .where(CalendarSource.id == row_id)
        .options(undefer(CalendarSource.body), undefer(CalendarSource.found))
        .execution_options(populate_existing=True)
    ).one_or_none()


def _held(session: Session, row_id: int, owner: str) -> CalendarSource | None:
    """None if the person has removed the calendar, or another worker has it by now."""
    row = _row(session, row_id)
    return row if row is not None and row.lease_owner == owner else None


def _succeed(desk: Desk, row: CalendarSource) -> None:
    row.failure, row.failures = "", 0
    _done(desk, row, EVERY)


def _fail(desk: Desk, row: CalendarSource, failure: Failure) -> None:
    wait = WAITS[min(row.failures, len(WAITS) - 1)]
    row.failure, row.failures = failure.value, row.failures + 1
    if row.state is CalendarSourceState.WAITING:
        row.state = CalendarSourceState.FAILED
    row.body = None
    _done(desk, row, wait)


def _done(desk: Desk, row: CalendarSource, wait: timedelta) -> None:
    row.tried_at = desk.now
    row.next_at = desk.now + wait if row.kind is CalendarSourceKind.SUBSCRIPTION else None
    row.lease_owner = row.lease_until = None


def _shortened(report: Mapping[str, Any]) -> dict[str, Any]:
    return {**report, "entries": list(report["entries"])[:KEPT_NOTES]}
