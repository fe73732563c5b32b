"""How engines are opened; what the pages and the worker have in common."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from matchmaker.config import SettingsError
from matchmaker.database import engine_options, open_engine


def test_folder_of_a_sqlite_file_is_made(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/new/m.sqlite3")
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
        assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
    engine.dispose()


@pytest.fixture
def _open_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("_open_umask")
def test_files_of_sqlite_are_for_their_owner_alone(tmp_path: Path) -> None:
    for folder in ("there", "new"):
        if folder == "there":
            (tmp_path / folder).mkdir()
        engine = open_engine(f"sqlite:///{tmp_path}/{folder}/m.sqlite3")
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE kept (number INTEGER)"))
            rights = {
                path.name: oct(path.stat().st_mode & 0o777)
                for path in (tmp_path / folder).iterdir()
            }
        engine.dispose()
        assert rights == dict.fromkeys(
            (
                "m.sqlite3",
                "m.sqlite3-turn",
                "m.sqlite3-wal",
                "m.sqlite3-shm",
            ),
            "0o600",
        )

    assert (tmp_path / "there").stat().st_mode & 0o777 == 0o755, "somebody else's folder stays"
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


@pytest.mark.usefixtures("_open_umask")
def test_file_that_is_there_keeps_what_it_holds_and_its_rights(tmp_path: Path) -> None:
    path = tmp_path / "m.sqlite3"
    path.touch(0o640)
    engine = open_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE kept (number INTEGER)"))
    engine.dispose()
    assert path.stat().st_mode & 0o777 == 0o640


def test_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError) as caught:
        open_engine(f"sqlite:///{tmp_path}/file/m.sqlite3")
    assert str(caught.value) == (
        f"MATCHMAKER_DATABASE_URL: the folder {tmp_path}/file cannot be made: File exists"
    )


def test_server_that_does_not_answer_is_given_up_soon() -> None:
    assert engine_options("postgresql+psycopg://host/name")["connect_args"] == {
        "connect_timeout": 10
    }
    assert "connect_args" not in engine_options("postgresql+psycopg://h/n?connect_timeout=3")


def test_errors_do_not_tell_what_a_statement_was_about(database_url: str) -> None:
    engine = open_engine(database_url)
    with engine.connect() as connection, pytest.raises(DBAPIError) as caught:
        connection.execute(text("SELECT :name FROM nowhere"), {"name": "Ayşe Yılmaz"})
    assert "Ayşe" not in str(caught.value)
    engine.dispose()
