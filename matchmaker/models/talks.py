"""Talks that stand in the calendar, and who is assigned to them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.base import Base, state_type
from matchmaker.models.states import (
    OUT_OF_TEAM,
    AssignmentRole,
    AssignmentState,
    Format,
    MeetingMode,
    TalkState,
)

if TYPE_CHECKING:
    from matchmaker.models.invitations import Invitation
    from matchmaker.models.organisations import Organisation
    from matchmaker.models.people import Person
    from matchmaker.models.requests import Request


class Talk(Base):
    """An evening that has been approved, or a workshop, advice or coaching dated by hand.

    The wall time (`starts_local`, `ends_local` in `timezone`) is what was agreed; the UTC times
    are derived from it and serve for sorting and for refusing overlaps. `uid` stands in
    subscriptions that show a talk once and not once for every invitation.
    """

    __tablename__ = "talk"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="order"),
        CheckConstraint("mode IN ('onsite', 'online')", name="one_mode"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True, insert_sentinel=True)
    uid: Mapped[str] = mapped_column(String(255), unique=True)
    format: Mapped[Format] = mapped_column(state_type(Format, "format"), default=Format.TALK)
    request_id: Mapped[int | None] = mapped_column(ForeignKey("request.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    round_id: Mapped[int | None] = mapped_column(ForeignKey("planning_round.id"), index=True)
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id"))
    title: Mapped[str] = mapped_column(String(200))
    state: Mapped[TalkState] = mapped_column(
        state_type(TalkState, "state"), default=TalkState.CONFIRMED, index=True
    )
    starts_local: Mapped[str] = mapped_column(String(16))
    ends_local: Mapped[str] = mapped_column(String(16))
    timezone: Mapped[str] = mapped_column(String(64))
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    mode: Mapped[MeetingMode] = mapped_column(state_type(MeetingMode, "mode"))
    language_tag: Mapped[str] = mapped_column(ForeignKey("language.tag"))
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    district_nr: Mapped[str | None] = mapped_column(ForeignKey("district.nr"))
    location: Mapped[str] = mapped_column(String(320), default="")
    cancel_reason: Mapped[str] = mapped_column(Text, default="")
    cancelled_at: Mapped[datetime | None]
    held_at: Mapped[datetime | None]
    participants: Mapped[int | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    request: Mapped[Request | None] = relationship()
    organisation: Mapped[Organisation] = relationship()
    assignments: Mapped[list[Assignment]] = relationship(
        back_populates="talk", order_by="Assignment.id"
    )
    invitations: Mapped[list[Invitation]] = relationship(
        back_populates="talk", order_by="Invitation.id"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def local_start(self) -> datetime:
        """The agreed wall time, naive."""
        return datetime.fromisoformat(self.starts_local)

    @property
    def local_end(self) -> datetime:
        return datetime.fromisoformat(self.ends_local)

    def team(self, role: AssignmentRole | None = None) -> list[Assignment]:
        """Who takes part, as far as is known; only those in the role if one is given."""
        return [
            row
            for row in self.assignments
            if row.state not in OUT_OF_TEAM and (role is None or row.role is role)
        ]


class Assignment(Base):
    """One person at one talk.

    The times repeat the talk's so that the database itself can refuse that a person is in two
    places at once (declined and cancelled assignments do not count).
    """

    __tablename__ = "assignment"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="order"),
        UniqueConstraint("talk_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    talk_id: Mapped[int] = mapped_column(ForeignKey("talk.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[AssignmentRole] = mapped_column(state_type(AssignmentRole, "role"))
    state: Mapped[AssignmentState] = mapped_column(
        state_type(AssignmentState, "state"), default=AssignmentState.APPROVED
    )
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    talk: Mapped[Talk] = relationship(back_populates="assignments")
    person: Mapped[Person] = relationship()

    __mapper_args__ = {"version_id_col": version}
