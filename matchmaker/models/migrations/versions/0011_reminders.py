"""Reminders, each written down once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import matchmaker.models.base

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = matchmaker.models.base.UtcDateTime(timezone=True)

    def one_of(name: str, *values: str) -> sa.Enum:
        return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)

    op.create_table(
        "reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=False),
        sa.Column("kind", one_of("kind", "talk", "answer"), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("occasion", sa.String(length=24), nullable=False),
        sa.Column("state", one_of("state", "queued", "skipped"), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("outbox_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("step >= 1", name=op.f("ck_reminder_step")),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name=op.f("fk_reminder_invitation_id_invitation")
        ),
        sa.ForeignKeyConstraint(
            ["outbox_id"], ["outbox.id"], name=op.f("fk_reminder_outbox_id_outbox")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint(
            "invitation_id",
            "kind",
            "step",
            "occasion",
            name=op.f("uq_reminder_invitation_id_kind_step_occasion"),
        ),
    )
    op.create_index("ix_reminder_state_due_at", "reminder", ["state", "due_at"])
    op.create_index(op.f("ix_reminder_outbox_id"), "reminder", ["outbox_id"])
