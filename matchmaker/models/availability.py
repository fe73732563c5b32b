"""When somebody has time: weekly rules, single spans of days, and what their calendar says."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.models.base import Base, state_type
from matchmaker.models.states import AvailabilityKind, BusyKind, BusySource


class AvailabilityRule(Base):
    """Every week on `weekday` (0 = Monday) from `starts` to `ends`, local wall time.

    `ends` 00:00 means the end of the day. The rule holds between `valid_from` and `valid_to`
    (inclusive, None = without end).
    """

    __tablename__ = "availability_rule"
    __table_args__ = (CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("profile.person_id"), index=True)
    kind: Mapped[AvailabilityKind] = mapped_column(state_type(AvailabilityKind, "kind"))
    weekday: Mapped[int]
    starts: Mapped[time]
    ends: Mapped[time]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


class AvailabilitySpan(Base):
    """Single days (both inclusive): extra time, time to avoid, or days off.

    Without `starts` and `ends` it means the whole day.
    """

    __tablename__ = "availability_span"
    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="order"),
        CheckConstraint("(starts IS NULL) = (ends IS NULL)", name="times"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("profile.person_id"), index=True)
    kind: Mapped[AvailabilityKind] = mapped_column(state_type(AvailabilityKind, "kind"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    starts: Mapped[time | None]
    ends: Mapped[time | None]


class BusyInterval(Base):
    """Time taken by something else. No titles: what it is stays with the person.

    `source_id` is the calendar that it was read from, None for what was entered by hand.
    """

    __tablename__ = "busy_interval"
    __table_args__ = (CheckConstraint("starts_at < ends_at", name="order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("profile.person_id"), index=True)
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    kind: Mapped[BusyKind] = mapped_column(state_type(BusyKind, "kind"))
    source: Mapped[BusySource] = mapped_column(state_type(BusySource, "source"))
    source_key: Mapped[str] = mapped_column(String(80), default="")
    source_id: Mapped[int | None] = mapped_column(
        ForeignKey("calendar_source.id", ondelete="CASCADE"), index=True
    )
