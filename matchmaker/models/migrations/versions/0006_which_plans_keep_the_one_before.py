"""Whether a plan was asked to change as little as possible."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "solve_run",
        sa.Column("keeps_plan", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
