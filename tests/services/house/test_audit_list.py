"""What a line of the audit log shows of its record."""

from __future__ import annotations

from sqlalchemy.orm import Session

from matchmaker.services.desk import Desk
from matchmaker.services.house import audit, audit_list
from matchmaker.services.house.audit_list import AuditFilter
from tests import factories


def test_records_are_called_by_the_code_that_people_know(session: Session, desk: Desk) -> None:
    request, person = factories.request(session), factories.speaker(session)
    planning_round = factories.planning_round(session)
    session.flush()
    for subject in (request, person, planning_round):
        audit.record(session, desk, "request.ready", subject)
    session.flush()
    shown = audit_list.entries(session, AuditFilter(action="request.ready"))
    assert [row.code for row in shown.rows] == ["", person.code, request.code]
