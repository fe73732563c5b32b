"""With a decision: the rules that were broken on purpose when its reason was given."""

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
