"""Fresh databases in no time: each is a copy of one that was migrated once."""

from __future__ import annotations

import itertools
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url, text

from matchmaker.database import open_engine
from matchmaker.models.migrations import upgrade

_numbers = itertools.count(1)


def sqlite_template(folder: Path, fill: Callable[[str], None] | None = None) -> Path:
    path = folder / "template.sqlite3"
    url = f"sqlite:///{path}"
    engine = open_engine(url)
    upgrade(engine)
    engine.dispose()
    if fill:
        fill(url)
    # Without a write-ahead log the one file is the whole database and can be copied.
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    return path


def sqlite_copy(template: Path, folder: Path) -> str:
    path = folder / f"copy-{next(_numbers)}.sqlite3"
    shutil.copy(template, path)
    return f"sqlite:///{path}"


def postgres_template(server: str, name: str, fill: Callable[[str], None] | None = None) -> str:
    _admin(server, f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}"')
    url = _named(server, name)
    engine = open_engine(url)
    upgrade(engine)
    engine.dispose()
    if fill:
        fill(url)
    return name


def postgres_copy(server: str, template: str) -> str:
    name = f"{template}_{next(_numbers)}"
    _admin(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
    return _named(server, name)


def empty_postgres(server: str) -> str:
    """A database without any table."""
    name = f"empty_{os.getpid()}_{next(_numbers)}"
    _admin(server, f'CREATE DATABASE "{name}"')
    return _named(server, name)


def drop_postgres(server: str, url: str) -> None:
    _admin(server, f'DROP DATABASE IF EXISTS "{make_url(url).database}" WITH (FORCE)')


def _named(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def _admin(server: str, *statements: str) -> None:
    engine = open_engine(server)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()
