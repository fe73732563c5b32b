"""Older versions come back without requests that cannot have their talks any more, if told so."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.models import Request
from matchmaker.models.states import DecisionKind, RequestState
from matchmaker.services.desk import Desk
from matchmaker.services.planning import absences, decisions
from matchmaker.services.planning.rounds import find_round
from matchmaker.services.problems.plan_rows import planned
from tests.support.pages import Browser, Page
from tests.web.coordinator.planned_round import At, current, free_choice, kinds

TIMES = "/koordination/kontakte/person/R01/zeiten"


@pytest.fixture
def moved(at: At, coordinator: Browser) -> Page:
    """Version 2, in which A001 has moved."""
    page = coordinator.send(free_choice(at("/1/anfrage/A001")), day="2027-01-12", start="18:00")
    assert page.address.endswith("/vorschlag/2")
    return page


def become(
    factory: sessionmaker[Session], *codes: str, state: RequestState = RequestState.WITHDRAWN
) -> None:
    with factory.begin() as session:
        for row in session.scalars(select(Request).where(Request.code.in_(codes))):
            row.state = state


def placed(factory: sessionmaker[Session]) -> dict[str, str]:
    return {row.request: f"{row.start:%d.%m.}" for row in planned(current(factory))}


def test_taking_over_asks_before_a_withdrawn_request_stays_out(
    moved: Page, at: At, coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    become(factory, "A002")
    question = coordinator.send(at("/1").form("uebernehmen"))
    assert question.status == 409
    assert "Take over version 1 without 1 request?" in question.words
    assert "Nothing is changed yet." in question.words
    assert "A002 Sonnenhof Tue 26 Jan 2027, 18:00–20:00 It was withdrawn." in question.words
    assert ("/koordination/anfragen/A002", "A002 Sonnenhof") in question.links
    assert current(factory).number == 2
    done = coordinator.send(question.form())
    assert done.address.endswith("/vorschlag/3")
    assert (
        "Version 1 is the current plan again, now as version 3 and without 1 request. "
        "Below stands which one, and why."
    ) in done.words
    assert "Version 1, taken over without 1 request" in done.words
    assert "A002 Sonnenhof : It was withdrawn." in done.words
    assert "1 talk placed, 1 request open. Taken over from version 1." in done.words
    assert placed(factory) == {"A001": "19.01."}


@pytest.mark.usefixtures("moved")
def test_the_question_can_be_left_and_changes_nothing(
    at: At,
    coordinator: Browser,
    factory: sessionmaker[Session],
    desk: Desk,
    round_id: int,
) -> None:
    day = "2027-02-02"
    event = {"kind": "absence", "person": "R01", "from": day, "to": day}
    with factory.begin() as session:
        absences.enter(session, desk, find_round(session, round_id), event)
    become(factory, "A002")
    form = at("/1").form("uebernehmen")
    question = coordinator.send(form, absence=form.choices["absence"])
    assert "This absence is taken back with it: Rana Aydın, Tue 2 Feb 2027" in question.words
    back = {text: url for url, text in question.links}["Back, change nothing"]
    assert coordinator.open(back).address.endswith("/vorschlag/1")
    assert "Tue 2 Feb 2027: 16:00–22:00" not in coordinator.open(TIMES).words
    assert kinds(factory, round_id) == [DecisionKind.PIN]
    assert placed(factory) == {"A001": "12.01.", "A002": "26.01."}
    done = coordinator.send(question.form())
    assert "The absence of Rana Aydın is taken back." in done.words
    assert "Tue 2 Feb 2027: 16:00–22:00" in coordinator.open(TIMES).words


def test_undoing_asks_before_a_withdrawn_request_stays_out(
    moved: Page, coordinator: Browser, factory: sessionmaker[Session], round_id: int
) -> None:
    become(factory, "A002", state=RequestState.DUPLICATE)
    question = coordinator.send(moved.form("rueckgaengig"))
    assert question.status == 409
    assert "Undo this change, but without 1 request?" in question.words
    assert "It was merged into another request." in question.words
    assert dict(question.links)[moved.address] == "Back, change nothing"
    done = coordinator.send(question.form())
    assert (
        "The change is undone. Version 1 counts again, now as version 3 and without 1 request. "
        "Below stands which one, and why."
    ) in done.words
    assert placed(factory) == {"A001": "19.01."}
    assert kinds(factory, round_id) == []


def test_one_more_withdrawn_while_the_question_is_open_is_asked_about(
    moved: Page, at: At, coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    become(factory, "A002")
    question = coordinator.send(at("/1").form("uebernehmen"))
    become(factory, "A001")
    again = coordinator.send(question.form())
    assert (again.status, current(factory).number) == (409, 2)
    assert "Take over version 1 without 2 requests?" in again.words
    done = coordinator.send(again.form())
    assert "now as version 3 and without 2 requests." in done.words
    assert placed(factory) == {}


def test_a_version_without_requests_is_compared_and_taken_over_as_any_other(
    moved: Page, at: At, coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    become(factory, "A002")
    coordinator.send(coordinator.send(at("/1").form("uebernehmen")).form())
    assert "1 request is different." in at("/3/vergleich/1").words
    again = coordinator.send(coordinator.send(at("/2").form("uebernehmen")).form())
    assert "now as version 4 and without 1 request." in again.words
    assert placed(factory) == {"A001": "12.01."}
    become(factory, "A002", state=RequestState.READY)
    third = coordinator.send(at("/3").form("uebernehmen"))
    assert "Version 3 is the current plan again." in third.words
    assert "Version 1, taken over without 1 request" in third.words
    coordinator.send(at("/1").form("uebernehmen"))
    assert placed(factory) == {"A001": "19.01.", "A002": "26.01."}


def test_undoing_back_to_a_version_without_requests_says_only_that(
    moved: Page, at: At, coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    become(factory, "A002")
    coordinator.send(coordinator.send(at("/1").form("uebernehmen")).form())
    again = coordinator.send(free_choice(at("/3/anfrage/A001")), day="2027-02-02", start="18:00")
    undone = coordinator.send(again.form("rueckgaengig"))
    assert "The change is undone. Version 3 counts again." in undone.words


@pytest.mark.usefixtures("moved")
def test_why_a_request_stays_out_is_said_in_words(
    at: At,
    coordinator: Browser,
    factory: sessionmaker[Session],
    desk: Desk,
    round_id: int,
) -> None:
    with factory.begin() as session:
        decisions.leave_out(session, desk, round_id, "A001")
        row = session.scalars(select(Request).where(Request.code == "A002")).one()
        row.topics.clear()
    question = coordinator.send(at("/1").form("uebernehmen"))
    assert "Take over version 1 without 2 requests?" in question.words
    assert "18:00–20:00 Left out of this round by decision." in question.words
    assert "18:00–20:00 It lacks: a topic." in question.words


def test_the_question_is_asked_in_german(
    moved: Page, at: At, coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    become(factory, "A002")
    question = coordinator.send(at("/1?lang=de").form("uebernehmen"))
    assert "Fassung 1 ohne 1 Anfrage übernehmen?" in question.words
    assert "Sie wurde zurückgezogen." in question.words
