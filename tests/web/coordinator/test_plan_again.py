"""Planning again from the pages: the choice, and how the new version tells which was made."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.config import Settings
from matchmaker.jobs import solving
from matchmaker.jobs.workplace import Workplace, new_owner
from matchmaker.models import SolveRun
from matchmaker.models.states import Role, RunState
from tests import factories
from tests.conftest import NOW
from tests.support.pages import Browser, Page
from tests.web.conftest import SignIn

ROUNDS = "/koordination/planung"


@pytest.fixture
def coordinator(factory: sessionmaker[Session], sign_in: SignIn) -> Browser:
    with factory.begin() as session:
        person = factories.person(session, Role.COORDINATOR, locale="en")
    return sign_in(person)


@pytest.fixture
def planned(coordinator: Browser, factory: sessionmaker[Session], settings: Settings) -> Page:
    """The round's page once the round has a plan."""
    with factory.begin() as session:
        factories.speaker(session, topics={"ANE-01": 3}, weekly=((1, 16, 21),), code="R01")
        factories.request(session, code="A001")
        round_id = factories.planning_round(session).id
    coordinator.send(coordinator.open(f"{ROUNDS}/{round_id}").form("planen"))
    work_off(factory, settings)
    return coordinator.open(f"{ROUNDS}/{round_id}")


def work_off(factory: sessionmaker[Session], settings: Settings) -> None:
    assert solving.work_off(Workplace(settings, factory, lambda: NOW, new_owner())) == 1


def newest(coordinator: Browser, planned: Page, number: int) -> Page:
    return coordinator.open(f"{planned.address}/vorschlag/{number}")


def test_the_first_plan_leaves_no_choice_and_says_nothing_of_one(
    coordinator: Browser, planned: Page
) -> None:
    page = newest(coordinator, planned, 1)
    assert "1 talk placed, 0 requests open." in page.words
    assert ("as little as possible from" in page.words, "anew, without" in page.words) == (
        False,
        False,
    )


@pytest.mark.parametrize("start", ["", "/vorschlag/1"])
def test_planning_again_keeps_the_plan_unless_told_otherwise(
    coordinator: Browser,
    planned: Page,
    factory: sessionmaker[Session],
    settings: Settings,
    start: str,
) -> None:
    form = coordinator.open(planned.address + start).form("planen")
    assert form.fields["changes"] == "few"
    coordinator.send(form)
    work_off(factory, settings)
    page = newest(coordinator, planned, 2)
    assert "Changed as little as possible from version 1." in page.words
    coordinator.send(coordinator.open(planned.address).form("planen"), changes="any")
    work_off(factory, settings)
    page = newest(coordinator, planned, 3)
    assert "Calculated anew, without regard to the version before." in page.words


@pytest.mark.parametrize("choice", ["few", "any"])
def test_a_failed_run_is_repeated_as_it_was_asked_for(
    coordinator: Browser, planned: Page, factory: sessionmaker[Session], choice: str
) -> None:
    page = coordinator.send(planned.form("planen"), changes=choice)
    with factory.begin() as session:
        for run in session.scalars(select(SolveRun).where(SolveRun.state == RunState.QUEUED)):
            run.state = RunState.FAILED
    assert coordinator.open(page.address).form("planen").fields["changes"] == choice
