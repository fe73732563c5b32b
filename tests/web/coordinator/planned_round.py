"""A small plan for the coordination's pages: two talks placed, one request open."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.models import PlanningRound, Proposal
from matchmaker.models.states import DecisionKind
from matchmaker.services.desk import Desk
from matchmaker.services.problems.plan_rows import standing_decisions
from tests import factories
from tests.services.plans import TUESDAY, evening, stored_plan
from tests.support.pages import Form, Page

At = Callable[..., Page]
WEEK_LATER = TUESDAY.replace(day=26)


def make_round(factory: sessionmaker[Session], desk: Desk) -> int:
    """A001 and A002 of the same association are placed, A003 (in Arabic) is open."""
    with factory.begin() as session:
        for code, name in (("R01", "Rana Aydın"), ("R02", "Olga Reimann")):
            institution = factories.organisation(session, name=f"Institution {code}")
            factories.speaker(
                session,
                topics={"ANE-01": 3},
                weekly=((1, 16, 22),),
                code=code,
                name=name,
                organisation=institution,
            )
        host = factories.organisation(session, name="Sonnenhof")
        first, second = (
            factories.request(session, code=code, organisation=host) for code in ("A001", "A002")
        )
        factories.request(session, code="A003", languages=("ar",))
        row = factories.planning_round(session)
        stored_plan(
            session,
            desk,
            row,
            evening(first, "R01"),
            evening(second, "R02", start=WEEK_LATER),
        )
        return row.id


def current(factory: sessionmaker[Session]) -> Proposal:
    with factory() as session:
        row = session.scalars(select(PlanningRound)).one().current_proposal
        assert row is not None
        return row


def kinds(factory: sessionmaker[Session], round_id: int) -> list[DecisionKind]:
    with factory() as session:
        return [row.kind for row in standing_decisions(session, round_id)]


def free_choice(page: Page) -> Form:
    """The form in which everything can be chosen, unlike those of the ready-made places."""
    (found,) = (form for form in page.forms if "interpreter" in form.choices)
    return found
