"""Look-alikes are pointed out, once, and only while both still matter."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from matchmaker.models import Request
from matchmaker.models.states import DuplicateState, RequestState
from matchmaker.services.desk import Desk
from matchmaker.services.intake import look_alikes
from tests import factories
from tests.factories import CREATED


def _pair(session: Session, **second: object) -> tuple[Request, Request]:
    host = factories.organisation(session)
    first = factories.request(session, organisation=host)
    return first, factories.request(session, **{"organisation": host, **second})


def test_same_association_and_topic_within_thirty_days_is_flagged(
    session: Session, desk: Desk
) -> None:
    first, second = _pair(session, submitted_at=CREATED + timedelta(days=30))
    (row,) = look_alikes.flag(session, desk, first)
    assert (row.first_id, row.second_id, row.state) == (first.id, second.id, DuplicateState.OPEN)
    assert look_alikes.flag(session, desk, second) == []


@pytest.mark.parametrize(
    "second",
    [
        {"submitted_at": CREATED + timedelta(days=30, seconds=1)},
        {"topics": ("ARB-01",)},
        {"state": RequestState.WITHDRAWN},
        {"state": RequestState.DONE},
    ],
)
def test_other_requests_are_not_flagged(
    session: Session, desk: Desk, second: dict[str, object]
) -> None:
    first, _second = _pair(session, **second)
    assert look_alikes.flag(session, desk, first) == []


def test_request_of_another_association_is_not_flagged(session: Session, desk: Desk) -> None:
    first, _second = _pair(session, organisation=factories.organisation(session))
    assert look_alikes.flag(session, desk, first) == []
