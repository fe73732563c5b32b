"""Pages that wait for the worker: short while they wait, right when the answer is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape

import pytest
from sqlalchemy import Engine, event, select, text
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.config import Settings
from matchmaker.models import Heartbeat, Person, PlanQuestion
from matchmaker.services.desk import Desk
from matchmaker.services.planning import decisions
from tests import factories
from tests.services.plans import evening, stored_plan
from tests.support.answering import answer_questions
from tests.support.pages import Browser

PLAN = "/koordination/planung/1/vorschlag/1"
REQUEST = f"{PLAN}/anfrage/A001"
AWAY = f"{PLAN}/ausfall?kind=absence&person=R01"
AWAY_ANSWER = f"{PLAN}/ausfall/antwort?kind=absence&person=R01"
UNLOCK = f"{PLAN}/was-hilft"


@pytest.fixture(autouse=True)
def _round(factory: sessionmaker[Session], desk: Desk) -> None:
    """A001 has R01, R02 could come as well; a worker has shown a sign of life."""
    with factory.begin() as session:
        for code, name in (("R01", "Rana Aydın"), ("R02", "Olga Reimann")):
            factories.speaker(
                session, topics={"ANE-01": 3}, weekly=((1, 16, 22),), code=code, name=name
            )
        first = factories.request(session, code="A001")
        factories.request(session, code="A002", topics=("ANE-02",))
        stored_plan(session, desk, factories.planning_round(session), evening(first, "R01"))
        session.merge(Heartbeat(name="worker", at=desk.now, note=""))


@contextmanager
def statements() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def asked_again_at(page: str) -> str:
    """The address that a waiting page looks at next."""
    found = re.search(r'data-refresh-url="([^"]+)"', page)
    assert found is not None
    return unescape(found[1])


@pytest.mark.parametrize(
    ("page", "answer"),
    [(REQUEST, f"{REQUEST}/antwort"), (AWAY, AWAY_ANSWER), (UNLOCK, f"{UNLOCK}/antwort")],
)
def test_while_there_is_no_answer_the_plan_is_not_read(
    coordinator: Browser, page: str, answer: str
) -> None:
    coordinator.open(page)
    with statements() as seen:
        fetched = coordinator.open(answer)
    assert "The answer is being worked out" in fetched.words
    assert [one for one in seen if "request_topic" in one or "FROM profile" in one] == []


def test_who_waits_is_shown_the_answer_although_others_record_things(
    coordinator: Browser, factory: sessionmaker[Session], settings: Settings, desk: Desk
) -> None:
    address = asked_again_at(coordinator.open(AWAY).text)
    answer_questions(settings, factory)
    with factory.begin() as session:
        decisions.ban_person(session, desk, 1, "A002", "R01")
    assert "Nobody else moves" in coordinator.open(address).words
    anew = coordinator.open(AWAY)
    assert "The answer is being worked out" in anew.words
    assert asked_again_at(anew.text) != address


def test_the_answer_to_another_question_is_not_shown(
    coordinator: Browser, factory: sessionmaker[Session], settings: Settings
) -> None:
    coordinator.open(AWAY)
    answer_questions(settings, factory)
    with factory() as session:
        number = session.scalars(select(PlanQuestion.id)).one()
    other = f"{PLAN}/ausfall?kind=absence&person=R02&frage={number}"
    assert "The answer is being worked out" in coordinator.open(other).words
    for wrong in ("x", "9" * 30, "4711"):
        assert coordinator.open(f"{REQUEST}?frage={wrong}&endpoint=x&_scheme=x").status == 200


def test_a_page_does_not_queue_behind_those_who_write(
    coordinator: Browser, factory: sessionmaker[Session], engine: Engine
) -> None:
    if engine.dialect.name != "sqlite":
        pytest.skip("only SQLite lets one write at a time")
    with engine.connect() as writer:
        assert writer.execute(text("SELECT 1")).scalar() == 1
        page = coordinator.open(AWAY)
        assert page.status == 200
        assert "The answer is being worked out" in page.words
    with factory() as session:
        assert session.scalars(select(PlanQuestion)).all() == []
    coordinator.open(asked_again_at(page.text))
    with factory() as session:
        assert len(session.scalars(select(PlanQuestion)).all()) == 1


def test_whoever_has_left_is_suggested_no_more(
    coordinator: Browser, factory: sessionmaker[Session], settings: Settings
) -> None:
    coordinator.open(REQUEST)
    answer_questions(settings, factory)
    assert "Olga Reimann" in coordinator.open(f"{REQUEST}/antwort").words
    with factory.begin() as session:
        session.scalars(select(Person).where(Person.code == "R02")).one().active = False
    fetched = coordinator.open(f"{REQUEST}/antwort")
    assert (fetched.status, "Olga Reimann" in fetched.words) == (200, False)
    assert "Rana Aydın" in fetched.words


def test_an_answer_that_does_not_hold_is_not_shown_beside_a_fault(
    coordinator: Browser, factory: sessionmaker[Session], settings: Settings, desk: Desk
) -> None:
    coordinator.open(REQUEST)
    answer_questions(settings, factory)
    form = next(one for one in coordinator.open(REQUEST).forms if "language" in one.choices)
    assert "Where else it could be" in coordinator.send(form, day="").words
    with factory.begin() as session:
        decisions.ban_person(session, desk, 1, "A001", "R02")
    refused = coordinator.send(form, day="")
    assert (refused.status, "Where else it could be" in refused.words) == (422, False)
