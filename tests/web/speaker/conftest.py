"""Somebody who is signed in to their own pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.models import Person
from matchmaker.models.states import Role
from tests import factories
from tests.support.pages import Browser

SignIn = Callable[[Person], Browser]


@pytest.fixture
def speaker(factory: sessionmaker[Session]) -> Person:
    with factory.begin() as session:
        for nr in ("01", "02"):
            factories.district(session, nr)
        for tag in ("de", "tr", "ar"):
            factories.language(session, tag)
        factories.topic(session, "ARB-01")
        return factories.speaker(
            session, name="Ayşe Yılmaz", topics={"ANE-01": 2}, weekly=((1, 18, 20),)
        )


@pytest.fixture
def interpreter(factory: sessionmaker[Session]) -> Person:
    with factory.begin() as session:
        factories.language(session, "tr")
        return factories.interpreter(session, name="Hala Berro")


@pytest.fixture
def host(factory: sessionmaker[Session]) -> Person:
    with factory.begin() as session:
        return factories.person(session, Role.HOST, name="Rana Haddad")


@pytest.fixture
def own(sign_in: SignIn, speaker: Person) -> Browser:
    """The speaker's browser."""
    return sign_in(speaker)
