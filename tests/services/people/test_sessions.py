from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import Person, UserSession
from matchmaker.models.states import Role
from matchmaker.services.desk import Desk
from matchmaker.services.people import login, sessions
from tests import factories


@pytest.fixture
def person(session: Session) -> Person:
    return factories.person(session, Role.SPEAKER)


def _later(desk: Desk, **span: int) -> Desk:
    return replace(desk, now=desk.now + timedelta(**span))


def test_started_session_belongs_to_its_person(
    session: Session, desk: Desk, person: Person
) -> None:
    token = sessions.start(session, desk, person)

    assert sessions.person_of(session, desk, token) == person
    assert sessions.person_of(session, desk, token + "x") is None


def test_only_a_hash_of_the_session_is_kept(session: Session, desk: Desk, person: Person) -> None:
    token = sessions.start(session, desk, person)
    row = session.scalars(select(UserSession)).one()

    assert token not in {row.token_hash, sessions.session_key(token)}
    assert len(sessions.session_key(token)) == 32


def test_ended_session_belongs_to_nobody(session: Session, desk: Desk, person: Person) -> None:
    token, other = (sessions.start(session, desk, person) for _ in range(2))

    sessions.end(session, desk, token)
    sessions.end(session, desk, token)

    assert sessions.person_of(session, desk, token) is None
    assert sessions.person_of(session, desk, other) == person


def test_end_all_leaves_other_people_signed_in(
    session: Session, desk: Desk, person: Person
) -> None:
    mine = [sessions.start(session, desk, person) for _ in range(3)]
    neighbour = factories.person(session, Role.SPEAKER)
    theirs = sessions.start(session, desk, neighbour)

    assert sessions.end_all(session, desk, person) == 3
    assert [sessions.person_of(session, desk, token) for token in mine] == [None] * 3
    assert sessions.person_of(session, desk, theirs) == neighbour


def test_disabled_person_is_signed_out_at_once(
    session: Session, desk: Desk, person: Person
) -> None:
    token = sessions.start(session, desk, person)
    person.active = False
    session.flush()

    assert sessions.person_of(session, desk, token) is None


@pytest.mark.parametrize(
    ("role", "idle"), [(Role.SPEAKER, {"days": 30}), (Role.COORDINATOR, {"hours": 12})]
)
def test_idle_session_ends(session: Session, desk: Desk, role: Role, idle: dict[str, int]) -> None:
    token = sessions.start(session, desk, factories.person(session, role))
    end = desk.now + timedelta(**idle)

    assert sessions.person_of(session, replace(desk, now=end - timedelta(seconds=1)), token)
    assert sessions.person_of(session, replace(desk, now=end), token) is None


def test_touched_session_lasts_longer_but_not_for_ever(session: Session, desk: Desk) -> None:
    token = sessions.start(session, desk, factories.person(session, Role.ADMIN))
    for hours in range(0, 7 * 24, 8):
        sessions.touch(session, _later(desk, hours=hours), token)

    assert sessions.person_of(session, _later(desk, hours=7 * 24 - 1), token) is not None
    assert sessions.person_of(session, _later(desk, hours=7 * 24), token) is None


def test_end_all_ends_mailed_links_that_were_not_used(
    session: Session, desk: Desk, person: Person
) -> None:
    link = login.operator_link(session, desk, person.email)
    token = link.rpartition("/")[2].partition("?")[0]
    assert login.waiting(session, desk, token, None) is not None

    sessions.end_all(session, desk, person)

    assert login.waiting(session, desk, token, None) is None
