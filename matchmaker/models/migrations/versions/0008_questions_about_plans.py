"""Questions about a plan, which the worker answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import matchmaker.models.base

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = matchmaker.models.base.UtcDateTime(timezone=True)
    kinds = ("explain", "repair", "unlock")
    states = ("asked", "taken", "answered", "failed")

    def one_of(name: str, values: tuple[str, ...]) -> sa.Enum:
        return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)

    op.create_table(
        "plan_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("kind", one_of("kind", kinds), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("state", one_of("state", states), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("taken_until", moment, nullable=True),
        sa.Column("known_until", sa.Integer(), nullable=True),
        sa.Column("known_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.JSON(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_plan_question_asked_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_plan_question_proposal_id_proposal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_question")),
    )
    op.create_index("ix_plan_question_fingerprint_id", "plan_question", ["fingerprint", "id"])
    for column in ("proposal_id", "state", "asked_at"):
        op.create_index(op.f(f"ix_plan_question_{column}"), "plan_question", [column])
