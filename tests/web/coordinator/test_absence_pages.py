"""Who is away: the days off in their times, entered with an option or alone, and taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.models import PlanningRound, PlanQuestion
from matchmaker.models.states import AvailabilityKind
from matchmaker.services.desk import Desk
from matchmaker.services.people import availability, contacts, profiles
from matchmaker.services.planning import absences, edits, rounds
from matchmaker.services.talks import approval
from matchmaker.services.times.availability_facts import DayTime
from tests.support.pages import Browser, Page
from tests.web.coordinator.planned_round import At
from tests.web.coordinator.two_talks import AWAY, PAGE, PLAN, make_two_talks, talks

TIMES = "/koordination/kontakte/person/R01/zeiten"
FULL = "There are as many days in the times of this person as we can keep."


@pytest.fixture(autouse=True)
def _round(factory: sessionmaker[Session], desk: Desk) -> None:
    make_two_talks(factory, desk)


def test_taking_over_an_option_enters_the_absence(answered: At, coordinator: Browser) -> None:
    page = answered(AWAY)
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
    answered: At,
    coordinator: Browser,
    factory: sessionmaker[Session],
    full: Callable[[], None],
    alone: bool,
) -> None:
    page = answered(AWAY)
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
    answered: At,
    coordinator: Browser,
    factory: sessionmaker[Session],
    desk: Desk,
) -> None:
    with factory.begin() as session:
        approval.approve(session, desk, 1, requests=["A002"])
    page = answered(f"{AWAY}&request=A002&venue=V1")
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
    answered: At, coordinator: Browser
) -> None:
    page = answered(AWAY)
    coordinator.send(page.form("ausfall/abwesenheit"))
    made = coordinator.send(next(one for one in page.forms if one.action == PAGE))
    assert "Version 2 is made." in made.words
    assert "The absence is entered in the times" not in made.words


def test_an_absence_is_only_entered_from_a_plan_that_can_be_changed(
    answered: At, coordinator: Browser, factory: sessionmaker[Session], desk: Desk
) -> None:
    form = answered(AWAY).form("ausfall/abwesenheit")
    elsewhere = replace(form, action=form.action.replace("vorschlag/1", "vorschlag/9"))
    assert coordinator.send(elsewhere).status == 404
    with factory.begin() as session:
        rounds.close_round(session, desk, 1)
    assert coordinator.send(form).status == 409
    assert "Tue 19 Jan 2027: 16:00–22:00" in coordinator.open(TIMES).words


def test_what_is_sent_by_hand_is_one_clean_line(answered: At, coordinator: Browser) -> None:
    form = answered(AWAY).form("ausfall/abwesenheit")
    assert coordinator.send(form, person="R\x0001").status == 200
    assert "Tue 19 Jan 2027: 16:00–22:00" not in coordinator.open(TIMES).words


def test_undoing_the_version_takes_the_absence_back(
    answered: At, coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    made = coordinator.send(next(one for one in answered(AWAY).forms if one.action == PAGE))
    undone = coordinator.send(made.form("rueckgaengig"))
    assert undone.address == PLAN
    assert "The absence that it had entered is taken back." in undone.words
    assert talks(factory) == {"A001": ("R01",), "A002": ("R02",)}
    assert "Tue 19 Jan 2027: 16:00–22:00" in coordinator.open(TIMES).words


def test_times_that_have_changed_since_are_to_be_looked_at_first(
    answered: At, coordinator: Browser, factory: sessionmaker[Session], desk: Desk
) -> None:
    made = coordinator.send(next(one for one in answered(AWAY).forms if one.action == PAGE))
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
    answered: At, coordinator: Browser, first: str
) -> None:
    address = f"{PAGE}?kind=absence&person=R01&first={first}&last="
    form = answered(address).form("ausfall/abwesenheit")
    assert coordinator.send(form).address == PAGE
    assert "The times of Rana Aydın say so: away from" in answered(address).words


@pytest.fixture
def changed(answered: At, coordinator: Browser) -> Page:
    """Version 2: R01 is away, and somebody else has the talk."""
    return coordinator.send(next(one for one in answered(AWAY).forms if one.action == PAGE))


def test_an_older_version_says_what_was_entered_since_and_takes_it_back(
    changed: Page, coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    older = coordinator.open(PLAN)
    assert "What becomes of the absence that was entered since?" in older.words
    assert (
        "Take back: Rana Aydın, Tue 19 Jan 2027 Entered on Mon 28 Dec 2026, 09:00. Version 1 has "
        "a talk with this person then, and only fits without the absence, unless that talk stays "
        "out."
    ) in older.words
    assert TIMES in dict(older.links)
    form = older.form("uebernehmen")
    assert "absence" not in form.fields
    back = coordinator.send(form, absence=form.choices["absence"])
    assert "The absence of Rana Aydın is taken back." in back.words
    assert talks(factory) == {"A001": ("R01",), "A002": ("R02",)}
    assert "Tue 19 Jan 2027: 16:00–22:00" in coordinator.open(TIMES).words


def test_an_absence_that_stays_keeps_a_version_back_that_has_a_talk_then(
    changed: Page, coordinator: Browser
) -> None:
    refusal = coordinator.send(coordinator.open(PLAN).form("uebernehmen"))
    assert refusal.status == 409
    assert "Rana Aydın" in refusal.words
    assert dict(refusal.links)[PLAN] == "To version 1"
    assert "Tue 19 Jan 2027: 16:00–22:00" not in coordinator.open(TIMES).words


def test_an_absence_stays_where_the_older_version_can_do_without_that_person(
    coordinator: Browser, factory: sessionmaker[Session], desk: Desk
) -> None:
    event = {"kind": "absence", "person": "R01", "from": "2027-01-19", "to": "2027-01-19"}
    with factory.begin() as session:
        row = session.get_one(PlanningRound, 1)
        edits.rearrange(session, desk, 1, {"A001": None}, base=1)
        edits.rearrange(
            session,
            desk,
            1,
            {"A002": None},
            base=2,
            decide=lambda: absences.enter(session, desk, row, event),
        )
    older = coordinator.open("/koordination/planung/1/vorschlag/2")
    assert "has a talk with this person" not in older.words
    back = coordinator.send(older.form("uebernehmen"))
    assert "Version 2 is the current plan again." in back.words
    assert "taken back" not in back.words
    assert "Tue 19 Jan 2027: 16:00–22:00" not in coordinator.open(TIMES).words


def test_absences_entered_alone_are_offered_one_by_one(
    answered: At, coordinator: Browser, factory: sessionmaker[Session], desk: Desk
) -> None:
    for person, day in (("R01", "2027-01-19"), ("R02", "2027-02-02")):
        page = answered(f"{PAGE}?kind=absence&person={person}&first={day}&last={day}")
        coordinator.send(page.form("ausfall/abwesenheit"))
    with factory.begin() as session:
        edits.rearrange(session, desk, 1, {"A001": None}, base=1)
    older = coordinator.open(PLAN)
    assert "What becomes of the absences that were entered since?" in older.words
    form = older.form("uebernehmen")
    others, mine = form.choices["absence"]  # the last one first
    assert coordinator.send(form, absence=others).status == 409
    back = coordinator.send(form, absence=mine)
    assert "Version 1 is the current plan again." in back.words
    assert "The absence of Rana Aydın is taken back." in back.words
    assert "The absence of Olga Reimann" not in back.words
    assert talks(factory) == {"A001": ("R01",), "A002": ("R02",)}


@pytest.mark.parametrize("sent", ["x", "-1", "9" * 30, ""])
def test_an_absence_that_nobody_knows_is_not_taken_back(
    changed: Page, coordinator: Browser, sent: str
) -> None:
    refusal = coordinator.send(coordinator.open(PLAN).form("uebernehmen"), absence=sent)
    assert refusal.status == 409
    assert "Tue 19 Jan 2027: 16:00–22:00" not in coordinator.open(TIMES).words


def test_times_that_have_changed_since_keep_an_older_version_back(
    changed: Page, coordinator: Browser, factory: sessionmaker[Session], desk: Desk
) -> None:
    with factory.begin() as session:
        profile = profiles.profile_of(contacts.person_by_code(session, "R01"))
        availability.change(
            session,
            desk,
            profile,
            replace(availability.read(profile), school_holidays_off=True),
        )
    form = coordinator.open(PLAN).form("uebernehmen")
    refusal = coordinator.send(form, absence=form.choices["absence"])
    assert refusal.status == 409
    assert "Version 1 cannot be taken over yet" in refusal.words
    assert TIMES in dict(refusal.links)


def test_a_version_taken_over_again_says_that_its_absence_is_gone(
    changed: Page, answered: At, coordinator: Browser
) -> None:
    coordinator.send(changed.form("rueckgaengig"))
    again = coordinator.send(coordinator.open(changed.address).form("uebernehmen"))
    assert "It was made for an absence that is not entered any more: Rana Aydın" in again.words
    (way,) = [url for url, text in again.links if text == "Enter it again"]
    assert "No talk is lost" in answered(way).words
    entered = coordinator.send(coordinator.open(way).form("ausfall/abwesenheit"))
    assert "The absence is entered." in entered.words
