"""The database's history; `upgrade` brings a database to the newest state.

alembic is loaded when it is asked for: the pages only ever ask whether the database is up to date.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine

if TYPE_CHECKING:
    from alembic.config import Config


def configuration() -> Config:
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config


def upgrade(engine: Engine) -> None:
    """Apply what is missing, all or nothing."""
    from alembic import command  # noqa: PLC0415

    with engine.connect() as connection, _tables_replaceable(connection), connection.begin():
        config = configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        _require_whole(connection)


@contextmanager
def _tables_replaceable(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by putting a new one in its place, which rows elsewhere refer to.

    So nothing may watch over references meanwhile; it can be told so only between transactions.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    cursor = connection.connection.cursor()
    cursor.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        cursor.execute("PRAGMA foreign_keys = ON")


def _require_whole(connection: Connection) -> None:
    """Raises RuntimeError if a row refers to one that is not there."""
    if connection.dialect.name != "sqlite":
        return
    lost = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if lost:
        tables = ", ".join(sorted({row[0] for row in lost}))
        raise RuntimeError(f"rows of these tables refer to rows that are not there: {tables}")


def newest() -> str | None:
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    return ScriptDirectory.from_config(configuration()).get_current_head()


def current(connection: Connection) -> str | None:
    """The state that the database is in; None before the first migration."""
    from alembic.migration import MigrationContext  # noqa: PLC0415

    return MigrationContext.configure(connection).get_current_revision()
