"""What waits for a person, what can be done with it, and that it happens once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import AuditEntry, OutboxMessage
from matchmaker.models.states import IncomingState, InvitationState, OutboxState, Role
from matchmaker.services.desk import Actor, Desk
from matchmaker.services.errors import Conflict, NotFound, NotPossible
from matchmaker.services.incoming import review
from matchmaker.services.incoming.review import Decision
from matchmaker.services.worklist import worklist
from tests import factories
from tests.incoming.bounces import POSTFIX, bounce
from tests.incoming.calendars import crlf
from tests.services.incoming.arriving import arrive, mail, said
from tests.support.invited import Evening, states

OTHER_DAY = datetime(2027, 1, 21, 18, 0)  # noqa: DTZ001  # wall clock
OTHER = "privat@else.example"


@pytest.fixture
def evening(session: Session, desk: Desk) -> Evening:
    return Evening(session, desk)


@pytest.fixture
def coordinator(session: Session, desk: Desk) -> Desk:
    person = factories.person(session, Role.COORDINATOR)
    return replace(desk, actor=Actor.of(person))


def test_answer_from_another_address_can_be_counted(
    session: Session, desk: Desk, coordinator: Desk, evening: Evening
) -> None:
    row = arrive(session, desk, mail(evening, sender=OTHER, partstat="DECLINED", comment="Krank"))
    assert review.choices(row, desk.now) == [Decision.COUNT, Decision.DONE]
    review.decide(session, coordinator, row.id, Decision.COUNT, shown=evening.invitation.sequence)
    assert states(session, evening) == ("declined", "declined")
    assert (row.state, row.decided_by_id) == (IncomingState.DECIDED, coordinator.actor.id)
    assert row.response is not None
    assert row.response.comment == "Krank"
    assert review.count(session) == 0
    last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert last is not None
    assert (last.action, last.after) == ("incoming_mail.decided", {"decision": "count"})


def test_answer_to_the_old_date_can_be_counted_for_the_new_one(
    session: Session, desk: Desk, coordinator: Desk, evening: Evening
) -> None:
    raw = mail(evening)
    evening.move(evening.later(minutes=5), OTHER_DAY)
    row = arrive(session, desk, raw)
    assert review.choices(row, desk.now) == [Decision.SEND_AGAIN, Decision.COUNT, Decision.DONE]
    review.decide(session, coordinator, row.id, Decision.COUNT, shown=evening.invitation.sequence)
    assert states(session, evening) == ("accepted", "accepted")


def test_answer_counts_for_the_date_that_was_shown_and_no_other(
    session: Session, desk: Desk, coordinator: Desk, evening: Evening
) -> None:
    row = arrive(session, desk, mail(evening, sender=OTHER))
    shown, answered = evening.invitation.sequence, evening.talk.starts_at
    assert review.other_date(row) is None
    evening.move(evening.later(hours=5), OTHER_DAY)
    for sequence in (shown, None):
        with pytest.raises(Conflict):
            review.decide(session, coordinator, row.id, Decision.COUNT, shown=sequence)
    assert states(session, evening) == ("open", "approved")
    assert review.other_date(row) == review.OtherDate(answered)
    row.facts = {**row.facts, "start": None}
    assert review.other_date(row) == review.OtherDate(None)


def test_question_for_the_date_sends_the_invitation_once_more(
    session: Session, desk: Desk, coordinator: Desk, evening: Evening
) -> None:
    for message in session.scalars(select(OutboxMessage)):
        message.state = OutboxState.SENT
    row = arrive(session, desk, mail(evening, method="REFRESH", partstat="NEEDS-ACTION"))
    assert review.choices(row, desk.now) == [Decision.SEND_AGAIN, Decision.DONE]
    review.decide(session, coordinator, row.id, Decision.SEND_AGAIN)
    waiting = session.scalars(
        select(OutboxMessage.kind).where(OutboxMessage.state == OutboxState.QUEUED)
    ).all()
    assert waiting == ["invitation"]


def test_delegation_can_be_noted_as_no_with_the_substitute(
    session: Session, desk: Desk, coordinator: Desk, evening: Evening
) -> None:
    raw = mail(evening, "outlook", partstat="DELEGATED")
    raw = raw.replace(b"DELEGATED:", b'DELEGATED;DELEGATED-TO=3D"mailto:b@x.example":')
    row = arrive(session, desk, raw)
    assert review.choices(row, desk.now) == [Decision.DECLINE, Decision.DONE]
    review.decide(session, coordinator, row.id, Decision.DECLINE, shown=evening.invitation.sequence)
    assert states(session, evening) == ("declined", "declined")
    assert row.response is not None
    assert row.response.substitute == "b@x.example"


def test_later_answer_of_the_person_settles_a_doubt(
    session: Session, desk: Desk, evening: Evening
) -> None:
    raw = mail(evening)
    evening.move(evening.later(minutes=5), OTHER_DAY)
    arrive(session, desk, raw)
    assert review.count(session) == 1
    evening.answer(InvitationState.ACCEPTED, evening.later(days=1))
    assert review.count(session) == 0


def test_decision_is_taken_once_and_only_where_it_is_offered(
    session: Session, desk: Desk, coordinator: Desk, evening: Evening
) -> None:
    row = arrive(session, desk, crlf("From: a@b.example\n\nGuten Tag"))
    with pytest.raises(NotPossible):
        review.decide(session, coordinator, row.id, Decision.COUNT)
    review.decide(session, coordinator, row.id, Decision.DONE)
    with pytest.raises(NotPossible):
        review.decide(session, coordinator, row.id, Decision.DONE)
    with pytest.raises(NotFound):
        review.decide(session, coordinator, 4711, Decision.DONE)
    counted = arrive(session, desk, mail(evening))
    with pytest.raises(NotPossible):
        review.decide(session, coordinator, counted.id, Decision.DONE)


def test_nothing_but_done_is_offered_for_what_has_ended(
    session: Session, desk: Desk, evening: Evening
) -> None:
    row = arrive(session, desk, mail(evening, sender=OTHER))
    evening.call_off(evening.later(hours=3))
    assert review.choices(row, desk.now) == [Decision.DONE]


def test_start_page_names_what_waits_and_what_came_back(
    session: Session, desk: Desk, evening: Evening
) -> None:
    arrive(session, desk, mail(evening, sender=OTHER))
    message = session.scalars(
        select(OutboxMessage).where(OutboxMessage.invitation_id == evening.invitation.id)
    ).one()
    arrive(session, desk, bounce(POSTFIX, message.message_id, message.recipient), uid=2)
    tasks = {task.kind: task for task in worklist(session, desk)}
    assert tasks["incoming_review"].count == 1
    assert evening.person is not None
    assert tasks["invitation_undeliverable"].facts["person"] == evening.person.code
    later = said(evening).stamp
    evening.answer(InvitationState.ACCEPTED, evening.later(days=1), stamp=later)
    assert "invitation_undeliverable" not in {task.kind for task in worklist(session, desk)}
