"""A held talk corrected in the browser."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.models import Talk
from matchmaker.models.states import TalkState
from matchmaker.services.desk import Desk
from tests.support.pages import Browser
from tests.web.conftest import SignIn
from tests.web.coordinator.approved_quarter import Quarter, make_quarter

TALK = "/koordination/termine/T001"


@pytest.fixture
def quarter(factory: sessionmaker[Session], desk: Desk) -> Quarter:
    made = make_quarter(factory, desk)
    with factory.begin() as session:
        talk = session.scalars(select(Talk)).one()
        talk.state, talk.held_at, talk.participants = TalkState.DONE, desk.now, 17
    return made


@pytest.fixture
def coordinator(quarter: Quarter, sign_in: SignIn) -> Browser:
    return sign_in(quarter.coordinator)


def _talk(factory: sessionmaker[Session]) -> Talk:
    with factory() as session:
        return session.scalars(select(Talk)).one()


def test_number_of_participants_can_be_corrected(
    coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    assert (f"{TALK}/berichtigen?lang=de", "Berichtigen") in coordinator.open(
        f"{TALK}?lang=de"
    ).links
    form = coordinator.open(f"{TALK}/berichtigen?lang=de").form("berichtigen")
    assert form.fields["participants"] == "17"
    refused = coordinator.send(form, participants="viele")
    assert refused.status == 422
    assert refused.form("berichtigen").fields["participants"] == "viele"
    done = coordinator.send(form, participants="21")
    assert "berichtigt: 17 → 21" in done.words
    assert _talk(factory).participants == 21
    stale = coordinator.send(form, participants="4")
    assert stale.status == 409
    assert "Dieses Gespräch wurde inzwischen geändert" in stale.words
    assert _talk(factory).participants == 21


def test_talk_marked_by_mistake_is_noted_anew(
    coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    page = coordinator.open(f"{TALK}/berichtigen?lang=de")
    done = coordinator.send(page.form("zuruecknehmen"))
    assert done.address == TALK
    assert "nicht mehr als durchgeführt vermerkt" in done.words
    assert _talk(factory).state is TalkState.CONFIRMED
    assert coordinator.open(f"{TALK}/berichtigen").status == 409


def test_auditors_correct_nothing(quarter: Quarter, sign_in: SignIn) -> None:
    auditor = sign_in(quarter.auditor)
    assert "/berichtigen" not in auditor.open(TALK).text
    assert auditor.open(f"{TALK}/berichtigen").status == 403
