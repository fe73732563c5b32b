"""Rounds: opened, planned, watched, closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.config import Settings
from matchmaker.jobs import solving
from matchmaker.jobs.workplace import Workplace, new_owner
from matchmaker.models import Heartbeat, Person, PersonRole, PlanningRound, SolveRun
from matchmaker.models.states import Role, RoundState, RunState
from tests import factories
from tests.conftest import NOW
from tests.support.pages import Browser, Page
from tests.web.conftest import SignIn

ROUNDS = "/koordination/planung"


@pytest.fixture
def coordinator(factory: sessionmaker[Session], sign_in: SignIn) -> Browser:
    with factory.begin() as session:
        person = factories.person(session, Role.COORDINATOR, locale="en")
    return sign_in(person)


@pytest.fixture
def round_id(factory: sessionmaker[Session]) -> int:
    with factory.begin() as session:
        factories.speaker(session, topics={"ANE-01": 3}, weekly=((1, 16, 21),), code="R01")
        factories.request(session, code="A001")
        return factories.planning_round(session).id


def run_of(factory: sessionmaker[Session]) -> SolveRun:
    with factory() as session:
        return session.scalars(select(SolveRun).order_by(SolveRun.id.desc())).first() or SolveRun()


def work_off(factory: sessionmaker[Session], settings: Settings) -> int:
    return solving.work_off(Workplace(settings, factory, lambda: NOW, new_owner()))


def test_without_rounds_the_page_says_how_to_begin(coordinator: Browser) -> None:
    page = coordinator.open(ROUNDS)
    assert "No round yet" in page.words
    assert (f"{ROUNDS}/neu", "Open a round") in page.links


def test_a_round_is_opened_with_what_matters_more(
    coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    form = coordinator.open(f"{ROUNDS}/neu").form()
    assert form.fields["name"] == "Quarter 1 of 2027"
    page = coordinator.send(
        form, name="Frühjahr", first_day="2027-02-01", last_day="2027-04-30", goal__balance="more"
    )
    assert page.status == 200
    with factory() as session:
        row = session.scalars(select(PlanningRound)).one()
    assert (row.name, str(row.first_day), str(row.last_day)) == (
        "Frühjahr",
        "2027-02-01",
        "2027-04-30",
    )
    assert row.weights == {"balance": 10}
    assert "equally many talks: more important" in page.words


def test_a_faulty_form_keeps_what_was_typed_and_names_the_field(
    coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    form = coordinator.open(f"{ROUNDS}/neu").form()
    page = coordinator.send(form, name="Mein Quartal", first_day="soon", last_day="2027-02-30")
    assert page.status == 422
    assert page.form().fields["name"] == "Mein Quartal"
    assert page.form().fields["first_day"] == "soon"
    assert page.words.count("Please give a day.") == 4  # in the summary and at the field
    again = coordinator.send(page.form(), first_day="2027-03-01", last_day="2027-02-01")
    assert "The last day must not be before the first one." in again.words
    with factory() as session:
        assert session.scalars(select(PlanningRound)).all() == []


def test_a_rounds_page_says_what_goes_in(coordinator: Browser, round_id: int) -> None:
    page = coordinator.open(f"{ROUNDS}/{round_id}")
    for words in ("1 ready request", "1 association", "1 speaker with free times"):
        assert words in page.words
    assert any(label == "Make the plan" for form in page.forms for *_, label in form.buttons)


def test_missing_school_holidays_are_said_not_passed_over(
    coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    with factory.begin() as session:
        row = factories.planning_round(
            session, first_day=date(2039, 1, 1), last_day=date(2039, 3, 31)
        )
    page = coordinator.open(f"{ROUNDS}/{row.id}")
    assert "the school holidays are not known yet" in page.words


def test_an_empty_round_offers_nothing_to_plan(
    coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    with factory.begin() as session:
        row = factories.planning_round(session)
    page = coordinator.open(f"{ROUNDS}/{row.id}")
    assert "No ready request falls into this period." in page.words
    assert not any("planen" in form.action for form in page.forms)


def plan(coordinator: Browser, round_id: int) -> Page:
    return coordinator.send(coordinator.open(f"{ROUNDS}/{round_id}").form("planen"))


def test_a_plan_is_asked_for_watched_and_found(
    coordinator: Browser, round_id: int, factory: sessionmaker[Session], settings: Settings
) -> None:
    page = plan(coordinator, round_id)
    assert "The plan waits for its turn." in page.words
    assert 'http-equiv="refresh"' in page.text
    work_off(factory, settings)
    found = coordinator.open(page.address)
    assert found.address == f"{ROUNDS}/{round_id}/vorschlag/1"
    assert "1 talk placed, 0 requests open." in found.words


def test_the_progress_says_how_many_are_placed_and_possible(
    coordinator: Browser, round_id: int, factory: sessionmaker[Session]
) -> None:
    page = plan(coordinator, round_id)
    with factory.begin() as session:
        run = session.scalars(select(SolveRun)).one()
        run.state = RunState.RUNNING
        run.progress = {"asked": 60, "served": 41, "most": 49}
    fragment = coordinator.open(f"{page.address}/stand")
    assert "41 of 60 placed, at most 49 possible" in fragment.words
    assert f'data-refresh-url="{page.address}/stand"' in fragment.text
    assert "<html" not in fragment.text


def test_the_fragment_leads_to_the_plan_when_it_is_there(
    coordinator: Browser, round_id: int, factory: sessionmaker[Session], settings: Settings
) -> None:
    page = plan(coordinator, round_id)
    work_off(factory, settings)
    fragment = coordinator.open(f"{page.address}/stand")
    assert f'data-refresh-done="{ROUNDS}/{round_id}/vorschlag/1"' in fragment.text


def test_a_second_press_finds_the_same_run(
    coordinator: Browser, round_id: int, factory: sessionmaker[Session]
) -> None:
    form = coordinator.open(f"{ROUNDS}/{round_id}").form("planen")
    first, second = coordinator.send(form), coordinator.send(form)
    assert first.address == second.address
    with factory() as session:
        assert len(session.scalars(select(SolveRun)).all()) == 1


def test_a_search_is_stopped_on_request(
    coordinator: Browser, round_id: int, factory: sessionmaker[Session]
) -> None:
    page = coordinator.send(plan(coordinator, round_id).form("abbrechen"))
    assert "The search is stopped. Nothing was changed." in page.words
    assert run_of(factory).state is RunState.CANCELLED


def test_a_failed_run_shows_why_and_offers_another(
    coordinator: Browser, round_id: int, factory: sessionmaker[Session]
) -> None:
    page = plan(coordinator, round_id)
    with factory.begin() as session:
        run = session.scalars(select(SolveRun)).one()
        run.state, run.error = RunState.FAILED, "<b>The solver</b> ran out of memory"
    failed = coordinator.open(page.address)
    assert "The plan could not be made." in failed.words
    assert "&lt;b&gt;The solver&lt;/b&gt; ran out of memory" in failed.text
    again = coordinator.send(failed.form("planen"))
    assert "The plan waits for its turn." in again.words


def test_a_waiting_plan_names_the_missing_worker(
    coordinator: Browser, round_id: int, factory: sessionmaker[Session]
) -> None:
    page = plan(coordinator, round_id)
    assert "No worker has reported lately." in page.words
    with factory.begin() as session:
        session.add(Heartbeat(name="worker", at=NOW))
    assert "No worker has reported lately." not in coordinator.open(page.address).words


def test_the_list_shows_each_round_with_its_figures(
    coordinator: Browser, round_id: int, factory: sessionmaker[Session], settings: Settings
) -> None:
    plan(coordinator, round_id)
    assert "Being planned" in coordinator.open(ROUNDS).words
    work_off(factory, settings)
    page = coordinator.open(ROUNDS)
    assert (f"{ROUNDS}/{round_id}/vorschlag/1", "1 placed, 0 open") in page.links


def test_a_changed_round_is_planned_by_its_new_weights(
    coordinator: Browser, round_id: int, factory: sessionmaker[Session]
) -> None:
    form = coordinator.open(f"{ROUNDS}/{round_id}/aendern").form()
    page = coordinator.send(form, name="Neu", goal__travel="more")
    assert "Short ways: more important" in page.words
    with factory() as session:
        row = session.get_one(PlanningRound, round_id)
    assert (row.name, row.weights) == ("Neu", {"travel": 2})


def test_a_stale_form_of_a_round_meets_a_conflict(coordinator: Browser, round_id: int) -> None:
    first = coordinator.open(f"{ROUNDS}/{round_id}/aendern").form()
    second = coordinator.open(f"{ROUNDS}/{round_id}/aendern").form()
    assert coordinator.send(first, name="Eins").status == 200
    assert coordinator.send(second, name="Zwei").status == 409


def test_closing_asks_first(
    coordinator: Browser, round_id: int, factory: sessionmaker[Session]
) -> None:
    page = coordinator.open(f"{ROUNDS}/{round_id}/abschliessen")
    with factory() as session:
        assert session.get_one(PlanningRound, round_id).state is RoundState.OPEN
    coordinator.send(page.form())
    with factory() as session:
        assert session.get_one(PlanningRound, round_id).state is RoundState.CLOSED
    closed = coordinator.open(f"{ROUNDS}/{round_id}")
    assert not [form for form in closed.forms if "planung" in form.action]


@pytest.mark.parametrize("address", ["/4711", "/4711/lauf/1", "/4711/aendern", "/4711/vorschlag/1"])
def test_unknown_rounds_are_not_found(coordinator: Browser, address: str) -> None:
    assert coordinator.open(ROUNDS + address).status == 404


def test_a_run_of_another_round_is_not_found(
    coordinator: Browser, round_id: int, factory: sessionmaker[Session]
) -> None:
    page = plan(coordinator, round_id)
    with factory.begin() as session:
        other = factories.planning_round(session, name="B")
    run = page.address.rsplit("/", 1)[1]
    assert coordinator.open(f"{ROUNDS}/{other.id}/lauf/{run}").status == 404


def test_an_auditor_reads_but_changes_nothing(
    factory: sessionmaker[Session], sign_in: SignIn, round_id: int, coordinator: Browser
) -> None:
    with factory.begin() as session:
        person = factories.person(session, Role.AUDITOR, locale="en")
    auditor = sign_in(person)
    page = auditor.open(f"{ROUNDS}/{round_id}")
    assert page.status == 200
    assert not [form for form in page.forms if "planung" in form.action]
    assert auditor.open(f"{ROUNDS}/neu").status == 403
    stolen = replace(coordinator.open(f"{ROUNDS}/{round_id}").form("planen"))
    assert auditor.send(stolen).status in {400, 403}


def test_the_pages_speak_german_too(
    factory: sessionmaker[Session], sign_in: SignIn, round_id: int
) -> None:
    with factory.begin() as session:
        person = factories.person(session, Role.COORDINATOR, locale="de")
    page = sign_in(person).open(f"{ROUNDS}/{round_id}")
    assert "Was in den nächsten Plan kommt" in page.words
    assert "1 bereite Anfrage" in page.words


class TestTheDemoQuarter:
    """The whole way with the real solver, on one engine."""

    @pytest.fixture
    def engine_kind(self) -> str:
        return "sqlite"

    def test_one_press_gives_49_of_60_with_reasons(
        self,
        demo_factory: sessionmaker[Session],
        demo_settings: Settings,
        demo_sign_in: SignIn,
    ) -> None:
        with demo_factory() as session:
            person = session.scalars(
                select(Person).join(PersonRole).where(PersonRole.role == Role.COORDINATOR)
            ).first()
            round_id = session.scalars(select(PlanningRound.id)).one()
        assert person is not None
        browser = demo_sign_in(person)
        page = plan(browser, round_id)
        assert work_off(demo_factory, demo_settings) == 1
        found = browser.open(f"{page.address}?lang=de")
        assert "49 Gespräche geplant, 11 Anfragen offen." in found.words
        assert "Mehr als 49 sind nicht möglich (bewiesen" in found.words
        waiting = browser.open(f"{found.address}?ansicht=open&lang=de")
        assert waiting.words.count("geprüft") >= 11
        for words in ("Sperrzeit", "Gruppengröße", "Frauengruppe", "Vorlauf", "Feiertag"):
            assert words in waiting.words
