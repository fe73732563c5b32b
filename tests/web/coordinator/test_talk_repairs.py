"""What the plan suggests when somebody leaves an approved talk."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.config import Settings
from matchmaker.models import PlanQuestion, Proposal, Talk
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


Add = Callable[..., Page]


@pytest.fixture
def also(told: Callable[[], Page], factory: sessionmaker[Session]) -> Add:
    """The page as if every option did these things to other requests as well."""

    def open_page(*changes: dict[str, Any]) -> Page:
        told()
        with factory.begin() as session:
            row = session.scalars(select(PlanQuestion)).one()
            answer = deepcopy(row.answer)
            assert answer is not None
            for option in answer["options"]:
                option["changes"] += changes
            row.answer = answer
        return told()

    return open_page


@pytest.fixture
def other(quarter: Quarter, factory: sessionmaker[Session]) -> dict[str, Any]:
    """Where the plan has the second request, which is not approved."""
    with factory() as session:
        rows = session.scalars(select(Proposal)).one().content["assignments"]
        return next(dict(row) for row in rows if row["request"] == quarter.codes[1])


def first_link(page: Page, words: str) -> str:
    return next(url for url, text in page.links if words in text)


def test_what_moves_another_request_too_begins_with_exactly_that_move(
    coordinator: Browser, quarter: Quarter, other: dict[str, Any], also: Add
) -> None:
    later = {**other, "start": "2027-03-23T18:00", "speakers": [quarter.other_speaker.code]}
    page = also({"request": quarter.codes[1], "before": other, "after": later})
    assert [form for form in page.forms if "coming" in form.fields and not form.choices] == []
    first = first_link(page, f"Zuerst ändern: {quarter.codes[1]}")
    assert "Zuerst das Gespräch verlegen" not in page.words
    form = coordinator.open(first.partition("#")[0]).form("verschieben")
    assert f"/anfrage/{quarter.codes[1]}/verschieben" in form.action
    assert (form.fields["day"], form.fields["start"]) == ("2027-03-23", "18:00")
    assert form.fields["speaker"] == quarter.other_speaker.code


def test_what_needs_somebody_of_the_talk_waits_until_the_talk_has_moved(
    quarter: Quarter, other: dict[str, Any], also: Add
) -> None:
    later = {**other, "start": "2027-01-19T18:00", "speakers": [quarter.speaker.code]}
    page = also({"request": quarter.codes[1], "before": other, "after": later})
    moved = first_link(page, "Zuerst das Gespräch verlegen")
    assert moved.startswith(f"{TALK}/verschieben?")
    assert "day=2027-01-19&" not in moved


def test_what_takes_another_request_out_says_so_and_leads_to_that(
    coordinator: Browser, quarter: Quarter, other: dict[str, Any], also: Add
) -> None:
    page = also({"request": quarter.codes[1], "before": other, "after": None})
    assert "Zuerst ändern" not in page.words
    first = first_link(page, f"Zuerst aus dem Plan nehmen: {quarter.codes[1]}")
    assert first.endswith("#remove")
    shown = coordinator.open(first.partition("#")[0])
    assert '<details class="disclosure" open><summary>Aus dem Plan nehmen' in shown.text
    assert f"/anfrage/{quarter.codes[1]}/entfernen" in shown.form("entfernen").action


def test_what_moves_several_others_changes_them_all_at_once(
    coordinator: Browser,
    quarter: Quarter,
    other: dict[str, Any],
    also: Add,
    factory: sessionmaker[Session],
) -> None:
    with factory.begin() as session:
        third = factories.request(session).code
    free = {**other, "request": third, "start": "2027-03-23T18:00"}
    page = also(
        {"request": quarter.codes[1], "before": other, "after": {**other, "start": free["start"]}},
        {"request": third, "before": free, "after": {**free, "start": other["start"]}},
    )
    ways = [url for url, text in page.links if "Zuerst ändern" in text]
    assert {url.partition("?")[0] for url in ways} == {
        "/koordination/planung/1/vorschlag/1/ausfall"
    }
    shown = coordinator.open(ways[0])
    assert f"Fachperson A kommt nicht zu {quarter.codes[0]}" in shown.words


def test_after_the_other_request_comes_the_talk_itself(
    coordinator: Browser, quarter: Quarter, other: dict[str, Any], also: Add
) -> None:
    later = {**other, "start": "2027-03-23T18:00", "speakers": [quarter.speaker.code]}
    page = also({"request": quarter.codes[1], "before": other, "after": later})
    assert "Danach folgt: dieses Gespräch." in page.words
    first = coordinator.open(first_link(page, "Zuerst ändern").partition("#")[0])
    second = coordinator.send(next(one for one in first.forms if "interpreter" in one.choices))
    assert second.address == f"{TALK}/ersetzen/{quarter.speaker.code}"
    assert "Dieser Schritt ist getan. Hier ist der nächste." in second.words
    form = next(one for one in second.forms if one.fields.get("coming"))
    assert form.fields["coming"] == quarter.other_speaker.code


def test_after_the_talk_has_moved_come_its_people_and_then_the_other_request(
    coordinator: Browser, quarter: Quarter, other: dict[str, Any], also: Add
) -> None:
    later = {**other, "start": "2027-01-19T18:00", "speakers": [quarter.speaker.code]}
    page = also({"request": quarter.codes[1], "before": other, "after": later})
    first = coordinator.open(first_link(page, "Zuerst das Gespräch verlegen"))
    sure = coordinator.send(first.form("verschieben"))
    second = coordinator.send(sure.form("verschieben"))
    assert second.address == f"{TALK}/ersetzen/{quarter.speaker.code}"
    people = next(one for one in second.forms if one.fields.get("coming"))
    sure = coordinator.send(people)
    third = coordinator.send(sure.form("ersetzen"))
    assert third.address.endswith(f"/anfrage/{quarter.codes[1]}")
    form = next(one for one in third.forms if "interpreter" in one.choices)
    assert (form.fields["day"], form.fields["speaker"]) == ("2027-01-19", quarter.speaker.code)


def test_who_changes_places_with_another_is_let_go_by_the_talk_first(
    coordinator: Browser, quarter: Quarter, other: dict[str, Any], also: Add
) -> None:
    later = {**other, "start": "2027-01-19T18:00", "speakers": [quarter.speaker.code]}
    page = also({"request": quarter.codes[1], "before": other, "after": later})
    choice = next(one for one in page.forms if one.fields.get("coming") and not one.choices)
    second = coordinator.send(coordinator.send(choice).form("ersetzen"))
    assert second.address.endswith(f"/anfrage/{quarter.codes[1]}")
    form = next(one for one in second.forms if "interpreter" in one.choices)
    made = coordinator.send(form)
    assert made.address == "/koordination/planung/1/vorschlag/2"


def test_nobody_is_led_to_another_service(
    coordinator: Browser, quarter: Quarter, told: Callable[[], Page]
) -> None:
    told()
    address = f"/koordination/planung/1/vorschlag/1/anfrage/{quarter.codes[1]}"
    page = coordinator.open(f"{address}?danach=//elsewhere.example/")
    assert 'name="danach"' not in page.text
    form = page.form("entfernen")
    form.fields["danach"] = "//elsewhere.example/"
    assert coordinator.send(form).address == "/koordination/planung/1/vorschlag/2"


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
