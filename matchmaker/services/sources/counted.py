"""Busy times of a calendar as rows that the planning heeds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

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


def count_times(session: Session, source: CalendarSource) -> int:
    """Let what was found in the calendar count instead of what counted before; how many times."""
    forget_times(session, source)
    found = found_times(source.found)
    session.add_all(
        BusyInterval(
            person_id=source.person_id,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            kind=row.kind,
            source=BusySource(source.kind.value),
            source_id=source.id,
        )
        for row in found
    )
    session.flush()
    return len(found)


def forget_times(session: Session, source: CalendarSource) -> None:
    session.execute(delete(BusyInterval).where(BusyInterval.source_id == source.id))


def counted_times(session: Session, source: CalendarSource) -> set[FoundTime]:
    """What counts now."""
    rows = session.execute(
        select(BusyInterval.starts_at, BusyInterval.ends_at, BusyInterval.kind).where(
            BusyInterval.source_id == source.id
        )
    )
    return {FoundTime(*row) for row in rows}
