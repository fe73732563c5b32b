"""What the database itself refuses: double bookings, changed proposals, a rewritten audit log."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

FREE = "('declined', 'cancelled')"
"""States in which an assignment does not take its person's time."""

FROZEN_TABLES = ("proposal", "audit", "response")
"""Rows of these tables are written once and never changed or deleted."""


GENESIS = "0" * 64
"""Where the audit chain begins; the row is there from the start, so that writers can lock it."""


def upgrade() -> None:
    op.execute(f"INSERT INTO audit_head (id, hash) VALUES (1, '{GENESIS}')")
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite()
    else:
        _guard_postgres()


def _guard_sqlite() -> None:
    for event, others in (("INSERT", ""), ("UPDATE", "AND other.id <> NEW.id")):
        op.execute(
            f"""
            CREATE TRIGGER assignment_overlap_{event.lower()} BEFORE {event} ON assignment
            WHEN NEW.state NOT IN {FREE} AND EXISTS (
                SELECT 1 FROM assignment AS other
                WHERE other.person_id = NEW.person_id AND other.state NOT IN {FREE} {others}
                AND other.starts_at < NEW.ends_at AND NEW.starts_at < other.ends_at)
            BEGIN SELECT RAISE(ABORT, 'ex_assignment_overlap'); END
            """
        )
    for table in FROZEN_TABLES:
        for event in ("UPDATE", "DELETE"):
            op.execute(
                f"""
                CREATE TRIGGER {table}_frozen_{event.lower()} BEFORE {event} ON {table}
                BEGIN SELECT RAISE(ABORT, 'frozen_{table}'); END
                """
            )


def _guard_postgres() -> None:
    op.execute(
        f"""
        ALTER TABLE assignment ADD CONSTRAINT ex_assignment_overlap EXCLUDE USING gist (
            int4range(person_id, person_id, '[]') WITH &&,
            tstzrange(starts_at, ends_at) WITH &&
        ) WHERE (state NOT IN {FREE})
        """
    )
    op.execute(
        """
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE integrity_constraint_violation USING MESSAGE = 'frozen_' || TG_TABLE_NAME;
        END $$
        """
    )
    for table in FROZEN_TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
