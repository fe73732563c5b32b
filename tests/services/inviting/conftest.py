"""One evening whose invitation is watched."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from matchmaker.services.desk import Desk
from tests.services.inviting.mailed import Evening


@pytest.fixture
def evening(session: Session, desk: Desk) -> Evening:
    return Evening(session, desk)
