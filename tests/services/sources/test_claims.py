"""Several workers at once, each with a calendar of its own."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.services.desk import Desk
from matchmaker.services.sources import reading, sources
from tests import factories


@pytest.fixture(params=[pytest.param("postgres", marks=pytest.mark.postgres)])
def engine_kind(request: pytest.FixtureRequest) -> str:
    """On SQLite writers take turns: nobody reads while another one claims."""
    return str(request.param)


def test_a_worker_does_not_stop_at_a_calendar_that_another_one_is_taking(
    factory: sessionmaker[Session], desk: Desk
) -> None:
    with factory.begin() as session:
        profile = factories.speaker(session).profile
        assert profile is not None
        rows = [
            sources.add_address(session, desk, profile, f"https://kalender.example/{name}.ics")
            for name in ("one", "two")
        ]
        ids = {row.id for row in rows}
    with factory.begin() as one, factory.begin() as two, factory.begin() as three:
        for session in (two, three):
            session.execute(text("SET LOCAL lock_timeout = '2s'"))
        first = reading.claim(one, desk, "one")
        second = reading.claim(two, desk, "two")
        assert first is not None
        assert second is not None
        assert {first.id, second.id} == ids
        assert reading.claim(three, desk, "three") is None
