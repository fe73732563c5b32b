"""How often a page asks the database: few times, and no more often when there is more to show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.models import PlanningRound
from matchmaker.models.states import Role
from matchmaker.services.desk import Desk
from matchmaker.services.problems.plan_rows import planned
from matchmaker.services.talks import approval
from matchmaker.web.db import db
from tests import factories
from tests.services.plans import TUESDAY, evening, stored_plan
from tests.support.pages import Browser
from tests.support.statements import count_statements
from tests.web.conftest import SignIn

EVENINGS = tuple((weekday, 18, 20) for weekday in range(5))
FEW, MANY = 2, 9
A_LIST = 6
MOST = {
    "/koordination/anfragen": A_LIST,
    "/koordination/planung": A_LIST,
    "/koordination/termine": A_LIST,
    "/koordination/kontakte": A_LIST,
    "/koordination/kontakte?show=organisations": A_LIST,
    "/koordination/post": A_LIST,
    "/koordination/protokoll": A_LIST,
    # A page of its own for everything that waits, one statement a kind.
    "/koordination/": 22,
    # An older version asks what days off have been entered since.
    "/koordination/planung/1/vorschlag/1": 15,
    # What has changed since, and what would be approved: the whole problem is read anew.
    "/koordination/planung/1": 40,
    "/koordination/planung/1/freigabe": 41,
}


@pytest.fixture
def engine_kind() -> str:
    """The statements are the same on every engine."""
    return "sqlite"


@pytest.fixture
def boss(factory: sessionmaker[Session], desk: Desk, sign_in: SignIn) -> Browser:
    """Somebody who may see everything, in an empty house with an open round."""
    with factory.begin() as session:
        factories.language(session)
        factories.planning_round(session)
        person = factories.person(session, Role.COORDINATOR, Role.ADMIN)
    return sign_in(person)


def add_evenings(factory: sessionmaker[Session], desk: Desk, number: int) -> None:
    """Twice `number` planned requests: half of them are approved, half wait in the plan."""
    with factory.begin() as session:
        planning_round = session.get_one(PlanningRound, 1)
        current = planning_round.current_proposal
        requests = [factories.request(session, weekly=EVENINGS) for _ in range(2 * number)]
        plan = planned(current) if current else []
        plan += [
            evening(
                request,
                factories.speaker(session, topics={"ANE-01": 2}, weekly=EVENINGS).code,
                start=TUESDAY + timedelta(weeks=place % 4, days=place % 3),
            )
            for place, request in enumerate(requests)
        ]
        stored_plan(session, desk, planning_round, *plan)
        approval.approve(session, desk, 1, requests=[request.code for request in requests[:number]])


def statements(app: Flask, browser: Browser, address: str) -> list[str]:
    browser.open(address)
    with app.app_context(), count_statements(db.session()) as seen:
        assert browser.open(address).status == 200
    return [one for one in seen if not one.startswith("BEGIN")]


@pytest.fixture
def house(factory: sessionmaker[Session], desk: Desk) -> Callable[[int], None]:
    return lambda number: add_evenings(factory, desk, number)


@pytest.mark.parametrize("address", MOST)
def test_page_asks_seldom_and_not_more_often_when_there_is_more(
    house: Callable[[int], None], app: Flask, boss: Browser, address: str
) -> None:
    house(FEW)
    house(FEW)  # so that the first version is an older one already
    few = statements(app, boss, address)
    assert len(few) <= MOST[address], "\n\n".join(few)
    house(MANY)
    many = statements(app, boss, address)
    assert len(many) <= len(few), "\n\n".join(many)
