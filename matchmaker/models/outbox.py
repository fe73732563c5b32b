"""The outbox: every mail as it leaves, byte for byte, and what became of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.models.base import Base, state_type
from matchmaker.models.states import MailPriority, OutboxState


class OutboxMessage(Base):
    """A mail to one person. `key` (kind:subject:sequence:recipient) exists once.

    Mails with the same `order_key` (an invitation's UID) leave one after the other. A worker
    claims a row until `lease_until`; `dot_at` is committed just before SMTP's final dot, so a
    row found with it set but unsent is uncertain. `dots` counts the final dots since a person
    last let the mail go, without those to which the server said no; after `give_up_at` (set by
    the first attempt) nobody tries again.
    From `not_after` on the mail is of no use to anybody (None = it always is): it is skipped.
    `bounced_at` is when we read that it came back although its server had taken it.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_waiting", "state", "priority", "due_at"),
        CheckConstraint("priority BETWEEN 0 AND 2", name="priority"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(400), unique=True, insert_sentinel=True)
    kind: Mapped[str] = mapped_column(String(40), index=True)
    recipient: Mapped[str] = mapped_column(String(254), index=True)
    subject: Mapped[str] = mapped_column(String(400))
    message_id: Mapped[str] = mapped_column(String(255), unique=True)
    body: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    method: Mapped[str | None] = mapped_column(String(16))
    order_key: Mapped[str | None] = mapped_column(String(255), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    request_id: Mapped[int | None] = mapped_column(ForeignKey("request.id"), index=True)
    talk_id: Mapped[int | None] = mapped_column(ForeignKey("talk.id"), index=True)
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitation.id"), index=True)
    state: Mapped[OutboxState] = mapped_column(
        state_type(OutboxState, "state"), default=OutboxState.QUEUED
    )
    attempts: Mapped[int] = mapped_column(default=0)
    dots: Mapped[int] = mapped_column(default=0)
    priority: Mapped[int] = mapped_column(
        SmallInteger, default=int(MailPriority.USUAL), server_default=text("1")
    )
    due_at: Mapped[datetime]
    not_after: Mapped[datetime | None]
    give_up_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    lease_owner: Mapped[str | None] = mapped_column(String(64))
    dot_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    bounced_at: Mapped[datetime | None]
    bounce_reason: Mapped[str] = mapped_column(Text, default="", server_default="")


class MailPace(Base):
    """The one row by which all workers together keep to the mails per second that are allowed.

    `next_at` is when the next mail may leave, None at once. Writers lock it one after the other.
    """

    __tablename__ = "mail_pace"

    id: Mapped[int] = mapped_column(primary_key=True)
    next_at: Mapped[datetime | None]
