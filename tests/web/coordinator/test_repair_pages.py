"""After an event: what can be done, option by option, and one of them taken over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.config import Settings
from matchmaker.models import Person, PlanningRound, PlanQuestion, Request
from matchmaker.models.states import AvailabilityKind, DecisionKind, RequestState, Role
from matchmaker.services.desk import Desk
from matchmaker.services.people import availability, contacts, profiles
from matchmaker.services.planning import edits, questions, rounds
from matchmaker.services.problems.plan_rows import planned, standing_decisions
from matchmaker.services.talks import approval
from matchmaker.services.times.availability_facts import DayTime
from tests import factories
from tests.conftest import NOW
from tests.services.plans import evening, stored_plan
from tests.support.answering import answer_questions
from tests.support.pages import Browser, Page
from tests.web.conftest import SignIn

PLAN = "/koordination/planung/1/vorschlag/1"
PAGE = f"{PLAN}/ausfall"
TIMES = "/koordination/kontakte/person/R01/zeiten"
FULL = "There are as many days in the times of this person as we can keep."
AWAY = f"{PAGE}?kind=absence&person=R01&first=2027-01-19&last=2027-01-19"


@pytest.fixture(autouse=True)
def _round(factory: sessionmaker[Session], desk: Desk) -> None:
    """A001 and A002 on one evening with R01 and R02; A003 is open, nobody knows its topic."""
    with factory.begin() as session:
        for code, name in (("R01", "Rana Aydın"), ("R02", "Olga Reimann")):
            factories.speaker(
                session, topics={"ANE-01": 3}, weekly=((1, 16, 22),), code=code, name=name
            )
        first, second = (
            factories.request(
                session, code=code, organisation=factories.organisation(session, name=name)
            )
            for code, name in (("A001", "Sonnenhof"), ("A002", "Ahornhaus"))
        )
        factories.request(session, code="A003", topics=("ANE-02",))
        row = factories.planning_round(session)
        stored_plan(session, desk, row, evening(first, "R01"), evening(second, "R02"))


@pytest.fixture
def told(
    coordinator: Browser, settings: Settings, factory: sessionmaker[Session]
) -> Callable[[str], Page]:
    """Opens a page that asks the worker, and again as soon as it has answered."""

    def open_page(path: str) -> Page:
        coordinator.open(path)
        answer_questions(settings, factory)
        return coordinator.open(path)

    return open_page


def talks(factory: sessionmaker[Session]) -> dict[str, tuple[str, ...]]:
    """Who has which talk in the current version."""
    with factory() as session:
        row = session.scalars(select(PlanningRound)).one().current_proposal
        assert row is not None
        return {one.request: one.people for one in planned(row)}


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


def test_options_come_with_changes_points_and_proof(told: Callable[[str], Page]) -> None:
    page = told(AWAY)
    assert "1 talk cannot stay as it is: A001 Sonnenhof" in page.words
    assert "Nobody else moves: Tue " in page.words
    assert "Proven: while nobody else moves, nothing is better." in page.words
    assert "Take out what is lost, and nothing else" in page.words


def test_an_option_becomes_a_version_that_can_be_undone(
    told: Callable[[str], Page], coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    page = told(f"{PAGE}?kind=decline&person=R01&request=A001")
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


def test_taking_over_an_option_enters_the_absence(
    told: Callable[[str], Page], coordinator: Browser
) -> None:
    page = told(AWAY)
    assert "these days are entered as days off in the times of Rana Aydın" in page.words
    made = coordinator.send(next(one for one in page.forms if one.action == PAGE))
    assert "The absence is entered in the times of Rana Aydın." in made.words
    times = coordinator.open(TIMES)
    assert "Tue 19 Jan 2027" in times.words
    assert "Tue 19 Jan 2027: 16:00–22:00" not in times.words
    assert "Undo the last change" in times.words


@pytest.fixture
def full(factory: sessionmaker[Session], desk: Desk) -> Callable[[], None]:
    """Makes the times of R01 hold as many days as can be kept."""

    def fill() -> None:
        with factory.begin() as session:
            profile = profiles.profile_of(contacts.person_by_code(session, "R01"))
            days = (date(2027, 5, 1) + timedelta(days=n) for n in range(availability.MOST_DAYS))
            off = (DayTime(kind=AvailabilityKind.OFF, first_day=day, last_day=day) for day in days)
            wanted = replace(availability.read(profile), days=tuple(off))
            availability.change(session, desk, profile, wanted)

    return fill


def test_times_that_can_hold_no_more_days_are_told_before_anything_is_asked(
    coordinator: Browser, full: Callable[[], None]
) -> None:
    full()
    page = coordinator.open(AWAY)
    assert (page.status, FULL in page.words) == (422, True)


@pytest.mark.parametrize("alone", [False, True])
def test_days_that_cannot_be_entered_any_more_are_told_on_the_form(
    told: Callable[[str], Page],
    coordinator: Browser,
    factory: sessionmaker[Session],
    full: Callable[[], None],
    alone: bool,
) -> None:
    page = told(AWAY)
    action = f"{PAGE}/abwesenheit" if alone else PAGE
    chosen = next(one for one in page.forms if one.action == action)
    full()
    refusal = coordinator.send(chosen)
    assert (refusal.status, FULL in refusal.words) == (422, True)
    form = next(one for one in refusal.forms if one.fields.get("kind") == "absence")
    typed = {name: form.fields.get(name) for name in ("person", "first", "last")}
    assert typed == {"person": "R01", "first": "2027-01-19", "last": "2027-01-19"}
    with factory() as session:
        current = session.get_one(PlanningRound, 1).current_proposal
        assert current is not None
        assert current.number == 1


def test_a_field_of_another_event_changes_nothing_about_an_absence(
    told: Callable[[str], Page],
    coordinator: Browser,
    factory: sessionmaker[Session],
    desk: Desk,
) -> None:
    with factory.begin() as session:
        approval.approve(session, desk, 1, requests=["A002"])
    page = told(f"{AWAY}&request=A002&venue=V1")
    with factory() as session:
        (question,) = session.scalars(select(PlanQuestion)).all()
        assert question.arguments["event"] == {
            "kind": "absence",
            "person": "R01",
            "from": "2027-01-19",
            "to": "2027-01-19",
        }
    made = coordinator.send(next(one for one in page.forms if one.action == PAGE))
    assert "The absence is entered in the times of Rana Aydın." in made.words
    assert "Tue 19 Jan 2027: 16:00–22:00" not in coordinator.open(TIMES).words


def test_an_absence_that_was_known_already_is_not_said_to_be_entered(
    told: Callable[[str], Page], coordinator: Browser
) -> None:
    page = told(AWAY)
    coordinator.send(page.form("ausfall/abwesenheit"))
    made = coordinator.send(next(one for one in page.forms if one.action == PAGE))
    assert "Version 2 is made." in made.words
    assert "The absence is entered in the times" not in made.words


def test_an_absence_is_only_entered_from_a_plan_that_can_be_changed(
    told: Callable[[str], Page], coordinator: Browser, factory: sessionmaker[Session], desk: Desk
) -> None:
    form = told(AWAY).form("ausfall/abwesenheit")
    elsewhere = replace(form, action=form.action.replace("vorschlag/1", "vorschlag/9"))
    assert coordinator.send(elsewhere).status == 404
    with factory.begin() as session:
        rounds.close_round(session, desk, 1)
    assert coordinator.send(form).status == 409
    assert "Tue 19 Jan 2027: 16:00–22:00" in coordinator.open(TIMES).words


def test_what_is_sent_by_hand_is_one_clean_line(
    told: Callable[[str], Page], coordinator: Browser
) -> None:
    form = told(AWAY).form("ausfall/abwesenheit")
    assert coordinator.send(form, person="R\x0001").status == 200
    assert "Tue 19 Jan 2027: 16:00–22:00" not in coordinator.open(TIMES).words


def test_undoing_the_version_takes_the_absence_back(
    told: Callable[[str], Page], coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    made = coordinator.send(next(one for one in told(AWAY).forms if one.action == PAGE))
    undone = coordinator.send(made.form("rueckgaengig"))
    assert undone.address == PLAN
    assert "The absence that it had entered is taken back." in undone.words
    assert talks(factory) == {"A001": ("R01",), "A002": ("R02",)}
    assert "Tue 19 Jan 2027: 16:00–22:00" in coordinator.open(TIMES).words


def test_times_that_have_changed_since_are_to_be_looked_at_first(
    told: Callable[[str], Page], coordinator: Browser, factory: sessionmaker[Session], desk: Desk
) -> None:
    made = coordinator.send(next(one for one in told(AWAY).forms if one.action == PAGE))
    with factory.begin() as session:
        profile = profiles.profile_of(contacts.person_by_code(session, "R01"))
        changed = replace(availability.read(profile), school_holidays_off=True)
        availability.change(session, desk, profile, changed)
    refusal = coordinator.send(made.form("rueckgaengig"))
    assert refusal.status == 409
    assert "Please remove its days off there first." in refusal.words
    assert TIMES in dict(refusal.links)
    with factory() as session:
        current = session.get_one(PlanningRound, 1).current_proposal
        assert current is not None
        assert current.number == 2


@pytest.mark.parametrize("first", ["2027-01-19", "2027-03-01"])
def test_an_absence_is_entered_without_a_choice(
    told: Callable[[str], Page], coordinator: Browser, first: str
) -> None:
    address = f"{PAGE}?kind=absence&person=R01&first={first}&last="
    form = told(address).form("ausfall/abwesenheit")
    assert coordinator.send(form).address == PAGE
    assert "The times of Rana Aydın say so: away from" in told(address).words


def test_without_a_worker_the_page_says_who_has_to_answer(coordinator: Browser) -> None:
    page = coordinator.open(AWAY)
    assert "No worker has reported lately." in page.words
    assert '<meta http-equiv="refresh"' in page.text


def test_nobody_needed_on_those_days_changes_nothing(told: Callable[[str], Page]) -> None:
    page = told(f"{PAGE}?kind=absence&person=R01&first=2027-03-01")
    assert "No talk is lost" in page.words


def test_a_request_that_fits_nowhere_is_told_so(told: Callable[[str], Page]) -> None:
    page = told(f"{PAGE}?kind=late_request&request=A003")
    assert "No place can be made for it" in page.words
    assert [one for one in page.forms if one.action == PAGE] == []


def test_what_the_plan_does_not_know_is_a_fault_and_no_crash(told: Callable[[str], Page]) -> None:
    page = told(f"{PAGE}?kind=cancellation&request=A999")
    assert "This does not fit the plan any more." in page.words


def test_an_option_of_an_older_version_is_refused(
    told: Callable[[str], Page], coordinator: Browser, factory: sessionmaker[Session], desk: Desk
) -> None:
    page = told(AWAY)
    form = next(one for one in page.forms if one.action == PAGE)
    with factory.begin() as session:
        edits.remove(session, desk, 1, "A002", base=1)
    assert coordinator.send(form).status == 409
    assert "This version cannot be changed now." in coordinator.open(AWAY).words
    assert "This version cannot be changed now." in coordinator.open(PAGE).words


def test_an_option_that_was_removed_is_not_found(
    told: Callable[[str], Page], coordinator: Browser, factory: sessionmaker[Session], desk: Desk
) -> None:
    page = told(AWAY)
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


def test_it_speaks_german(told: Callable[[str], Page], factory: sessionmaker[Session]) -> None:
    with factory.begin() as session:
        session.scalars(select(Person).where(Person.name == "Koordination")).one().locale = "de"
    page = told(AWAY)
    assert "Rana Aydın fehlt von Di., 19.01.2027 bis Di., 19.01.2027" in page.words
    assert "Sonst ändert sich nichts" in page.words
