"""Busy times of a calendar as rows that the planning heeds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from matchmaker.calendars.reading.merging import Interval, Kind, merged
from matchmaker.models import BusyInterval, CalendarSource
from matchmaker.models.states import BusyKind, BusySource


@dataclass(frozen=True, slots=True, order=True)
class FoundTime:
    """Half-open, aware."""

    starts_at: datetime
    ends_at: datetime
    kind: BusyKind


def found_times(rows: Iterable[dict[str, Any]] | None) -> Sequence[FoundTime]:
    """Times as a reading's JSON names them."""
    return [
        FoundTime(
            datetime.fromisoformat(row["from"]),
            datetime.fromisoformat(row["to"]),
            BusyKind(row["kind"]),
        )
        for row in rows or ()
    ]


def as_rows(times: Iterable[FoundTime], zone: tzinfo) -> list[dict[str, Any]]:
    """The other way round, on the wall clock of `zone`."""
    return [
        {
            "from": row.starts_at.astimezone(zone).isoformat(timespec="minutes"),
            "to": row.ends_at.astimezone(zone).isoformat(timespec="minutes"),
            "kind": row.kind.value,
        }
        for row in times
    ]


def joined(times: Iterable[FoundTime]) -> list[FoundTime]:
    """In order and without overlaps: equal lists mean that somebody is busy at the same times."""
    rows = merged(
        Interval(row.starts_at.astimezone(UTC), row.ends_at.astimezone(UTC), Kind(row.kind.value))
        for row in times
    )
    return [FoundTime(row.start, row.end, BusyKind(row.kind.value)) for row in rows]


def between(
    times: Iterable[FoundTime], start: datetime | None, end: datetime | None = None
) -> list[FoundTime]:
    """What of these times lies between both, joined; None means without a bound."""
    cut = (
        FoundTime(
            max(row.starts_at, start or row.starts_at),
            min(row.ends_at, end or row.ends_at),
            row.kind,
        )
        for row in times
    )
    return joined(row for row in cut if row.starts_at < row.ends_at)


def count_times(session: Session, source: CalendarSource) -> int:
    """Let what was found in the calendar count instead of what counted before; how many times."""
    forget_times(session, source)
    found = found_times(source.found)
    _add(session, source, found)
    return len(found)


def replace_ahead(
    session: Session, source: CalendarSource, found: Iterable[FoundTime], now: datetime
) -> None:
    """Let what was found count from now on. What is over stays, and rows that are right, too."""
    rows = _counted_rows(session, source)
    wanted = set(joined([*between(rows.values(), None, now), *between(found, now)]))
    wrong = [id_ for id_, time in rows.items() if time not in wanted]
    session.execute(delete(BusyInterval).where(BusyInterval.id.in_(wrong)))
    _add(session, source, sorted(wanted - set(rows.values())))


def _add(session: Session, source: CalendarSource, times: Iterable[FoundTime]) -> None:
    session.add_all(
        BusyInterval(
            person_id=source.person_id,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            kind=row.kind,
            source=BusySource(source.kind.value),
            source_id=source.id,
        )
        for row in times
    )
    session.flush()


def forget_times(session: Session, source: CalendarSource) -> None:
    session.execute(delete(BusyInterval).where(BusyInterval.source_id == source.id))


def counted_times(session: Session, source: CalendarSource) -> Sequence[FoundTime]:
    """What counts now, and what has counted and is over."""
    return list(_counted_rows(session, source).values())


def _counted_rows(session: Session, source: CalendarSource) -> dict[int, FoundTime]:
    rows = session.execute(
        select(
            BusyInterval.id, BusyInterval.starts_at, BusyInterval.ends_at, BusyInterval.kind
        ).where(BusyInterval.source_id == source.id)
    )
    return {id_: FoundTime(start, end, kind) for id_, start, end, kind in rows}
