"""What the log says once invitations have left."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.config import Settings
from matchmaker.models import AuditEntry, Invitation
from matchmaker.models.states import InvitationRole
from matchmaker.services.desk import Desk
from matchmaker.services.sending.outbox import deliver_due
from tests.conftest import NOW
from tests.services.letters import Scripted
from tests.web.coordinator.approved_quarter import make_quarter


def test_history_says_of_the_association_too_that_the_invitation_has_left(
    factory: sessionmaker[Session], settings: Settings, desk: Desk
) -> None:
    make_quarter(factory, desk)
    deliver_due(factory, settings, lambda: NOW, transport=Scripted(), owner="test", lanes=1)
    with factory() as session:
        host = session.scalars(
            select(Invitation).where(Invitation.role == InvitationRole.HOST)
        ).one()
        sent = session.scalars(
            select(AuditEntry).where(
                AuditEntry.action.in_(("invitation.sent", "assignment.invited"))
            )
        ).all()
        assert {(row.subject_kind, row.action) for row in sent} == {
            ("assignment", "assignment.invited"),
            ("invitation", "invitation.sent"),
        }
        assert [row.subject_id for row in sent if row.subject_kind == "invitation"] == [host.id]
