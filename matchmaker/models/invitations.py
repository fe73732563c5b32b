"""Invitations to talks and the answers to them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.base import Base, state_type
from matchmaker.models.states import AnswerVia, InvitationRole, InvitationState

if TYPE_CHECKING:
    from matchmaker.models.people import Person
    from matchmaker.models.talks import Assignment, Talk


class Invitation(Base):
    """One person invited to one talk under one UID, which is never used again.

    `sequence` and `stamp` are those of the last revision sent. `snapshot` is the calendar entry of
    that revision and `told` the talk as its mail described it, so that the next one can say what
    has changed. `has_calendar`: its first mail carried a calendar part, so all later ones do.
    `undeliverable_at` is when we read that its last mail had come back, None while none has.
    """

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    talk_id: Mapped[int] = mapped_column(ForeignKey("talk.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"), index=True)
    role: Mapped[InvitationRole] = mapped_column(state_type(InvitationRole, "role"))
    uid: Mapped[str] = mapped_column(String(255), unique=True, insert_sentinel=True)
    sequence: Mapped[int] = mapped_column(default=0)
    stamp: Mapped[datetime]
    state: Mapped[InvitationState] = mapped_column(
        state_type(InvitationState, "state"), default=InvitationState.OPEN
    )
    snapshot: Mapped[dict[str, Any]] = mapped_column(default=dict)
    told: Mapped[dict[str, Any]] = mapped_column(default=dict)
    has_calendar: Mapped[bool] = mapped_column(default=False, server_default=false())
    first_message_id: Mapped[str | None] = mapped_column(String(255))
    answered_sequence: Mapped[int | None]
    answered_at: Mapped[datetime | None]
    answered_via: Mapped[AnswerVia | None] = mapped_column(state_type(AnswerVia, "answered_via"))
    undeliverable_at: Mapped[datetime | None]
    undeliverable_reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    talk: Mapped[Talk] = relationship(back_populates="invitations")
    person: Mapped[Person] = relationship()
    assignment: Mapped[Assignment | None] = relationship()
    responses: Mapped[list[Response]] = relationship(
        back_populates="invitation", order_by="Response.id"
    )

    __mapper_args__ = {"version_id_col": version}


class Response(Base):
    """An answer as it came in; rows are only ever added. `applied` says whether it counted.

    `message_id` is that of an answer by mail; the same mail never answers twice.
    """

    __tablename__ = "response"
    __table_args__ = (
        Index("ix_response_invitation_id_message_id", "invitation_id", "message_id", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id"), index=True)
    answer: Mapped[InvitationState] = mapped_column(state_type(InvitationState, "answer"))
    sequence: Mapped[int]
    stamp: Mapped[datetime]
    received_at: Mapped[datetime]
    via: Mapped[AnswerVia] = mapped_column(state_type(AnswerVia, "via"))
    message_id: Mapped[str | None] = mapped_column(String(255))
    comment: Mapped[str] = mapped_column(Text, default="")
    other_day: Mapped[date | None]
    substitute: Mapped[str] = mapped_column(String(200), default="")
    applied: Mapped[bool]
    outcome: Mapped[str] = mapped_column(String(40))

    invitation: Mapped[Invitation] = relationship(back_populates="responses")
