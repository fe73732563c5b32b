"""Subscriptions of organisations, the coordination and the public; a UID for every talk."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from ulid import ULID

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SCOPES = ("full", "busy", "organisation", "coordination", "public")
OWNER = (
    "(scope IN ('full', 'busy', 'coordination')) = (person_id IS NOT NULL)"
    " AND (scope = 'organisation') = (organisation_id IS NOT NULL)"
)
PUBLIC = "person_id IS NULL AND organisation_id IS NULL"


def upgrade() -> None:
    with op.batch_alter_table("feed") as table:
        table.alter_column("person_id", existing_type=sa.Integer(), nullable=True)
        table.add_column(sa.Column("organisation_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_feed_organisation_id_organisation"),
            "organisation",
            ["organisation_id"],
            ["id"],
        )
        table.create_unique_constraint(
            op.f("uq_feed_organisation_id_scope"), ["organisation_id", "scope"]
        )
        table.drop_constraint(op.f("ck_feed_scope"), type_="check")
        table.create_check_constraint(op.f("ck_feed_scope"), sa.column("scope").in_(SCOPES))
        table.create_check_constraint(op.f("ck_feed_owner"), OWNER)
    op.create_index(
        "ix_feed_public",
        "feed",
        ["scope"],
        unique=True,
        sqlite_where=sa.text(PUBLIC),
        postgresql_where=sa.text(PUBLIC),
    )
    op.add_column("talk", sa.Column("uid", sa.String(length=255), nullable=True))
    _name_talks()
    with op.batch_alter_table("talk") as table:
        table.alter_column("uid", existing_type=sa.String(length=255), nullable=False)
        table.create_unique_constraint(op.f("uq_talk_uid"), ["uid"])


def _name_talks() -> None:
    """A UID of its own for every talk, at the host of its invitations."""
    talk = sa.table("talk", sa.column("id", sa.Integer()), sa.column("uid", sa.String()))
    invitation = sa.table(
        "invitation", sa.column("talk_id", sa.Integer()), sa.column("uid", sa.String())
    )
    connection = op.get_bind()
    known = sa.select(invitation.c.talk_id, sa.func.max(invitation.c.uid))
    rows = connection.execute(known.group_by(invitation.c.talk_id)).all()
    uids: dict[int, str] = {row[0]: row[1] for row in rows}
    usual = max(uids.values(), default="@localhost")
    for talk_id in connection.scalars(sa.select(talk.c.id)).all():
        host = uids.get(talk_id, usual).rpartition("@")[2]
        uid = f"talk-{ULID()}@{host}".lower()
        connection.execute(talk.update().where(talk.c.id == talk_id).values(uid=uid))
