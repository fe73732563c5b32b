"""One version of a plan: seen, compared, taken up again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.models import Assignment, Person, PlanningRound, Request
from matchmaker.models.states import AssignmentState, Role
from matchmaker.services.desk import Desk
from matchmaker.services.planning.plan_view import load_plan
from matchmaker.services.talks import approval
from tests import factories
from tests.support.pages import Browser
from tests.web.conftest import SignIn
from tests.web.coordinator.planned_round import At, current, free_choice


def test_the_calendar_shows_who_visits_whom_and_when(at: At) -> None:
    page = at()
    assert page.status == 200
    for words in ("2 talks placed,", "1 request open.", "Sonnenhof", "Rana Aydın", "18:00"):
        assert words in page.words
    assert "German" in page.words
    assert "18–24 Jan" in page.words


def test_an_approved_talk_that_nobody_speaks_at_is_named_until_somebody_does(
    at: At, factory: sessionmaker[Session], desk: Desk, round_id: int
) -> None:
    with factory.begin() as session:
        approval.approve(session, desk, round_id, requests=["A001"])
    assert "has nobody who speaks" not in at().words

    with factory.begin() as session:
        (row,) = session.scalars(select(Assignment)).all()
        row.state = AssignmentState.DECLINED
    page = at()

    assert "1 approved talk has nobody who speaks." in page.words
    assert 'href="/koordination/termine/T001">Sonnenhof</a>' in page.text


def test_a_talk_that_is_over_wants_nobody_any_more(
    factory: sessionmaker[Session], desk: Desk, round_id: int
) -> None:
    with factory.begin() as session:
        approval.approve(session, desk, round_id, requests=["A001"])
        session.flush()
        for row in session.scalars(select(Assignment)):
            row.state = AssignmentState.DECLINED
    with factory() as session:
        planning_round = session.get_one(PlanningRound, round_id)
        assert planning_round.current_proposal is not None
        plan = load_plan(session, planning_round, planning_round.current_proposal)
        assert [row.code for row in plan.wanting(desk.now)] == ["T001"]
        assert plan.wanting(desk.now + timedelta(days=365)) == []


def test_holidays_and_school_holidays_stand_in_the_calendar(at: At) -> None:
    words = at().words
    assert "Women's Day" in words
    assert "Winterferien" in words


def test_the_list_can_be_narrowed(at: At) -> None:
    everything = at("/1?ansicht=list")
    assert "2 of 2 talks" in everything.words
    assert "1 of 2 talks" in at("/1?ansicht=list&q=reimann").words
    assert "0 of 2 talks" in at("/1?ansicht=list&zeige=pinned").words
    assert "No talk fits the filter" in at("/1?ansicht=list&q=niemand").words


def test_open_requests_are_listed_with_a_word_on_why(at: At) -> None:
    page = at("/1?ansicht=open")
    assert "A003" in page.words
    assert "“Plan again” finds it out." in page.words


def test_pictures_have_their_figures_as_tables(at: At, factory: sessionmaker[Session]) -> None:
    page = at("/1?ansicht=figures")
    assert page.text.count("<svg") > 2
    assert page.words.count("The same figures as a table") >= 2
    assert "Rana Aydın" in page.words
    total = current(factory).total
    assert (total > 999, f"This plan: {total:,}." in page.words) == (True, True)


@pytest.mark.parametrize("view", ["calendar", "list", "open", "figures"])
def test_the_places_stand_alike_beside_every_view(at: At, view: str) -> None:
    assert '<body class="work roomy"' in at(f"/1?ansicht={view}").text


def test_an_unknown_view_is_the_calendar(at: At) -> None:
    assert "Calendar of the plan" in at("/1?ansicht=alles").words


@pytest.mark.parametrize("path", ["/2", "/1/anfrage/A999", "/1/vergleich/7", "/0"])
def test_what_is_not_there_is_not_found(at: At, path: str) -> None:
    assert at(path).status == 404


def test_two_versions_are_compared_row_by_row(at: At, coordinator: Browser) -> None:
    coordinator.send(free_choice(at("/1/anfrage/A001")), day="2027-01-12", start="18:00")
    page = at("/2/vergleich/1")
    assert "1 request is different." in page.words
    assert "Before: Tue 19 Jan 2027, 18:00–20:00" in page.words
    assert "After: Tue 12 Jan 2027, 18:00–20:00" in page.words
    assert "Talks placed 2 2" in page.words


def test_an_earlier_version_is_taken_over(
    at: At, coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    coordinator.send(free_choice(at("/1/anfrage/A001")), day="2027-01-12", start="18:00")
    old = at("/1")
    assert "This is not the current version." in old.words
    assert not [form for form in old.forms if "planen" in form.action]
    page = coordinator.send(old.form("uebernehmen"))
    assert "Version 1 is the current plan again." in page.words
    assert current(factory).number == 1


def test_a_version_that_does_not_fit_any_more_says_why(
    at: At, coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    moved = coordinator.send(free_choice(at("/1/anfrage/A001")), day="2027-01-12", start="18:00")
    assert moved.status == 200
    with factory.begin() as session:
        row = session.scalars(select(Request).where(Request.code == "A002")).one()
        row.people = 0
        for person in session.scalars(select(Person)):
            if person.profile is not None:
                person.profile.min_people = 5
    page = coordinator.send(at("/1").form("uebernehmen"))
    assert page.status == 409
    assert "Version 1 does not fit any more" in page.words
    assert "Group size:" in page.words
    assert current(factory).number == 2


def gone(session: Session, _desk: Desk) -> str:
    session.scalars(select(Person).where(Person.code == "R01")).one().active = False
    return "Rana Aydın cannot be planned any more."


def without_speaker(session: Session, desk: Desk) -> str:
    (talk,) = approval.approve(session, desk, 1, requests=["A001"]).talks
    talk.assignments[0].state = AssignmentState.DECLINED
    return "A001 Sonnenhof is not waiting for an evening any more."


@pytest.mark.parametrize("happens", [gone, without_speaker])
def test_what_is_no_longer_planned_is_said_in_words(
    at: At,
    coordinator: Browser,
    factory: sessionmaker[Session],
    desk: Desk,
    happens: Callable[[Session, Desk], str],
) -> None:
    coordinator.send(free_choice(at("/1/anfrage/A002")), day="2027-01-12", start="18:00")
    with factory.begin() as session:
        words = happens(session, desk)
    page = coordinator.send(at("/1").form("uebernehmen"))
    assert (page.status, words in page.words) == (409, True)


def test_names_are_escaped(at: At, factory: sessionmaker[Session], coordinator: Browser) -> None:
    with factory.begin() as session:
        row = session.scalars(select(Request).where(Request.code == "A001")).one()
        assert row.organisation is not None
        row.organisation.name = "<script>alert(1)</script>"
    for path in ("/1", "/1?ansicht=list", "/1/anfrage/A001", "/1?ansicht=open"):
        assert "<script>alert" not in at(path).text


def test_an_auditor_sees_the_plan_without_any_button(
    factory: sessionmaker[Session], sign_in: SignIn, round_id: int
) -> None:
    with factory.begin() as session:
        person = factories.person(session, Role.AUDITOR, locale="en")
    auditor = sign_in(person)
    for path in (
        "/1",
        "/1?ansicht=list",
        "/1?ansicht=open",
        "/1?ansicht=figures",
        "/1/anfrage/A001",
    ):
        page = auditor.open(f"/koordination/planung/{round_id}/vorschlag{path}")
        assert page.status == 200
        assert not [one for one in page.forms if "planung" in one.action and one.method == "post"]


@pytest.mark.parametrize("role", [Role.HOST, Role.SPEAKER, Role.INTERPRETER])
def test_others_do_not_see_plans(
    factory: sessionmaker[Session], sign_in: SignIn, round_id: int, role: Role
) -> None:
    with factory.begin() as session:
        person = factories.person(session, role)
    assert sign_in(person).open(f"/koordination/planung/{round_id}/vorschlag/1").status == 403


def test_the_plan_speaks_german_too(at: At) -> None:
    page = at("/1?lang=de")
    assert "2 Gespräche geplant, 1 Anfrage offen." in page.words
    assert "Frauentag" in page.words
