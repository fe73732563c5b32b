"""Which rules a decision's reason speaks of, and how far a plan's problem knew the changes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Nobody knows what older reasons spoke of; approval asks once more.
    op.add_column(
        "round_decision",
        sa.Column("overridden", sa.JSON(), nullable=False, server_default=sa.text("'[]'")),
    )
    op.add_column("proposal", sa.Column("known_until", sa.Integer(), nullable=True))
