"""The drill of `approval_kills`, small: a death after each statement, and some by the clock."""

from __future__ import annotations

from random import Random

import pytest
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.config import Settings
from tests.drills.approval_kills import after_each_statement, by_the_clock, drill


@pytest.mark.slow
def test_approval_killed_after_any_statement_leaves_nothing_or_everything(
    factory: sessionmaker[Session], settings: Settings
) -> None:
    outcome = drill(factory, settings, after_each_statement())
    assert outcome.faults == []
    assert outcome.ends["nothing there"] > 20
    assert outcome.ends["everything there"] == 1


@pytest.mark.slow
def test_approval_killed_by_the_clock_leaves_nothing_or_everything(
    factory: sessionmaker[Session], settings: Settings
) -> None:
    assert drill(factory, settings, by_the_clock(Random(7), 0.3, 10)).faults == []
