"""Einstellungen and Protokoll through the pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from matchmaker.models import AuditEntry, Person, Topic
from matchmaker.services.house.carrier import carrier
from matchmaker.services.house.planning_rules import PlanningRules, planning_rules
from tests.support.pages import Browser

SignIn = Callable[[Person], Browser]
HERE = "/koordination/einstellungen"
LOG = "/koordination/protokoll"


@pytest.fixture
def signed_in(demo_session: Session, demo_sign_in: SignIn) -> Callable[[str], Browser]:
    def as_somebody(code: str) -> Browser:
        person = demo_session.scalars(select(Person).where(Person.code == code)).one()
        demo_session.commit()
        return demo_sign_in(person)

    return as_somebody


@pytest.fixture
def coordinator(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("K01")


def test_carrier_stands_on_every_page_at_once(coordinator: Browser, demo_session: Session) -> None:
    form = coordinator.open(f"{HERE}/traeger").form("traeger")

    coordinator.send(form, short_name="Gespräche Berlin", answer_days="10", website="")

    assert "Gespräche Berlin" in coordinator.open("/").words
    found = carrier(demo_session)
    assert (found.short_name, found.answer_days, found.website) == ("Gespräche Berlin", 10, "")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": ""}, "Name"),
        ({"short_name": " "}, "Kurzname"),
        ({"email": "kontakt"}, "E-Mail"),
        ({"phone": "12"}, "Telefon"),
        ({"website": "javascript:alert(1)"}, "Website"),
        ({"website": "http://[x"}, "Website"),
        ({"answer_days": "0"}, "Tage bis zur Antwort"),
        ({"answer_days": "bald"}, "Tage bis zur Antwort"),
    ],
)
def test_carrier_fault_names_the_field_and_keeps_the_words(
    coordinator: Browser, demo_session: Session, typed: dict[str, str], field: str
) -> None:
    before = carrier(demo_session)
    demo_session.commit()
    form = coordinator.open(f"{HERE}/traeger").form("traeger")

    page = coordinator.send(form, **typed)

    assert page.status == 422
    assert f"{field}: Bitte" in page.words
    kept = page.form("traeger").fields
    assert {name: kept[name] for name in typed} == {n: t.strip() for n, t in typed.items()}
    assert carrier(demo_session) == before


def test_planning_starts_from_the_settings(coordinator: Browser, demo_session: Session) -> None:
    form = coordinator.open(f"{HERE}/planung").form("planung")

    coordinator.send(form, school_holiday_points="0", far_minutes="50")

    assert planning_rules(demo_session) == PlanningRules(school_holiday_points=0, far_minutes=50)


@pytest.mark.parametrize("typed", ["-1", "1001", "viel", "", "1e3"])
def test_planning_takes_only_numbers_in_range(
    coordinator: Browser, demo_session: Session, typed: str
) -> None:
    form = coordinator.open(f"{HERE}/planung").form("planung")

    page = coordinator.send(form, bridge_day_points=typed)

    assert page.status == 422
    assert page.form("planung").fields["bridge_day_points"] == typed
    assert planning_rules(demo_session) == PlanningRules()


def test_topic_is_renamed_everywhere(coordinator: Browser) -> None:
    form = coordinator.open(f"{HERE}/themen/ANE-01").form("ANE-01")

    coordinator.send(form, question_de="Gilt mein Beruf hier?")

    assert "Gilt mein Beruf hier?" in coordinator.open("/").words


def test_topic_that_is_over_is_offered_no_more(coordinator: Browser) -> None:
    form = coordinator.open(f"{HERE}/themen/ANE-01").form("ANE-01")

    page = coordinator.send(form, valid_to="2026-12-01")

    assert "bis Di., 01.12.2026" in page.words
    assert "Ist mein Beruf in Deutschland gültig?" not in coordinator.open("/").words


def test_topic_is_added_under_the_next_code(coordinator: Browser, demo_session: Session) -> None:
    form = coordinator.open(f"{HERE}/themen/neu").form("neu")

    coordinator.send(form, area="SPR", name_de="Sprachcafés", name_en="Language cafés")

    topic = demo_session.get_one(Topic, "SPR-04")
    assert (topic.name_de, topic.area.code, topic.format) == ("Sprachcafés", "SPR", "talk")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"name_de": ""}, "Name: Bitte"),
        ({"valid_from": "2027-02-30"}, "Bitte geben Sie einen Tag an."),
        ({"valid_from": "2027-03-01", "valid_to": "2027-02-01"}, "Bis: Bitte"),
        ({"question_de": "x" * 201}, "Frage: Bitte"),
    ],
)
def test_topic_fault_is_told(coordinator: Browser, typed: dict[str, str], told: str) -> None:
    form = coordinator.open(f"{HERE}/themen/ANE-01").form("ANE-01")

    page = coordinator.send(form, **typed)

    assert page.status == 422
    assert told in page.words


def test_two_people_at_one_topic(coordinator: Browser) -> None:
    old, new = (coordinator.open(f"{HERE}/themen/ANE-01").form("ANE-01") for _ in range(2))
    coordinator.send(new, name_de="Neu")

    assert coordinator.send(old, name_de="Alt").status == 409


def test_access_is_for_the_administration(
    signed_in: Callable[[str], Browser], coordinator: Browser
) -> None:
    assert coordinator.open(f"{HERE}/zugang").status == 403

    words = signed_in("V01").open(f"{HERE}/zugang").words
    assert "Claudia Winter (Demo)" in words
    assert "Layla Mansour" not in words


@pytest.mark.parametrize("code", ["L01", "V01"])
def test_log_is_for_auditors_and_administration(
    signed_in: Callable[[str], Browser], code: str
) -> None:
    page = signed_in(code).open(LOG)

    assert page.status == 200
    assert "Anfrage eingereicht" in page.words
    assert "request.submitted" not in page.words


def test_log_is_not_for_coordinators(coordinator: Browser) -> None:
    assert coordinator.open(LOG).status == 403


def test_log_is_filtered_by_person_and_deed(signed_in: Callable[[str], Browser]) -> None:
    auditor = signed_in("L01")

    page = auditor.open(f"{LOG}?actor=haddad&action=submitted")

    assert "6 Einträge" in page.words
    assert "request.ready" not in page.words
    assert "Nichts gefunden" in auditor.open(f"{LOG}?actor=%25").words


def test_whole_chain_is_confirmed_and_a_broken_one_shown(
    signed_in: Callable[[str], Browser], demo_session: Session
) -> None:
    auditor = signed_in("L01")
    assert "Die Kette ist heil" in auditor.open(f"{LOG}?check=1").words

    entry = demo_session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()[4]
    for trigger in _without_guards(demo_session):
        demo_session.execute(text(trigger))
    demo_session.execute(
        text("UPDATE audit SET reason = 'gefälscht' WHERE id = :id").bindparams(id=entry.id)
    )
    demo_session.commit()

    words = auditor.open(f"{LOG}?check=1").words
    assert f"Die Kette ist bei Eintrag {entry.id} unterbrochen" in words


def _without_guards(session: Session) -> list[str]:
    """Somebody with access to the database itself can take the triggers away."""
    if session.get_bind().dialect.name == "postgresql":
        return ["ALTER TABLE audit DISABLE TRIGGER USER"]
    names = session.execute(
        text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'")
    )
    return [f'DROP TRIGGER "{row[0]}"' for row in names]
