"""Other calendars of a speaker or an interpreter, read for the times in which they are busy."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.models.base import Base, state_type
from matchmaker.models.states import CalendarSourceKind, CalendarSourceState


class CalendarSource(Base):
    """A calendar file that somebody handed in, or an address that is read again and again.

    `url` opens a calendar to whoever has it: it stands in no log and on no page in full. `body` are
    the bytes from when they arrive until they are read. `found` are the busy times (never titles)
    that the person looks at before they count; then they become `BusyInterval`s, which stay as
    they are when a later try fails. `report` says what was taken over and what was not, and why.
    Nothing is known of the days after `known_until`.

    It was last tried at `tried_at` and last read at `read_at`; `failure` is what has kept it from
    being read `failures` times in a row. The next try is due at `next_at` (None: none is), a worker
    has it until `lease_until`. `etag` and `last_modified` are as its server sent them; `body_hash`
    (SHA-256, hex) is that of the bytes last read.
    """

    __tablename__ = "calendar_source"
    __table_args__ = (CheckConstraint("kind = 'upload' OR url IS NOT NULL", name="url"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("profile.person_id"), index=True)
    kind: Mapped[CalendarSourceKind] = mapped_column(state_type(CalendarSourceKind, "kind"))
    name: Mapped[str] = mapped_column(String(120))
    url: Mapped[str | None] = mapped_column(Text)
    state: Mapped[CalendarSourceState] = mapped_column(
        state_type(CalendarSourceState, "state"), default=CalendarSourceState.WAITING
    )
    body: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    body_hash: Mapped[str] = mapped_column(String(64), default="")
    etag: Mapped[str] = mapped_column(Text, default="")
    last_modified: Mapped[str] = mapped_column(String(80), default="")
    report: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    found: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    known_until: Mapped[date | None]
    read_at: Mapped[datetime | None]
    counts_since: Mapped[datetime | None]
    tried_at: Mapped[datetime | None]
    next_at: Mapped[datetime | None] = mapped_column(index=True)
    failure: Mapped[str] = mapped_column(Text, default="")
    failures: Mapped[int] = mapped_column(default=0)
    lease_owner: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
