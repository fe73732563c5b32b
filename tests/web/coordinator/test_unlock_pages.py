"""What unlocks most: asked for, waited for, shown, looked for again."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.config import Settings
from matchmaker.models import Heartbeat, Person, PlanningRound, PlanQuestion
from matchmaker.models.states import QuestionState, Role
from matchmaker.scheduling import unlocking
from matchmaker.services.desk import Desk
from matchmaker.services.planning import decisions, questions
from matchmaker.web.coordinator.unlock_words import SENTENCES
from tests import factories
from tests.services.plans import evening, stored_plan
from tests.support.answering import answer_questions
from tests.support.pages import Browser
from tests.web.conftest import SignIn
from tests.web.coordinator.planned_round import At

PLAN = "/koordination/planung/1/vorschlag/1"
PAGE = f"{PLAN}/was-hilft"


@pytest.fixture(autouse=True)
def _round(factory: sessionmaker[Session], desk: Desk) -> None:
    """R01 may have one talk only: A001 has it, A002 is open."""
    with factory.begin() as session:
        factories.speaker(
            session,
            topics={"ANE-01": 3},
            weekly=((1, 16, 22),),
            profile={"max_talks": 1},
            code="R01",
            name="Rana Aydın",
        )
        first = factories.request(session, code="A001")
        host = factories.organisation(session, name="Ahornhaus")
        factories.request(session, code="A002", organisation=host)
        stored_plan(session, desk, factories.planning_round(session), evening(first, "R01"))


def test_it_is_found_beside_what_is_open(coordinator: Browser) -> None:
    assert PAGE in dict(coordinator.open(f"{PLAN}?ansicht=open").links)


def test_the_changes_stand_in_order_with_what_they_bring(answered: At) -> None:
    page = answered(PAGE)
    assert "Rana Aydın takes 2 talks in all instead of 1" in page.words
    assert (
        "One more speaker for “ANE-01” with the languages asked for, free on all evenings"
        in page.words
    )
    assert "A002 Ahornhaus" in page.words
    assert "Proven: no other single change does better." in page.words
    links = dict(page.links)
    assert links["/koordination/kontakte/person/R01/profil"] == "Profile of Rana Aydın"
    assert links["/koordination/kontakte/person/neu?role=speaker"] == "Enter a new speaker"
    assert page.text.count('class="bar-fill"') >= 2


def test_until_the_worker_has_answered_the_page_waits(
    coordinator: Browser, factory: sessionmaker[Session], desk: Desk
) -> None:
    assert "No worker has reported lately." in coordinator.open(PAGE).words
    with factory.begin() as session:
        session.merge(Heartbeat(name="worker", at=desk.now, note=""))
    page = coordinator.open(PAGE)
    assert "That takes some seconds." in page.words
    assert '<meta http-equiv="refresh"' in page.text
    assert "data-refresh-url" in coordinator.open(f"{PAGE}/antwort").text


def test_an_old_answer_is_shown_as_such_and_looked_for_again_when_wished(
    answered: At,
    coordinator: Browser,
    settings: Settings,
    factory: sessionmaker[Session],
    desk: Desk,
) -> None:
    assert "something has changed since" not in answered(PAGE).words
    with factory.begin() as session:
        decisions.ban_person(session, desk, 1, "A002", "R01")
    page = coordinator.open(PAGE)
    assert "something has changed since" in page.words
    assert "Rana Aydın takes 2 talks in all instead of 1" in page.words
    assert answer_questions(settings, factory) == 0
    coordinator.send(page.form("was-hilft"))
    assert answer_questions(settings, factory) == 1
    page = coordinator.open(PAGE)
    assert "something has changed since" not in page.words
    assert "Rana Aydın takes 2 talks in all instead of 1" not in page.words


def test_where_nothing_is_open_there_is_nothing_to_unlock(
    answered: At, factory: sessionmaker[Session], desk: Desk
) -> None:
    with factory.begin() as session:
        decisions.leave_out(session, desk, 1, "A002")
    assert "Every request of this round has its evening." in answered(PAGE).words


def test_what_failed_is_said(
    coordinator: Browser, factory: sessionmaker[Session], desk: Desk
) -> None:
    coordinator.open(PAGE)
    with factory.begin() as session:
        row = session.scalars(select(PlanQuestion)).one()
        row.state, row.error, row.answered_at = QuestionState.FAILED, questions.SLOW, desk.now
    assert "This took too long and was stopped." in coordinator.open(PAGE).words


def test_an_older_version_is_not_looked_at(
    coordinator: Browser, factory: sessionmaker[Session], desk: Desk
) -> None:
    with factory.begin() as session:
        stored_plan(session, desk, session.get_one(PlanningRound, 1))
    assert "This version cannot be changed now." in coordinator.open(PAGE).words
    with factory() as session:
        assert session.scalars(select(PlanQuestion)).all() == []


def test_auditors_look_and_others_do_not(
    factory: sessionmaker[Session], sign_in: SignIn, settings: Settings
) -> None:
    with factory.begin() as session:
        auditor = factories.person(session, Role.AUDITOR, locale="en")
        host = factories.person(session, Role.HOST, locale="en")
    browser = sign_in(auditor)
    browser.open(PAGE)
    answer_questions(settings, factory)
    assert "For the most requests" in browser.open(PAGE).words
    assert browser.client.post(PAGE).status_code in {400, 403}
    assert [sign_in(host).open(path).status for path in (PAGE, f"{PAGE}/antwort")] == [403, 403]


def test_it_speaks_german(answered: At, factory: sessionmaker[Session]) -> None:
    with factory.begin() as session:
        session.scalars(select(Person).where(Person.name == "Koordination")).one().locale = "de"
    assert "Rana Aydın übernimmt 2 statt 1 Gespräche insgesamt" in answered(PAGE).words


def test_every_kind_of_change_has_its_sentence() -> None:

    limits = {*unlocking.PERSON_LIMITS, "lead_days", "min_people"}
    hosts = {f"host_{name}" for name in unlocking.HOST_LIMITS}
    kinds = {"evening", "window", "mode", "interpreting", "interpreter", "speaker"}
    assert {*SENTENCES} == limits | hosts | kinds
