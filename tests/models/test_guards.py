"""What the database itself refuses, on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.orm import Session

from matchmaker.models.states import AssignmentState
from tests import factories

START = datetime(2027, 1, 12, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours_later", "refused"), [(0, True), (1, True), (2, False), (-2, False), (-1, True)]
)
def test_assignments_of_one_person_never_overlap(
    session: Session, hours_later: int, refused: bool
) -> None:
    person = factories.speaker(session)
    factories.assignment(session, person, START)
    session.flush()
    factories.assignment(session, person, START + timedelta(hours=hours_later))
    if refused:
        with pytest.raises(DBAPIError, match="ex_assignment_overlap"):
            session.flush()
    else:
        session.flush()


def test_declined_assignment_frees_the_time_and_cannot_come_back(session: Session) -> None:
    person = factories.speaker(session)
    first = factories.assignment(session, person, START)
    first.state = AssignmentState.DECLINED
    session.flush()
    factories.assignment(session, person, START)
    session.flush()
    first.state = AssignmentState.ACCEPTED
    with pytest.raises(DBAPIError, match="ex_assignment_overlap"):
        session.flush()


def test_two_people_may_be_busy_at_the_same_time(session: Session) -> None:
    for _ in range(2):
        factories.assignment(session, factories.speaker(session), START)
    session.flush()


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'x'", "DELETE FROM audit"])
def test_audit_log_cannot_be_rewritten(session: Session, statement: str) -> None:
    factories.audit_entry(session)
    session.flush()
    with pytest.raises(DBAPIError, match="frozen_audit"):
        session.execute(text(statement))


def test_naive_times_are_refused(session: Session) -> None:
    person = factories.speaker(session)
    person.created_at = datetime(2027, 1, 1, 12, 0)  # noqa: DTZ001  # that is the fault
    with pytest.raises(StatementError, match="has no time zone"):
        session.flush()
