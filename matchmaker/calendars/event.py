"""One invitation as a calendar sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

BERLIN = "Europe/Berlin"


class Status(StrEnum):
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class PartStat(StrEnum):
    """What the invited person answered (RFC 5545, 3.2.12)."""

    NEEDS_ACTION = "NEEDS-ACTION"
    ACCEPTED = "ACCEPTED"
    TENTATIVE = "TENTATIVE"
    DECLINED = "DECLINED"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEvent:
    """One person's invitation to one talk: everything that stands in its VEVENT.

    `uid` belongs to the invitation for ever; it is stored and never used again after a
    cancellation. `stamp`, `created` and `last_modified` are aware and stored with the revision,
    so that rendering twice gives the same bytes. `start` and `end` are naive wall-clock times in
    `timezone` (a name of the tz database). Texts may hold anything: they are cleaned when rendered.
    """

    uid: str
    sequence: int
    stamp: datetime
    created: datetime
    last_modified: datetime
    start: datetime
    end: datetime
    summary: str
    timezone: str = BERLIN
    description: str = ""
    location: str = ""
    url: str = ""
    status: Status = Status.CONFIRMED
    organizer_name: str = ""
    organizer_email: str = ""
    attendee_name: str = ""
    attendee_email: str = ""
    partstat: PartStat = PartStat.NEEDS_ACTION

    @property
    def start_utc(self) -> datetime:
        """The instant of `start`. A time that the clock skips counts with the offset before it."""
        return instant(self.start, self.timezone)

    @property
    def end_utc(self) -> datetime:
        """The instant of `end`."""
        return instant(self.end, self.timezone)


def instant(local: datetime, timezone: str) -> datetime:
    """The UTC instant of a naive wall-clock time.

    Of two equal wall-clock times in autumn the first is meant, as RFC 5545 (3.3.5) says.
    Raises ValueError for an aware time, ZoneInfoNotFoundError for an unknown zone.
    """
    if local.tzinfo is not None:
        raise ValueError(f"expected a wall-clock time without a zone, got {local.isoformat()}")
    return local.replace(tzinfo=ZoneInfo(timezone), fold=0).astimezone(UTC)


def to_snapshot(event: CalendarEvent) -> dict[str, str | int]:
    """The event as JSON values, to be stored beside the invitation when it is sent."""
    values = {name: getattr(event, name) for name in CalendarEvent.__dataclass_fields__}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def from_snapshot(values: Mapping[str, Any]) -> CalendarEvent:
    """The event that `to_snapshot` wrote down. Raises TypeError or ValueError for anything else."""
    read: dict[str, Any] = dict(values)
    for name in ("stamp", "created", "last_modified", "start", "end"):
        read[name] = datetime.fromisoformat(read[name])
    read["status"] = Status(read["status"])
    read["partstat"] = PartStat(read["partstat"])
    return CalendarEvent(**read)
