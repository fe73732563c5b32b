"""libical reads the subscriptions of many and finds nothing against the standards."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from matchmaker.services.desk import Desk
from matchmaker.services.inviting import wide_feeds
from matchmaker.services.talks import talk_changes
from tests.calendars.samples import NASTY
from tests.calendars.test_libical import ask_libical, bindings
from tests.support.wide import Subscribed

__all__ = ["bindings"]

pytestmark = pytest.mark.clients


@pytest.fixture(params=["sqlite"])
def engine_kind(request: pytest.FixtureRequest) -> str:
    """PostgreSQL keeps no NUL, which some of the texts hold."""
    return str(request.param)


def test_libical_accepts_the_subscriptions_of_many(
    session: Session, desk: Desk, tmp_path: Path
) -> None:
    made = Subscribed(session, desk)
    contents = [made.served(whose) for whose in made.every]
    for text in NASTY[:5]:
        made.talk.location = text[:300]
        made.talk.organisation.name = text[:150]
        wide_feeds.refresh_talks(session, made.desk, [made.talk.id])
        contents += [made.served(whose) for whose in made.every]
    talk_changes.call_off(session, made.desk, made.talk.code, reason="Wasserschaden")
    contents += [made.served(whose) for whose in made.every]
    found = ask_libical(tmp_path, contents)
    assert [(one["obeys"], one["faults"]) for one in found] == [(True, [])] * len(contents)
