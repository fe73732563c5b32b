"""What helps an open request leads to where it is done, also in the place of another."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.config import Settings
from matchmaker.models import PlanningRound
from matchmaker.models.states import Role
from matchmaker.services.desk import Desk
from matchmaker.services.planning import decisions
from matchmaker.services.problems.plan_rows import planned
from tests import factories
from tests.services.plans import evening, stored_plan
from tests.support.answering import answer_questions
from tests.support.pages import Browser, Form, Page
from tests.web.conftest import SignIn

PLAN = "/koordination/planung/1/vorschlag/1"
OPEN = f"{PLAN}/anfrage/A002"
INSTEAD = f"{OPEN}?statt=A001"


@pytest.fixture
def coordinator(factory: sessionmaker[Session], sign_in: SignIn) -> Browser:
    with factory.begin() as session:
        person = factories.person(session, Role.COORDINATOR, locale="en", name="Koordination")
    return sign_in(person)


@pytest.fixture(autouse=True)
def _round(factory: sessionmaker[Session], desk: Desk) -> None:
    """A001 has the one talk that R01 takes on, A002 is open, for A003 nobody speaks Arabic."""
    with factory.begin() as session:
        factories.speaker(
            session,
            topics={"ANE-01": 3},
            weekly=((1, 16, 22),),
            code="R01",
            name="Rana Aydın",
            profile={"max_talks": 1},
        )
        first = factories.request(session, code="A001")
        factories.request(session, code="A002")
        factories.request(session, code="A003", languages=("ar",))
        row = factories.planning_round(session)
        stored_plan(session, desk, row, evening(first, "R01"))
        decisions.pin(session, desk, row.id, "A001")


@pytest.fixture
def told(
    coordinator: Browser, settings: Settings, factory: sessionmaker[Session]
) -> Callable[[str], Page]:
    """Opens a page that asks the worker, and again as soon as it has answered."""

    def open_page(path: str) -> Page:
        coordinator.open(path)
        answer_questions(settings, factory)
        return coordinator.open(path)

    return open_page


def places(page: Page) -> list[Form]:
    return [one for one in page.forms if one.action.endswith("/verschieben")]


def test_a_limit_leads_to_the_profile_and_to_the_prepared_evening(
    told: Callable[[str], Page],
) -> None:
    links = dict(told(OPEN).links)
    assert links["/koordination/kontakte/person/R01/profil"] == "Profile of Rana Aydın"
    assert [text for text in links.values() if text == "Prepare this evening"]


def test_a_language_that_nobody_speaks_leads_to_a_new_person(told: Callable[[str], Page]) -> None:
    links = dict(told(f"{PLAN}/anfrage/A003").links)
    assert links["/koordination/kontakte/person/neu?role=interpreter"] == "Enter a new interpreter"


def test_in_place_of_another_it_is_placed_and_the_other_is_open(
    told: Callable[[str], Page], coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    links = {text: address for address, text in told(OPEN).links}
    address = links["Look for an evening in their place"]
    assert address.partition("#")[0] == INSTEAD
    page = told(INSTEAD)
    assert "these talks leave the plan with it and are open again: A001" in page.words
    assert "Can others move for it?" not in page.words
    made = coordinator.send(places(page)[0])
    assert made.address == "/koordination/planung/1/vorschlag/2"
    assert "Open again: A001." in made.words
    with factory() as session:
        row = session.scalars(select(PlanningRound)).one().current_proposal
        assert row is not None
        assert [(one.request, one.people) for one in planned(row)] == [("A002", ("R01",))]


def test_a_form_with_faults_still_says_who_makes_way(
    told: Callable[[str], Page], coordinator: Browser
) -> None:
    page = coordinator.send(places(told(INSTEAD))[0], day="soon")
    assert page.status == 422
    assert "In place of other talks" in page.words
    assert places(page)[0].fields["statt"] == "A001"


@pytest.mark.parametrize("named", ["A002", "A999", ",,", "A003"])
def test_only_another_talk_of_the_plan_makes_way(told: Callable[[str], Page], named: str) -> None:
    page = told(f"{OPEN}?statt={named}")
    assert "In place of other talks" not in page.words
    assert "With the rest of the plan as it is, the rules leave no evening." in page.words


def test_who_only_reads_is_led_to_nothing_that_is_refused(
    factory: sessionmaker[Session], sign_in: SignIn, told: Callable[[str], Page]
) -> None:
    told(OPEN)
    with factory.begin() as session:
        auditor = factories.person(session, Role.AUDITOR, locale="en")
    page = sign_in(auditor).open(OPEN)
    assert "Rana Aydın could come on" in page.words
    assert "Profile of Rana Aydın" not in page.words
