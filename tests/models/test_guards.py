"""What the database itself refuses, on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.orm import Session

from matchmaker.models import BusyInterval, CalendarSource, Reminder, Response
from matchmaker.models.states import (
    AnswerVia,
    AssignmentState,
    BusyKind,
    BusySource,
    CalendarSourceKind,
    InvitationState,
    ReminderKind,
    ReminderState,
)
from matchmaker.services.desk import Desk
from tests import factories
from tests.support.invited import Evening

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


def test_same_reminder_is_written_once(session: Session, desk: Desk) -> None:
    evening = Evening(session, desk)

    def remind(step: int = 1, occasion: str = "2027-01-19T17:00Z") -> None:
        session.add(
            Reminder(
                invitation=evening.invitation,
                kind=ReminderKind.TALK,
                step=step,
                occasion=occasion,
                state=ReminderState.QUEUED,
                due_at=desk.now,
                created_at=desk.now,
            )
        )
        session.flush()

    remind()
    remind(step=2)
    remind(occasion="2027-01-20T17:00Z")
    with pytest.raises(IntegrityError, match="reminder"):
        remind()


def test_same_mail_answers_once(session: Session, desk: Desk) -> None:
    evening = Evening(session, desk)

    def answer(message_id: str | None) -> None:
        session.add(
            Response(
                invitation=evening.invitation,
                answer=InvitationState.ACCEPTED,
                sequence=0,
                stamp=desk.now,
                received_at=desk.now,
                via=AnswerVia.MAIL,
                message_id=message_id,
                applied=False,
                outcome="repeated",
            )
        )
        session.flush()

    for message_id in (None, None, "<1@verein.example>", "<2@verein.example>"):
        answer(message_id)
    with pytest.raises(IntegrityError, match="response"):
        answer("<1@verein.example>")


def test_busy_times_go_with_the_calendar_that_they_were_read_from(session: Session) -> None:
    person = factories.speaker(session)
    source = CalendarSource(
        person_id=person.id, kind=CalendarSourceKind.UPLOAD, name="Arbeit", created_at=START
    )
    session.add(source)
    session.flush()
    for source_id in (source.id, None):
        session.add(
            BusyInterval(
                person_id=person.id,
                starts_at=START,
                ends_at=START + timedelta(hours=1),
                kind=BusyKind.BUSY,
                source=BusySource.UPLOAD if source_id else BusySource.MANUAL,
                source_id=source_id,
            )
        )
    session.flush()
    session.execute(delete(CalendarSource))
    assert session.scalars(select(BusyInterval.source)).all() == [BusySource.MANUAL]


def test_calendar_that_is_read_again_has_an_address(session: Session) -> None:
    person = factories.speaker(session)
    session.add(
        CalendarSource(
            person_id=person.id,
            kind=CalendarSourceKind.SUBSCRIPTION,
            name="Arbeit",
            created_at=START,
        )
    )
    with pytest.raises(IntegrityError, match="ck_calendar_source_url"):
        session.flush()
