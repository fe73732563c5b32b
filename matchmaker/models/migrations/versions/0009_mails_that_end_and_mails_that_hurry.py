"""Until when a mail is of use, which mail goes first, what came back, and the pace of all workers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import matchmaker.models.base

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STATES = ("queued", "sending", "sent", "dead", "uncertain", "dropped", "skipped")
UNSENT = ("queued", "sending", "dead", "uncertain")


def upgrade() -> None:
    moment = matchmaker.models.base.UtcDateTime(timezone=True)
    with op.batch_alter_table("outbox") as table:
        table.add_column(
            sa.Column("priority", sa.SmallInteger(), nullable=False, server_default=sa.text("1"))
        )
        table.add_column(sa.Column("not_after", moment, nullable=True))
        table.add_column(sa.Column("bounced_at", moment, nullable=True))
        table.add_column(sa.Column("bounce_reason", sa.Text(), nullable=False, server_default=""))
        table.drop_constraint(op.f("ck_outbox_state"), type_="check")
        table.create_check_constraint(op.f("ck_outbox_state"), sa.column("state").in_(STATES))
        table.create_check_constraint(op.f("ck_outbox_priority"), "priority BETWEEN 0 AND 2")
        table.drop_index("ix_outbox_waiting")
        table.create_index("ix_outbox_waiting", ["state", "priority", "due_at"])
    _end_with_the_talk()
    op.create_table(
        "mail_pace",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("next_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_pace")),
    )
    # There from the start, so that writers can lock it.
    op.execute("INSERT INTO mail_pace (id) VALUES (1)")


def _end_with_the_talk() -> None:
    """What still waits about a talk is of no use when the talk is over."""
    outbox = sa.table(
        "outbox",
        sa.column("invitation_id", sa.Integer()),
        sa.column("talk_id", sa.Integer()),
        sa.column("state", sa.String()),
        sa.column("not_after"),
    )
    talk = sa.table("talk", sa.column("id", sa.Integer()), sa.column("ends_at"))
    ends_at = sa.select(talk.c.ends_at).where(talk.c.id == outbox.c.talk_id).scalar_subquery()
    op.execute(
        outbox.update()
        .where(outbox.c.invitation_id.is_not(None), outbox.c.state.in_(UNSENT))
        .values(not_after=ends_at)
    )
