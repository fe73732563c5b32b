"""Reminders: each comes once, or is shown as skipped."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.base import Base, state_type
from matchmaker.models.states import ReminderKind, ReminderState

if TYPE_CHECKING:
    from matchmaker.models.invitations import Invitation
    from matchmaker.models.outbox import OutboxMessage


class Reminder(Base):
    """That a person was reminded, or why not; written in the transaction that queues the mail.

    `step` tells several reminders of a kind apart (1 is the first), and `occasion` is what they are
    about: the talk's start in UTC (`2027-01-19T17:00Z`), so that a moved talk is announced anew,
    or the SEQUENCE that has no answer (`1`). So none is ever written twice. `due_at` is when it
    was to leave, `reason` why it did not.
    """

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("invitation_id", "kind", "step", "occasion"),
        Index("ix_reminder_state_due_at", "state", "due_at"),
        CheckConstraint("step >= 1", name="step"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id"))
    kind: Mapped[ReminderKind] = mapped_column(state_type(ReminderKind, "kind"))
    step: Mapped[int] = mapped_column(default=1)
    occasion: Mapped[str] = mapped_column(String(24))
    state: Mapped[ReminderState] = mapped_column(state_type(ReminderState, "state"))
    reason: Mapped[str] = mapped_column(String(40), default="")
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    outbox_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"), index=True)

    invitation: Mapped[Invitation] = relationship()
    outbox: Mapped[OutboxMessage | None] = relationship()
