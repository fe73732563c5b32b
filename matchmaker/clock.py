"""The service's clock. Everybody who needs the time is handed it; nobody else asks the system."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The current time, aware, in UTC."""
    return datetime.now(UTC)


def shifted_clock(start: datetime, started_at: datetime) -> Clock:
    """A clock that showed `start` at the real time `started_at` and has ticked on since."""
    offset = start.astimezone(UTC) - started_at.astimezone(UTC)

    def now() -> datetime:
        return system_clock() + offset

    return now
