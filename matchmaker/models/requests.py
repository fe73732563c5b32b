"""Requests: what an association needs, from the first draft to the talk."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.base import Base, state_type
from matchmaker.models.states import (
    DuplicateState,
    Format,
    InterpretingNeed,
    MeetingMode,
    RequestSource,
    RequestState,
)

if TYPE_CHECKING:
    from matchmaker.models.organisations import Organisation, Venue
    from matchmaker.models.people import Person
    from matchmaker.models.reference import Language, Topic


class Request(Base):
    """A need. While it is a draft only `draft` (what was typed, as typed) is sure to be there.

    `date_from`..`date_to` (inclusive) bound the weekly windows; `minutes` is the length of the
    talk. `questions` are the members' own words and hold no names.
    """

    __tablename__ = "request"
    __table_args__ = (
        CheckConstraint(
            "state = 'draft' OR (organisation_id IS NOT NULL AND contact_id IS NOT NULL)",
            name="complete_unless_draft",
        ),
        CheckConstraint("date_from <= date_to", name="period"),
        CheckConstraint("minutes BETWEEN 30 AND 480", name="minutes"),
        CheckConstraint("max_speakers BETWEEN 1 AND 3", name="max_speakers"),
        CheckConstraint("interpreters_needed BETWEEN 1 AND 3", name="interpreters_needed"),
        CheckConstraint("priority BETWEEN 1 AND 3", name="priority"),
        Index("ix_request_newest", "submitted_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    state: Mapped[RequestState] = mapped_column(state_type(RequestState, "state"), index=True)
    format: Mapped[Format] = mapped_column(state_type(Format, "format"), default=Format.TALK)
    source: Mapped[RequestSource] = mapped_column(state_type(RequestSource, "source"))
    draft: Mapped[dict[str, Any]] = mapped_column(default=dict)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    other_topic: Mapped[str] = mapped_column(Text, default="")
    questions: Mapped[str] = mapped_column(Text, default="")
    notes: Mapped[str] = mapped_column(Text, default="")
    coordination_notes: Mapped[str] = mapped_column(Text, default="")
    interpreting: Mapped[InterpretingNeed] = mapped_column(
        state_type(InterpretingNeed, "interpreting"), default=InterpretingNeed.IF_NEEDED
    )
    interpreters_needed: Mapped[int] = mapped_column(default=1)
    max_speakers: Mapped[int] = mapped_column(default=1)
    minutes: Mapped[int] = mapped_column(default=120)
    date_from: Mapped[date | None]
    date_to: Mapped[date | None]
    mode: Mapped[MeetingMode] = mapped_column(
        state_type(MeetingMode, "mode"), default=MeetingMode.ONSITE
    )
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    address: Mapped[str] = mapped_column(String(240), default="")
    district_nr: Mapped[str | None] = mapped_column(ForeignKey("district.nr"), index=True)
    room_capacity: Mapped[int | None]
    step_free: Mapped[bool | None]
    needs_room: Mapped[bool] = mapped_column(default=False)
    people: Mapped[int] = mapped_column(default=0)
    womens_group: Mapped[bool] = mapped_column(default=False)
    children: Mapped[int] = mapped_column(default=0)
    priority: Mapped[int] = mapped_column(default=1)
    waiting_rounds: Mapped[int] = mapped_column(default=0)
    state_reason: Mapped[str] = mapped_column(Text, default="")
    duplicate_of_id: Mapped[int | None] = mapped_column(ForeignKey("request.id"))
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    organisation: Mapped[Organisation | None] = relationship()
    contact: Mapped[Person | None] = relationship()
    venue: Mapped[Venue | None] = relationship()
    topics: Mapped[list[RequestTopic]] = relationship(
        cascade="all, delete-orphan", order_by="RequestTopic.rank"
    )
    languages: Mapped[list[RequestLanguage]] = relationship(
        cascade="all, delete-orphan", order_by="RequestLanguage.rank"
    )
    windows: Mapped[list[RequestWindow]] = relationship(
        cascade="all, delete-orphan", order_by="RequestWindow.id"
    )
    days_off: Mapped[list[RequestDayOff]] = relationship(
        cascade="all, delete-orphan", order_by="RequestDayOff.first_day"
    )
    speaker_wishes: Mapped[list[SpeakerWish]] = relationship(cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": version}


class RequestTopic(Base):
    """`rank` 1 is the most wanted."""

    __tablename__ = "request_topic"

    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"), primary_key=True)
    rank: Mapped[int] = mapped_column(primary_key=True)
    topic_code: Mapped[str] = mapped_column(ForeignKey("topic.code"), index=True)
    topic: Mapped[Topic] = relationship()


class RequestLanguage(Base):
    """A language in which the evening may be held; `rank` 1 is the most wanted."""

    __tablename__ = "request_language"

    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"), primary_key=True)
    rank: Mapped[int] = mapped_column(primary_key=True)
    language_tag: Mapped[str] = mapped_column(ForeignKey("language.tag"), index=True)
    language: Mapped[Language] = relationship()


class RequestWindow(Base):
    """When it suits: every `weekday` (0 = Monday) of the period, or the one `day`.

    Local wall time from `starts` to `ends` (00:00 = end of the day); `preference` 0..3.
    """

    __tablename__ = "request_window"
    __table_args__ = (
        CheckConstraint("(weekday IS NULL) <> (day IS NULL)", name="weekday_or_day"),
        CheckConstraint("weekday IS NULL OR weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("preference BETWEEN 0 AND 3", name="preference"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"), index=True)
    weekday: Mapped[int | None]
    day: Mapped[date | None]
    starts: Mapped[time]
    ends: Mapped[time]
    preference: Mapped[int] = mapped_column(default=0)


class RequestDayOff(Base):
    """Days (inclusive) that do not suit this one request."""

    __tablename__ = "request_day_off"
    __table_args__ = (CheckConstraint("first_day <= last_day", name="order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]


class SpeakerWish(Base):
    """A speaker whom the association would like, or would rather not have."""

    __tablename__ = "speaker_wish"

    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    wanted: Mapped[bool]


class DuplicateFlag(Base):
    """Two requests that look like one; only a person decides."""

    __tablename__ = "duplicate_flag"
    __table_args__ = (
        UniqueConstraint("first_id", "second_id"),
        CheckConstraint("first_id < second_id", name="order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    first_id: Mapped[int] = mapped_column(ForeignKey("request.id"), index=True)
    second_id: Mapped[int] = mapped_column(ForeignKey("request.id"), index=True)
    state: Mapped[DuplicateState] = mapped_column(
        state_type(DuplicateState, "state"), default=DuplicateState.OPEN
    )
    found_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    first: Mapped[Request] = relationship(foreign_keys=[first_id])
    second: Mapped[Request] = relationship(foreign_keys=[second_id])
