"""A database in use is upgraded: its rows stay, and what is new is filled in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Engine, MetaData, Table, inspect, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from matchmaker.database import open_engine
from matchmaker.models import Base, Feed, OutboxMessage, Talk
from matchmaker.models.migrations import configuration, upgrade
from matchmaker.models.states import FeedScope, MailPriority
from tests import factories
from tests.conftest import Databases
from tests.support import databases, postgres

NOW = datetime(2026, 12, 28, 8, 0, tzinfo=UTC)
TALK_ENDS = datetime(2027, 1, 19, 19, 0, tzinfo=UTC)


@pytest.fixture
def blank(
    engine_kind: str, tmp_path: Path, empty_databases: Databases, request: pytest.FixtureRequest
) -> Iterator[Engine]:
    """A database without any table."""
    if engine_kind == "sqlite":
        url = f"sqlite:///{tmp_path / 'blank.sqlite3'}"
    else:
        server = postgres.required(request.getfixturevalue("postgres_server"))
        url = databases.empty_postgres(server)
    engine = open_engine(url)
    yield engine
    engine.dispose()
    empty_databases.drop(url)


@pytest.fixture
def older(blank: Engine) -> Engine:
    """A database as version 0008 left it, with some rows."""
    with blank.begin() as connection:
        config = configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, "0008")
    fill(blank)
    return blank


class Rows:
    """Writes rows into tables as they are, whatever the code knows of them."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.known = engine, MetaData()

    def add(self, table: str, **values: Any) -> None:
        """The values, with something that fits in every other column that must not be empty."""
        known = Table(table, self.known, autoload_with=self.engine)
        row = self._usual(table) | values
        with self.engine.begin() as connection:
            connection.execute(known.insert().values(row))

    def _usual(self, table: str) -> dict[str, Any]:
        usual: dict[type, Any] = {str: "", bytes: b"", int: 1, bool: True, datetime: NOW}
        return {
            column["name"]: usual.get(column["type"].python_type, {})
            for column in inspect(self.engine).get_columns(table)
            if not column["nullable"] and column["default"] is None
        }


def fill(engine: Engine) -> None:
    """Two talks, one person invited to the first, a mail that waits, one that is out, a feed."""
    rows = Rows(engine)
    rows.add("language", tag="de", name_de="Deutsch")
    rows.add("organisation", id=1, code="MO01", kind="mo")
    rows.add("person", id=1, calendar_choice="invitation")
    for number in (1, 2):
        rows.add(
            "talk",
            id=number,
            code=f"T00{number}",
            format="talk",
            organisation_id=1,
            state="confirmed",
            starts_at=datetime(2027, 1, 19, 17, 0, tzinfo=UTC),
            ends_at=TALK_ENDS,
            mode="onsite",
            language_tag="de",
        )
    rows.add("invitation", id=1, talk_id=1, role="host", state="open", uid="inv-1@verein.example")
    for number, state in enumerate(("queued", "sent"), 1):
        facts = {"key": f"{number}", "message_id": f"<{number}@verein.example>", "state": state}
        rows.add("outbox", id=number, person_id=1, talk_id=1, invitation_id=1, **facts)
    rows.add("feed", id=1, person_id=1, scope="full")
    rows.add("feed_token", token_hash="abc", feed_id=1)


def test_rows_stay_and_what_is_new_is_filled_in(older: Engine) -> None:
    upgrade(older)
    with Session(older) as session:
        waiting, sent = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
        assert (waiting.not_after, sent.not_after) == (TALK_ENDS, None)
        assert waiting.priority == MailPriority.USUAL
        first, second = session.scalars(select(Talk).order_by(Talk.id))
        assert first.uid.startswith("talk-")
        assert first.uid != second.uid
        assert {talk.uid.partition("@")[2] for talk in (first, second)} == {"verein.example"}
        feed = session.scalars(select(Feed)).one()
        assert (feed.person_id, feed.scope, [row.token_hash for row in feed.tokens]) == (
            1,
            FeedScope.FULL,
            ["abc"],
        )


def test_references_are_watched_over_again_afterwards(older: Engine) -> None:
    upgrade(older)
    with pytest.raises(IntegrityError), older.begin() as connection:
        connection.execute(text("DELETE FROM talk"))


def checks(engine: Engine) -> set[tuple[str, str, str]]:
    found = inspect(engine)
    return {
        (table, str(row["name"]), row["sqltext"])
        for table in found.get_table_names()
        for row in found.get_check_constraints(table)
    }


def test_checks_are_those_of_the_code(engine: Engine, blank: Engine) -> None:
    Base.metadata.create_all(blank)
    assert checks(engine) == checks(blank)


@pytest.mark.parametrize(
    ("scope", "person", "organisation"),
    [
        (FeedScope.FULL, False, False),
        (FeedScope.FULL, True, True),
        (FeedScope.COORDINATION, False, False),
        (FeedScope.ORGANISATION, True, False),
        (FeedScope.ORGANISATION, False, False),
        (FeedScope.PUBLIC, True, False),
    ],
)
def test_feed_has_the_owner_that_its_scope_wants(
    session: Session, scope: FeedScope, person: bool, organisation: bool
) -> None:
    session.add(
        Feed(
            scope=scope,
            person=factories.person(session) if person else None,
            organisation=factories.organisation(session) if organisation else None,
            changed_at=NOW,
        )
    )
    with pytest.raises(IntegrityError, match="ck_feed_owner"):
        session.flush()


def test_there_is_one_public_feed(session: Session) -> None:
    session.add(Feed(scope=FeedScope.PUBLIC, changed_at=NOW))
    session.flush()
    session.add(Feed(scope=FeedScope.PUBLIC, changed_at=NOW))
    with pytest.raises(IntegrityError):
        session.flush()
