"""Who looks at the pages of the coordination."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.config import Settings
from matchmaker.models.states import Role
from matchmaker.services.desk import Desk
from tests import factories
from tests.support.answering import answer_questions
from tests.support.pages import Browser, Page
from tests.web.conftest import SignIn
from tests.web.coordinator.planned_round import At, make_round


@pytest.fixture
def coordinator(factory: sessionmaker[Session], sign_in: SignIn) -> Browser:
    """Reads English, so that the tests can be read by everybody."""
    with factory.begin() as session:
        person = factories.person(session, Role.COORDINATOR, locale="en", name="Koordination")
    return sign_in(person)


@pytest.fixture
def round_id(factory: sessionmaker[Session], desk: Desk) -> int:
    return make_round(factory, desk)


@pytest.fixture
def at(coordinator: Browser, round_id: int) -> At:
    """Opens a page of the round's plan."""

    def open_page(path: str = "/1") -> Page:
        return coordinator.open(f"/koordination/planung/{round_id}/vorschlag{path}")

    return open_page


@pytest.fixture
def answered(coordinator: Browser, settings: Settings, factory: sessionmaker[Session]) -> At:
    """Opens a page that asks the worker, and again as soon as it has answered."""

    def open_page(path: str) -> Page:
        coordinator.open(path)
        answer_questions(settings, factory)
        return coordinator.open(path)

    return open_page


@pytest.fixture
def told(answered: At, round_id: int) -> At:
    """The same for a page of the round's plan."""

    def open_page(path: str) -> Page:
        return answered(f"/koordination/planung/{round_id}/vorschlag{path}")

    return open_page
