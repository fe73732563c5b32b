"""After an event: what can be done, option by option, and one of them taken over."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.config import Settings
from matchmaker.models import Person, PlanningRound, PlanQuestion, Request, Talk
from matchmaker.models.states import DecisionKind, RequestState, Role
from matchmaker.services.desk import Desk
from matchmaker.services.planning import edits, questions
from matchmaker.services.problems.plan_rows import standing_decisions
from matchmaker.services.talks import approval
from tests import factories
from tests.conftest import NOW
from tests.services.plans import stored_plan
from tests.support.answering import answer_questions
from tests.support.pages import Browser
from tests.web.conftest import SignIn
from tests.web.coordinator.planned_round import At
from tests.web.coordinator.two_talks import AWAY, PAGE, PLAN, make_two_talks, talks


@pytest.fixture(autouse=True)
def _round(factory: sessionmaker[Session], desk: Desk) -> None:
    make_two_talks(factory, desk)


def test_the_form_leads_to_the_options(coordinator: Browser) -> None:
    assert PAGE in dict(coordinator.open(PLAN).links)
    page = coordinator.open(PAGE)
    form = next(one for one in page.forms if "person" in one.names)
    asked = coordinator.send(form, person="R01", first="2027-01-19", last="2027-01-19")
    assert "Rana Aydın is away from Tue 19 Jan 2027 to Tue 19 Jan 2027" in asked.words


def test_a_request_that_came_later_can_be_chosen(
    coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    with factory.begin() as session:
        host = factories.organisation(session, name="Lindenhaus")
        factories.request(session, code="A004", organisation=host)
    page = coordinator.open(PAGE)
    form = next(one for one in page.forms if one.fields.get("kind") == "late_request")
    assert coordinator.send(form, request="A004").words.count("Lindenhaus") > 0


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("kind=absence", "Please choose who is away."),
        ("kind=cancellation", "Please choose a talk."),
        ("kind=late_request", "Please choose a request."),
        ("kind=venue_loss", "Please choose a room."),
        ("kind=absence&person=R01&first=soon", "Please give a day."),
        (
            "kind=absence&person=R01&first=2027-01-20&last=2027-01-19",
            "The last day must not be before the first one.",
        ),
        (
            "kind=absence&person=R01&first=2025-01-18&last=2025-01-19",
            "This day is over. Please choose a day to come.",
        ),
        (
            "kind=absence&person=R01&first=2027-01-18&last=2028-12-24",
            "Last day: please give a day within one year of the first one.",
        ),
        (
            "kind=absence&person=R01&first=2025-11-18",
            "Last day: please give a day within one year of the first one.",
        ),
        (
            "kind=absence&person=R01&first=2031-01-18&last=2031-01-19",
            "Day: please give a day within the next three years.",
        ),
        (
            "kind=absence&person=R01&first=2027-04-15",
            "Please give the last day as well: the round is over before this absence begins.",
        ),
    ],
)
def test_what_is_missing_is_said_and_nothing_asked(
    coordinator: Browser, factory: sessionmaker[Session], query: str, fault: str
) -> None:
    page = coordinator.open(f"{PAGE}?{query}")
    assert (page.status, fault in page.words) == (422, True)
    with factory() as session:
        assert session.scalars(select(PlanQuestion)).all() == []


def test_who_has_no_talk_in_the_version_stays_chosen_beside_a_fault(
    coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    with factory.begin() as session:
        factories.speaker(session, code="R03", name="Tom Brandt")
    page = coordinator.open(f"{PAGE}?kind=absence&person=R03&first=soon")
    form = next(one for one in page.forms if one.fields.get("kind") == "absence")
    assert (page.status, form.fields.get("person")) == (422, "R03")


def test_options_come_with_changes_points_and_proof(answered: At) -> None:
    page = answered(AWAY)
    assert "1 talk cannot stay as it is: A001 Sonnenhof" in page.words
    assert "Nobody else moves: Tue " in page.words
    assert "Proven: while nobody else moves, nothing is better." in page.words
    assert "Take out what is lost, and nothing else" in page.words


def test_an_option_becomes_a_version_that_can_be_undone(
    answered: At, coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    page = answered(f"{PAGE}?kind=decline&person=R01&request=A001")
    assert "Rana Aydın does not come to A001 Sonnenhof" in page.words
    made = coordinator.send(next(one for one in page.forms if one.action == PAGE))
    assert made.address == "/koordination/planung/1/vorschlag/2"
    assert "Version 2 is made." in made.words
    assert talks(factory)["A001"] == ("R02",)
    with factory() as session:
        kinds = {row.kind for row in standing_decisions(session, 1)}
    assert kinds == {DecisionKind.BAN_PERSON, DecisionKind.PIN}
    coordinator.send(made.form("rueckgaengig"))
    assert talks(factory) == {"A001": ("R01",), "A002": ("R02",)}


def test_where_a_choice_is_one_of_several_steps_the_next_one_follows(
    answered: At, coordinator: Browser
) -> None:
    page = answered(f"{PAGE}?kind=decline&person=R01&request=A001&danach=/koordination/termine")
    made = coordinator.send(next(one for one in page.forms if one.action == PAGE))
    assert made.address == "/koordination/termine"
    assert "Version 2 is made." in made.words


def test_approved_talks_that_belong_to_a_choice_are_led_to(
    coordinator: Browser, factory: sessionmaker[Session], desk: Desk
) -> None:
    with factory.begin() as session:
        approval.approve(session, desk, 1, requests=["A001"])
        edits.rearrange(session, desk, 1, {"A002": None}, base=1, agreed=["A001"])
        talk = session.scalars(select(Talk)).one().code
    page = coordinator.open(f"{PLAN[:-1]}2")
    assert "Approved talks that belong to this choice are changed where they stand:" in page.words
    assert dict(page.links)[f"/koordination/termine/{talk}"] == "A001 Sonnenhof"


def test_without_a_worker_the_page_says_who_has_to_answer(coordinator: Browser) -> None:
    page = coordinator.open(AWAY)
    assert "No worker has reported lately." in page.words
    assert '<meta http-equiv="refresh"' in page.text


def test_nobody_needed_on_those_days_changes_nothing(answered: At) -> None:
    page = answered(f"{PAGE}?kind=absence&person=R01&first=2027-03-01")
    assert "No talk is lost" in page.words


def test_a_request_that_fits_nowhere_is_told_so(answered: At) -> None:
    page = answered(f"{PAGE}?kind=late_request&request=A003")
    assert "No place can be made for it" in page.words
    assert [one for one in page.forms if one.action == PAGE] == []


def test_what_the_plan_does_not_know_is_a_fault_and_no_crash(answered: At) -> None:
    page = answered(f"{PAGE}?kind=cancellation&request=A999")
    assert "This does not fit the plan any more." in page.words


def test_an_option_of_an_older_version_is_refused(
    answered: At, coordinator: Browser, factory: sessionmaker[Session], desk: Desk
) -> None:
    page = answered(AWAY)
    form = next(one for one in page.forms if one.action == PAGE)
    with factory.begin() as session:
        edits.remove(session, desk, 1, "A002", base=1)
    assert coordinator.send(form).status == 409
    assert "This version cannot be changed now." in coordinator.open(AWAY).words
    assert "This version cannot be changed now." in coordinator.open(PAGE).words


def test_an_option_that_was_removed_is_not_found(
    answered: At, coordinator: Browser, factory: sessionmaker[Session], desk: Desk
) -> None:
    page = answered(AWAY)
    form = next(one for one in page.forms if one.action == PAGE)
    with factory.begin() as session:
        questions.expire(session, replace(desk, now=NOW + 2 * questions.KEPT))
    assert coordinator.send(form).status == 404


def test_auditors_look_and_others_do_not(
    factory: sessionmaker[Session], sign_in: SignIn, settings: Settings
) -> None:
    with factory.begin() as session:
        auditor = factories.person(session, Role.AUDITOR, locale="en")
        host = factories.person(session, Role.HOST, locale="en")
    browser = sign_in(auditor)
    browser.open(AWAY)
    answer_questions(settings, factory)
    page = browser.open(AWAY)
    assert "Nobody else moves" in page.words
    assert [one for one in page.forms if one.action == PAGE] == []
    assert browser.client.post(PAGE, data={"question": 1, "option": 0}).status_code in {400, 403}
    other = sign_in(host)
    for address in (PAGE, AWAY, f"{PAGE}/antwort"):
        assert other.open(address).status == 403


def test_without_talks_there_is_nothing_to_lose(
    coordinator: Browser, factory: sessionmaker[Session], desk: Desk
) -> None:
    with factory.begin() as session:
        stored_plan(session, desk, session.get_one(PlanningRound, 1))
    page = coordinator.open("/koordination/planung/1/vorschlag/2/ausfall")
    assert "One more request" in page.words
    assert "A talk is cancelled" not in page.words
    with factory.begin() as session:
        for row in session.scalars(select(Request)):
            row.state = RequestState.WITHDRAWN
    page = coordinator.open("/koordination/planung/1/vorschlag/2/ausfall")
    assert "Nothing is planned" in page.words


def test_it_speaks_german(answered: At, factory: sessionmaker[Session]) -> None:
    with factory.begin() as session:
        session.scalars(select(Person).where(Person.name == "Koordination")).one().locale = "de"
    page = answered(AWAY)
    assert "Rana Aydın fehlt von Di., 19.01.2027 bis Di., 19.01.2027" in page.words
    assert "Sonst ändert sich nichts" in page.words
