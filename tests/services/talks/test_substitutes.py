"""Who could take over: whose evening it is counts more than who has least to do."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from matchmaker.models.states import AssignmentRole
from matchmaker.services.desk import Desk
from matchmaker.services.talks.substitutes import candidates
from tests import factories
from tests.services.plans import TUESDAY_UTC
from tests.services.talks.approved import EVENINGS, Approved


@pytest.fixture
def approved(session: Session, desk: Desk) -> Approved:
    return Approved(session, desk)


def _speaker(approved: Approved, name: str, **facts: Any) -> None:
    known = {"topics": {"ANE-01": 2}, "weekly": EVENINGS, "languages": ("de",)} | facts
    person = factories.speaker(approved.session, name=name, **known)
    if name == "Busy":
        factories.assignment(approved.session, person, TUESDAY_UTC.replace(day=28))


def test_candidates_who_have_time_come_before_those_who_have_less_to_do(
    approved: Approved,
) -> None:
    factories.topic(approved.session, "ANE-02")
    _speaker(approved, "Other evening", weekly=((5, 8, 9),))
    _speaker(approved, "Other topic", topics={"ANE-02": 2})
    _speaker(approved, "Interpreted")
    _speaker(approved, "Busy", languages=("ar", "de"))

    found = candidates(approved.session, approved.desk, approved.talk, AssignmentRole.SPEAKER)

    assert [row.person.name for row in found] == [
        "Busy",
        "Interpreted",
        "Other topic",
        "Other evening",
    ]
    assert found[0].languages == ["ar", "de"]
    assert [row.directly for row in found] == [True, False, False, False]
