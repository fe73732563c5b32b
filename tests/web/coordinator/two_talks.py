"""A small plan in which something happens: two talks on one evening, and a request left open."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.models import PlanningRound
from matchmaker.services.desk import Desk
from matchmaker.services.problems.plan_rows import planned
from tests import factories
from tests.services.plans import evening, stored_plan

PLAN = "/koordination/planung/1/vorschlag/1"
PAGE = f"{PLAN}/ausfall"
AWAY = f"{PAGE}?kind=absence&person=R01&first=2027-01-19&last=2027-01-19"


def make_two_talks(factory: sessionmaker[Session], desk: Desk) -> None:
    """A001 and A002 on one evening with R01 and R02; A003 is open, nobody knows its topic."""
    with factory.begin() as session:
        for code, name in (("R01", "Rana Aydın"), ("R02", "Olga Reimann")):
            factories.speaker(
                session, topics={"ANE-01": 3}, weekly=((1, 16, 22),), code=code, name=name
            )
        first, second = (
            factories.request(
                session, code=code, organisation=factories.organisation(session, name=name)
            )
            for code, name in (("A001", "Sonnenhof"), ("A002", "Ahornhaus"))
        )
        factories.request(session, code="A003", topics=("ANE-02",))
        row = factories.planning_round(session)
        stored_plan(session, desk, row, evening(first, "R01"), evening(second, "R02"))


def talks(factory: sessionmaker[Session]) -> dict[str, tuple[str, ...]]:
    """Who has which talk in the current version."""
    with factory() as session:
        row = session.scalars(select(PlanningRound)).one().current_proposal
        assert row is not None
        return {one.request: one.people for one in planned(row)}
