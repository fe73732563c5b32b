"""Who has a mail, as a person knows, hears of what follows from it."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import AuditEntry, OutboxMessage
from matchmaker.models.states import AssignmentState, OutboxState
from matchmaker.services.desk import Desk
from matchmaker.services.errors import NotPossible
from matchmaker.services.inviting import invitations
from matchmaker.services.sending import arrivals, outbox
from tests.support.invited import Evening


def the_mail(session: Session) -> OutboxMessage:
    return session.scalars(select(OutboxMessage)).one()


@pytest.mark.parametrize(
    ("decide", "kinds"),
    [(arrivals.note, ["invitation", "invitation_cancelled"]), (outbox.drop, ["invitation"])],
)
def test_cancellation_follows_a_mail_that_has_arrived(
    session: Session, desk: Desk, decide: object, kinds: list[str]
) -> None:
    evening = Evening(session, desk)
    assert evening.assignment is not None
    evening.assignment.state = AssignmentState.APPROVED
    the_mail(session).state = OutboxState.UNCERTAIN
    session.flush()
    decide(session, desk, the_mail(session).id)  # type: ignore[operator]  # one of the two
    invitations.cancel(session, desk, evening.invitation)
    session.flush()
    found = session.scalars(select(OutboxMessage.kind).order_by(OutboxMessage.id)).all()
    assert found == kinds


def test_noting_counts_as_sent_and_is_logged(session: Session, desk: Desk) -> None:
    evening = Evening(session, desk)
    assert evening.assignment is not None
    evening.assignment.state = AssignmentState.APPROVED
    session.flush()
    row = arrivals.note(session, desk, the_mail(session).id)
    assert (row.state, row.sent_at) == (OutboxState.SENT, desk.now)
    assert evening.assignment.state is AssignmentState.INVITED
    last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert last is not None
    assert last.action == "mail.arrived"


@pytest.mark.parametrize("state", [OutboxState.SENT, OutboxState.SENDING, OutboxState.DEAD])
def test_other_mails_are_left_as_they_are(session: Session, desk: Desk, state: OutboxState) -> None:
    Evening(session, desk)
    the_mail(session).state = state
    session.flush()
    with pytest.raises(NotPossible):
        arrivals.note(session, desk, the_mail(session).id)
    assert arrivals.note_all(session, desk, [the_mail(session).id]) == 0
