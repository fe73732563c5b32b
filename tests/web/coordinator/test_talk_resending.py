"""An invitation sent once more in the browser, from the talk and from its mail."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.models import Invitation, OutboxMessage
from matchmaker.models.states import InvitationState, OutboxState
from matchmaker.services.desk import Desk
from tests.support.pages import Browser
from tests.web.conftest import SignIn
from tests.web.coordinator.approved_quarter import Quarter, make_quarter

TALK = "/koordination/termine/T001"
BUTTON = "Einladung noch einmal senden"


@pytest.fixture
def quarter(factory: sessionmaker[Session], desk: Desk) -> Quarter:
    made = make_quarter(factory, desk)
    with factory.begin() as session:
        for row in session.scalars(select(OutboxMessage)):
            row.state = OutboxState.SENT
    return made


@pytest.fixture
def coordinator(quarter: Quarter, sign_in: SignIn) -> Browser:
    return sign_in(quarter.coordinator)


@pytest.fixture
def invited(quarter: Quarter, factory: sessionmaker[Session]) -> Invitation:
    with factory() as session:
        own = select(Invitation).where(Invitation.person_id == quarter.speaker.id)
        return session.scalars(own).one()


def _waiting(factory: sessionmaker[Session]) -> list[str]:
    with factory() as session:
        queued = select(OutboxMessage).where(OutboxMessage.state == OutboxState.QUEUED)
        return [row.recipient for row in session.scalars(queued)]


def test_invitation_goes_out_again_only_after_a_look_at_the_mail(
    coordinator: Browser, quarter: Quarter, invited: Invitation, factory: sessionmaker[Session]
) -> None:
    page = coordinator.open(f"{TALK}?lang=de")
    form = page.form(f"einladung/{invited.id}/erneut")
    asked = coordinator.send(form)
    assert "1 Mail geht hinaus" in asked.words
    assert quarter.speaker.email in asked.words
    assert _waiting(factory) == []
    done = coordinator.send(asked.form("erneut"), "Die Mail noch einmal senden")
    assert done.address == TALK
    assert "Die Einladung geht noch einmal hinaus." in done.words
    assert "Einladung noch einmal gesendet Fachperson A" in done.words
    assert _waiting(factory) == [quarter.speaker.email]
    twice = coordinator.send(form)
    assert twice.status == 409
    assert "wartet schon auf den Versand" in twice.words


def test_mail_of_a_living_invitation_leads_to_the_same_question(
    coordinator: Browser, invited: Invitation, factory: sessionmaker[Session]
) -> None:
    with factory() as session:
        sent = select(OutboxMessage.id).where(OutboxMessage.invitation_id == invited.id)
        address = f"/koordination/post/{session.scalars(sent).one()}?lang=de"
    asked = coordinator.send(coordinator.open(address).form(f"einladung/{invited.id}/erneut"))
    assert "1 Mail geht hinaus" in asked.words
    with factory.begin() as session:
        session.get_one(Invitation, invited.id).state = InvitationState.DECLINED
    assert BUTTON not in coordinator.open(address).words


def test_auditors_send_nothing(quarter: Quarter, sign_in: SignIn) -> None:
    assert BUTTON not in sign_in(quarter.auditor).open(f"{TALK}?lang=de").words
