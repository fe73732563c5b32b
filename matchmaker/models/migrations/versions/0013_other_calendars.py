"""Other calendars of speakers and interpreters, and which busy times come from which of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import matchmaker.models.base

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = matchmaker.models.base.UtcDateTime(timezone=True)

    def one_of(name: str, *values: str) -> sa.Enum:
        return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)

    op.create_table(
        "calendar_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", one_of("kind", "upload", "subscription"), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("state", one_of("state", "waiting", "read", "counts", "failed"), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("last_modified", sa.String(length=80), nullable=False),
        sa.Column("report", sa.JSON(), nullable=True),
        sa.Column("found", sa.JSON(), nullable=True),
        sa.Column("known_until", sa.Date(), nullable=True),
        sa.Column("read_at", moment, nullable=True),
        sa.Column("counts_since", moment, nullable=True),
        sa.Column("tried_at", moment, nullable=True),
        sa.Column("next_at", moment, nullable=True),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.String(length=64), nullable=True),
        sa.Column("lease_until", moment, nullable=True),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind = 'upload' OR url IS NOT NULL", name=op.f("ck_calendar_source_url")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["profile.person_id"], name=op.f("fk_calendar_source_person_id_profile")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_source")),
    )
    for column in ("person_id", "next_at"):
        op.create_index(op.f(f"ix_calendar_source_{column}"), "calendar_source", [column])
    with op.batch_alter_table("busy_interval") as table:
        table.add_column(sa.Column("source_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_busy_interval_source_id_calendar_source"),
            "calendar_source",
            ["source_id"],
            ["id"],
            ondelete="CASCADE",
        )
        table.create_index(op.f("ix_busy_interval_source_id"), ["source_id"])
