"""Which invitations went out with a calendar part, so that later mails can change the entry."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "invitation",
        sa.Column("has_calendar", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    invitation = sa.table(
        "invitation", sa.column("id", sa.Integer()), sa.column("has_calendar", sa.Boolean())
    )
    outbox = sa.table(
        "outbox",
        sa.column("invitation_id", sa.Integer()),
        sa.column("method", sa.String()),
        sa.column("state", sa.String()),
    )
    entered = sa.exists().where(
        outbox.c.invitation_id == invitation.c.id,
        outbox.c.method == "REQUEST",
        outbox.c.state != "dropped",
    )
    op.execute(invitation.update().where(entered).values(has_calendar=sa.true()))
