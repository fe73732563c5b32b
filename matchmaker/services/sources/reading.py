"""The worker's part: which calendar is due, and what becomes of a reading or a failure.

A failure never frees anybody: what was read last goes on counting, and the person is told.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, undefer

from matchmaker.models import CalendarSource, Person
from matchmaker.models.states import CalendarSourceKind, CalendarSourceState
from matchmaker.services.desk import Desk
from matchmaker.services.house import audit
from matchmaker.services.sources.counted import count_times, counted_times, found_times

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

    `etag` and `last_modified` are empty if it has to be read even if it has not changed.
    """

    id: int
    body: bytes | None
    url: str | None
    etag: str
    last_modified: str
    first: date
    last: date


def claim(session: Session, desk: Desk, owner: str) -> Due | None:
    """The calendar that has waited longest, for this worker and for two minutes."""
    free = or_(CalendarSource.lease_until.is_(None), CalendarSource.lease_until <= desk.now)
    row_id = session.scalar(
        select(CalendarSource.id)
        .where(CalendarSource.next_at <= desk.now, free)
        .order_by(CalendarSource.next_at)
        .limit(1)
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


def store(session: Session, desk: Desk, due: Due, owner: str, read: Read) -> None:
    """Keep what was found. It counts at once only if the person has let this calendar count."""
    row = _held(session, due.id, owner)
    if row is None:
        return
    report = _shortened(read.reading["report"])
    if _says_less(row, report):
        _fail(desk, row, Failure.INCOMPLETE)
        return
    row.found, row.report = list(read.reading["busy"]), report
    row.body, row.body_hash = None, hashlib.sha256(read.content).hexdigest()
    row.etag, row.last_modified = read.etag, read.last_modified
    row.read_at, row.known_until = desk.now, due.last
    _succeed(desk, row)
    if row.state is not CalendarSourceState.COUNTS:
        row.state = CalendarSourceState.READ
    elif counted_times(session, row) != set(found_times(row.found)):
        number = count_times(session, row)
        audit.record(
            session,
            desk,
            "calendar_source.refreshed",
            session.get_one(Person, row.person_id),
            after={"calendar": row.id, "times": number},
        )


def unchanged(session: Session, desk: Desk, due: Due, owner: str) -> None:
    """The server says that nothing is new."""
    row = _held(session, due.id, owner)
    if row is not None:
        row.read_at = desk.now
        _succeed(desk, row)


def fail(session: Session, desk: Desk, due: Due, owner: str, failure: Failure) -> None:
    """Note why it could not be read; what counted goes on counting."""
    row = _held(session, due.id, owner)
    if row is not None:
        _fail(desk, row, failure)


def _says_less(row: CalendarSource, report: Mapping[str, Any]) -> bool:
    """Whether times that count now might be missing from a reading that is not complete."""
    before = row.report or {}
    return (
        row.state is CalendarSourceState.COUNTS
        and not report["complete"]
        and bool(before.get("complete", True))
    )


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
