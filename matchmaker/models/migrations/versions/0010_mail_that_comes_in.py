"""Mail that comes in: how far the mailbox is read, what each mail was, what came back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import matchmaker.models.base

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KINDS = (
    "reply",
    "counter",
    "delegated",
    "refresh",
    "bounce",
    "delayed",
    "automatic",
    "human",
    "foreign",
    "unreadable",
)
STATES = ("new", "applied", "review", "decided", "listed")
INDEXED = ("message_id", "sender", "invitation_id", "outbox_id", "person_id")


def _one_of(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def _refers(column: str, table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_incoming_mail_{column}_{table}")
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=name)


def upgrade() -> None:
    moment = matchmaker.models.base.UtcDateTime(timezone=True)
    op.create_table(
        "incoming_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.String(length=255), nullable=True),
        sa.Column("folder", sa.String(length=120), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("received_at", moment, nullable=False),
        sa.Column("fetched_at", moment, nullable=False),
        sa.Column("sender", sa.String(length=254), nullable=False),
        sa.Column("sender_name", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=400), nullable=False),
        sa.Column("kind", _one_of("kind", KINDS), nullable=False),
        sa.Column("state", _one_of("state", STATES), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=True),
        sa.Column("outbox_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("response_id", sa.Integer(), nullable=True),
        sa.Column("decision", sa.String(length=40), nullable=False),
        sa.Column("decided_at", moment, nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _refers("invitation_id", "invitation"),
        _refers("outbox_id", "outbox"),
        _refers("person_id", "person"),
        _refers("response_id", "response"),
        _refers("decided_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_mail")),
        sa.UniqueConstraint("digest", name=op.f("uq_incoming_mail_digest")),
    )
    op.create_index("ix_incoming_mail_state_received_at", "incoming_mail", ["state", "received_at"])
    for column in INDEXED:
        op.create_index(op.f(f"ix_incoming_mail_{column}"), "incoming_mail", [column])
    op.create_table(
        "mailbox_state",
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=True),
        sa.Column("last_uid", sa.BigInteger(), nullable=False),
        sa.Column("tried_at", moment, nullable=True),
        sa.Column("read_at", moment, nullable=True),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("failing_since", moment, nullable=True),
        sa.Column("lease_owner", sa.String(length=64), nullable=True),
        sa.Column("lease_until", moment, nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_mailbox_state")),
    )
    op.add_column("invitation", sa.Column("undeliverable_at", moment, nullable=True))
    op.add_column(
        "invitation",
        sa.Column("undeliverable_reason", sa.Text(), nullable=False, server_default=""),
    )
    op.create_index(
        "ix_response_invitation_id_message_id",
        "response",
        ["invitation_id", "message_id"],
        unique=True,
    )
