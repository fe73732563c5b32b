"""What the plan suggests when somebody leaves an approved talk."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.config import Settings
from matchmaker.models import PlanQuestion, Talk
from matchmaker.models.states import AssignmentState, TalkState
from matchmaker.services.desk import Desk
from tests import factories
from tests.support.answering import answer_questions
from tests.support.pages import Browser, Page
from tests.web.conftest import SignIn
from tests.web.coordinator.approved_quarter import Quarter, make_quarter

TALK = "/koordination/termine/T001"


@pytest.fixture
def quarter(factory: sessionmaker[Session], desk: Desk) -> Quarter:
    return make_quarter(factory, desk)


@pytest.fixture
def coordinator(quarter: Quarter, sign_in: SignIn) -> Browser:
    return sign_in(quarter.coordinator)


@pytest.fixture
def told(
    coordinator: Browser, quarter: Quarter, settings: Settings, factory: sessionmaker[Session]
) -> Callable[[], Page]:
    """Opens who could take over from the speaker, and again as soon as the worker has answered."""

    def open_page() -> Page:
        address = f"{TALK}/ersetzen/{quarter.speaker.code}?lang=de"
        coordinator.open(address)
        answer_questions(settings, factory)
        return coordinator.open(address)

    return open_page


def suggested(page: Page) -> list[str]:
    return [form.fields["coming"] for form in page.forms if form.fields.get("coming")]


def test_the_plan_suggests_who_takes_over_even_from_somebody_who_has_declined(
    coordinator: Browser,
    quarter: Quarter,
    factory: sessionmaker[Session],
    settings: Settings,
) -> None:
    address = f"{TALK}/ersetzen/{quarter.speaker.code}"
    with factory.begin() as session:
        talk = session.scalars(select(Talk).where(Talk.code == "T001")).one()
        for row in talk.assignments:
            if row.person.code == quarter.speaker.code:
                row.state = AssignmentState.DECLINED
    assert "Kein Worker hat sich" in coordinator.open(f"{address}?lang=de").words
    answer_questions(settings, factory)
    page = coordinator.open(f"{address}?lang=de")
    assert "Sonst ändert sich nichts" in page.words
    with factory() as session:
        after = session.scalars(select(Talk).where(Talk.code == "T001")).one().assignments
        assert AssignmentState.DECLINED in {row.state for row in after}
    choice = next(
        form
        for form in page.forms
        if form.fields.get("coming") == quarter.other_speaker.code and "coming" not in form.choices
    )
    asked = coordinator.send(choice)
    assert "Mails gehen hinaus" in asked.words
    moving = [url for url, words in page.links if "Zuerst das Gespräch verlegen" in words]
    form = coordinator.open(moving[0]).form("verschieben")
    assert f"day={form.fields['day']}" in moving[0]


def test_whoever_has_declined_for_that_hour_is_not_suggested_for_it(
    quarter: Quarter, factory: sessionmaker[Session], told: Callable[[], Page]
) -> None:
    with factory.begin() as session:
        talk = session.scalars(select(Talk).where(Talk.code == "T001")).one()
        factories.assignment(
            session, quarter.other_speaker, talk.starts_at, state=AssignmentState.DECLINED
        )
    page = told()
    assert "hat für diese Zeit abgesagt" in page.words
    assert quarter.other_speaker.code not in suggested(page)


def test_who_takes_over_with_an_interpreter_comes_first_and_the_interpreter_is_named(
    quarter: Quarter, factory: sessionmaker[Session], told: Callable[[], Page]
) -> None:
    with factory.begin() as session:
        helper = factories.interpreter(session, name="Hêlîn Demir").code
    told()
    with factory.begin() as session:
        row = session.scalars(select(PlanQuestion)).one()
        answer = deepcopy(row.answer)
        assert answer is not None
        same = [change for option in answer["options"] for change in option["changes"]]
        for change in same:
            if change["after"] and change["after"]["start"] == change["before"]["start"]:
                change["after"]["interpreters"] = [helper]
        row.answer = answer

    page = told()

    assert "zum Dolmetschen dazunehmen: Hêlîn Demir" in page.words
    assert quarter.other_speaker.code in suggested(page)
    assert helper not in suggested(page)


def test_what_moves_another_request_too_begins_with_exactly_that_move(
    coordinator: Browser,
    quarter: Quarter,
    factory: sessionmaker[Session],
    told: Callable[[], Page],
) -> None:
    told()
    with factory.begin() as session:
        row = session.scalars(select(PlanQuestion)).one()
        proposal = row.proposal
        other = next(
            one for one in proposal.content["assignments"] if one["request"] == quarter.codes[1]
        )
        answer = deepcopy(row.answer)
        assert answer is not None
        for option in answer["options"]:
            later = {**other, "start": "2027-03-23T18:00", "speakers": [quarter.other_speaker.code]}
            change = {"request": other["request"], "before": other, "after": later}
            option["changes"].append(change)
        row.answer = answer
    page = told()
    assert [form for form in page.forms if "coming" in form.fields and not form.choices] == []
    first = next(url for url, words in page.links if f"Zuerst ändern: {quarter.codes[1]}" in words)
    assert "Zuerst das Gespräch verlegen" not in page.words
    form = coordinator.open(first.partition("#")[0]).form("verschieben")
    assert f"/anfrage/{quarter.codes[1]}/verschieben" in form.action
    assert (form.fields["day"], form.fields["start"]) == ("2027-03-23", "18:00")
    assert form.fields["speaker"] == quarter.other_speaker.code


def test_nothing_is_asked_about_talks_that_do_not_stand_and_people_who_do_not_come(
    coordinator: Browser,
    quarter: Quarter,
    factory: sessionmaker[Session],
) -> None:
    stranger = f"{TALK}/ersetzen/{quarter.other_speaker.code}"
    assert [coordinator.open(one).status for one in (stranger, f"{stranger}/antwort")] == [404, 404]
    with factory.begin() as session:
        session.scalars(select(Talk).where(Talk.code == "T001")).one().state = TalkState.CANCELLED
    own = f"{TALK}/ersetzen/{quarter.speaker.code}"
    assert [coordinator.open(one).status for one in (own, f"{own}/antwort")] == [409, 409]
    with factory() as session:
        assert session.scalars(select(PlanQuestion)).all() == []


def test_the_part_that_is_fetched_says_what_it_waits_for(
    coordinator: Browser, quarter: Quarter
) -> None:
    address = f"{TALK}/ersetzen/{quarter.speaker.code}/antwort"
    assert "data-refresh-url" in coordinator.open(address).text
