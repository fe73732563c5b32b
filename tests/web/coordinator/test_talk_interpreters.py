"""Adding an interpreter to a talk in the browser."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.models import OutboxMessage, Person, Talk
from matchmaker.models.states import OutboxState
from matchmaker.services.desk import Desk
from tests import factories
from tests.support.pages import Browser
from tests.web.conftest import SignIn
from tests.web.coordinator.approved_quarter import EVENINGS, Quarter, make_quarter

TALK = "/koordination/termine/T001"


@pytest.fixture
def quarter(factory: sessionmaker[Session], desk: Desk) -> Quarter:
    """Its talk is in Arabic, which the speaker does not speak."""
    made = make_quarter(factory, desk)
    with factory.begin() as session:
        factories.language(session, "ar")
        session.scalars(select(Talk)).one().language_tag = "ar"
        for row in session.scalars(select(OutboxMessage)):
            row.state = OutboxState.SENT
    return made


@pytest.fixture
def interpreter(quarter: Quarter, factory: sessionmaker[Session]) -> Person:
    with factory.begin() as session:
        return factories.interpreter(session, weekly=EVENINGS, name="Samira Yusuf")


@pytest.fixture
def coordinator(quarter: Quarter, sign_in: SignIn) -> Browser:
    return sign_in(quarter.coordinator)


def test_missing_interpreter_stands_on_the_talk_and_on_today(coordinator: Browser) -> None:
    assert "Sprachmittlung fehlt: Arabisch" in coordinator.open(f"{TALK}?lang=de").words
    today = coordinator.open("/koordination?lang=de")
    assert "Sprachmittlung fehlt: Arabisch" in today.words


def test_list_marks_the_talk_until_an_interpreter_is_there(
    coordinator: Browser, interpreter: Person
) -> None:
    assert "Sprachmittlung fehlt" in coordinator.open("/koordination/termine?lang=de").words
    page = coordinator.open(f"{TALK}/sprachmittlung?lang=de")
    coordinator.send(
        coordinator.send(page.form("sprachmittlung"), coming=interpreter.code).form(
            "sprachmittlung"
        )
    )
    assert "Sprachmittlung fehlt" not in coordinator.open("/koordination/termine?lang=de").words


def test_interpreter_is_invited_only_after_a_look_at_the_mails(
    coordinator: Browser, interpreter: Person, factory: sessionmaker[Session]
) -> None:
    page = coordinator.open(f"{TALK}/sprachmittlung?lang=de")
    asked = coordinator.send(page.form("sprachmittlung"), coming=interpreter.code)
    assert "3 Mails gehen hinaus" in asked.words
    done = coordinator.send(asked.form("sprachmittlung"), "Einladen und 3 Mails senden")
    assert done.address == TALK
    assert "Sprachmittlung ergänzt Samira Yusuf" in done.words
    assert "Sprachmittlung fehlt" not in done.words
    with factory() as session:
        waiting = select(OutboxMessage).where(OutboxMessage.state == OutboxState.QUEUED)
        mails = {row.recipient: row.kind for row in session.scalars(waiting)}
    assert mails[interpreter.email] == "invitation"


def test_choosing_nobody_is_answered_at_the_field(
    coordinator: Browser, interpreter: Person
) -> None:
    page = coordinator.open(f"{TALK}/sprachmittlung?lang=de")
    again = coordinator.send(page.form("sprachmittlung"))
    assert again.status == 422
    assert interpreter.name in again.words
    assert "Bitte wählen Sie eine Person." in again.words
    assert "Diese Person gibt es nicht" not in again.words


def test_auditors_see_the_gap_and_change_nothing(quarter: Quarter, sign_in: SignIn) -> None:
    auditor = sign_in(quarter.auditor)
    page = auditor.open(f"{TALK}?lang=de")
    assert "Sprachmittlung fehlt" in page.words
    assert "Sprachmittlung ergänzen" not in page.words
    assert auditor.open(f"{TALK}/sprachmittlung").status == 403


def test_interpreter_added_by_mistake_is_taken_out_again(
    coordinator: Browser, interpreter: Person, factory: sessionmaker[Session]
) -> None:
    page = coordinator.open(f"{TALK}/sprachmittlung?lang=de")
    asked = coordinator.send(page.form("sprachmittlung"), coming=interpreter.code)
    added = coordinator.send(asked.form("sprachmittlung"))
    assert "Sprachmittlung Samira Yusuf" in added.words
    with factory.begin() as session:
        for row in session.scalars(select(OutboxMessage)):
            row.state = OutboxState.SENT
    again = coordinator.open(f"{TALK}/sprachmittlung?lang=de")
    assert "Bei diesem Gespräch fehlt keine Sprachmittlung." in again.words
    seen = coordinator.send(added.form("entfernen"))
    assert "3 Mails gehen hinaus" in seen.words
    assert "Herausnehmen und 3 Mails senden" in seen.words
    done = coordinator.send(seen.form("entfernen"), note="Verwechselt")
    assert done.address == TALK
    assert "Sprachmittlung herausgenommen Samira Yusuf" in done.words
    assert "Sprachmittlung Samira Yusuf" not in done.words
    assert "Sprachmittlung fehlt" in done.words
