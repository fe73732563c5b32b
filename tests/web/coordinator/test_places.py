"""The bar of places: what the number beside a place counts."""

from __future__ import annotations

from sqlalchemy.orm import Session, sessionmaker

from matchmaker.models.states import Role
from tests import factories
from tests.web.conftest import SignIn


def test_number_beside_a_place_says_what_it_counts(
    factory: sessionmaker[Session], sign_in: SignIn
) -> None:
    with factory.begin() as session:
        factories.request(session)
        person = factories.person(session, Role.COORDINATOR, locale="en")
    page = sign_in(person).open("/koordination/kontakte")
    assert "Requests 1 to clarify or to plan Planning" in page.words
    assert "still to come" not in page.words
