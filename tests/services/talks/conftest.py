"""A small quarter that waits for approval."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.services.desk import Desk
from tests import factories
from tests.services.plans import TUESDAY, evening, stored_plan
from tests.services.talks.quarter import EVENINGS, Quarter


@pytest.fixture
def quarter(factory: sessionmaker[Session], desk: Desk) -> Quarter:
    with factory.begin() as session:
        for tag in ("de", "ar"):
            factories.language(session, tag)
        people = [
            factories.speaker(session, topics={"ANE-01": 2}, weekly=EVENINGS) for _ in range(3)
        ]
        interpreter = factories.interpreter(session, weekly=EVENINGS)
        requests = [
            factories.request(session, weekly=EVENINGS, languages=(tag,))
            for tag in ("de", "de", "ar")
        ]
        planning_round = factories.planning_round(session)
        plan = (
            evening(requests[0], people[0].code),
            evening(requests[1], people[1].code, start=TUESDAY + timedelta(days=1)),
            evening(
                requests[2],
                people[2].code,
                start=TUESDAY + timedelta(days=2),
                interpreters=[interpreter.code],
                language="ar",
            ),
        )
        stored_plan(session, desk, planning_round, *plan)
        return Quarter(
            planning_round.id,
            tuple(request.code for request in requests),
            tuple(person.code for person in people),
            interpreter.code,
            plan,
        )
