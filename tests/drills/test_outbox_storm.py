"""The drill of `outbox_storm`, small: 200 mails, 20 killed workers."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.config import Settings
from tests.drills.outbox_storm import drill


@pytest.mark.slow
def test_storm_loses_nothing_and_explains_every_copy(
    factory: sessionmaker[Session], settings: Settings, tmp_path: Path
) -> None:
    outcome = drill(factory, settings, tmp_path, mails=200, kills=20)
    assert outcome.faults == []
    assert outcome.kills == 20
    assert outcome.states["dead"] == 8
