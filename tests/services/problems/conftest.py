"""A round of three weeks and a speaker for it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from matchmaker.models import (
    PlanningRound,
)
from tests import factories


@pytest.fixture
def planning_round(session: Session) -> PlanningRound:
    return factories.planning_round(
        session, first_day=date(2027, 1, 11), last_day=date(2027, 1, 31)
    )


@pytest.fixture
def speaker(session: Session) -> Any:
    return factories.speaker(
        session, topics={"ANE-01": 3}, languages=("de", "tr"), weekly=((1, 16, 21),), code="R01"
    )
