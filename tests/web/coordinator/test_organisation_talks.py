"""The talks ahead on an association's page: an approved talk is not yet an agreed one."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.models import Invitation, Talk
from matchmaker.models.states import AnswerVia, InvitationState
from matchmaker.services.desk import Desk
from matchmaker.services.inviting import responses
from tests.web.conftest import SignIn
from tests.web.coordinator.approved_quarter import make_quarter


def test_talks_ahead_say_how_far_the_answers_are(
    factory: sessionmaker[Session], desk: Desk, sign_in: SignIn
) -> None:
    quarter = make_quarter(factory, desk)
    with factory() as session:
        talk = session.scalars(select(Talk)).one()
        address = f"/koordination/kontakte/organisation/{talk.organisation.code}?lang=en"
        count = len(talk.invitations)
    coordinator = sign_in(quarter.coordinator)

    assert f"{count} answers missing" in coordinator.open(address).words
    with factory.begin() as session:
        for row in session.scalars(select(Invitation)):
            responses.record_response(
                session,
                desk,
                row,
                InvitationState.ACCEPTED,
                sequence=row.sequence,
                stamp=desk.now,
                via=AnswerVia.COORDINATOR,
            )
    words = coordinator.open(address).words
    assert "everybody has accepted" in words
    assert "Confirmed" not in words
