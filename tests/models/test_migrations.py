"""The database's history and the tables that the code expects are the same on both engines."""

from __future__ import annotations

from alembic import command
from sqlalchemy import Engine

from matchmaker.models.migrations import configuration, current, newest


def test_migrations_lead_to_the_tables_of_the_code(engine: Engine) -> None:
    with engine.begin() as connection:
        config = configuration()
        config.attributes["connection"] = connection
        command.check(config)
        assert current(connection) == newest()
