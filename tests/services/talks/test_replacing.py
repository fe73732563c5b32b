"""Somebody has declined and another person comes: what is left of the first one's invitation."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import Feed, Invitation, OutboxMessage, Person
from matchmaker.models.states import AnswerVia, AssignmentState, InvitationState
from matchmaker.services import worklist
from matchmaker.services.desk import Desk
from matchmaker.services.inviting.responses import record_response
from matchmaker.services.talks import talk_changes, talk_outcomes
from tests.services.plans import TUESDAY
from tests.services.talks.approved import Approved


class Replaced(Approved):
    """The speaker has declined and somebody else takes over; both mails are still queued."""

    def __init__(self, session: Session, desk: Desk) -> None:
        super().__init__(session, desk)
        self.first: Invitation = self.talk.invitations[0]
        record_response(
            session,
            self.desk,
            self.first,
            InvitationState.DECLINED,
            sequence=0,
            stamp=self.desk.now,
            via=AnswerVia.WEB,
        )
        self.coming: Person = self.another_speaker()
        talk_changes.replace_person(
            session,
            self.desk,
            self.talk.code,
            leaving=self.speaker.code,
            coming=self.coming.code,
        )
        session.refresh(self.talk, ["assignments", "invitations"])

    def calendar_of(self, person: Person) -> str:
        feed = self.session.scalars(select(Feed).where(Feed.person_id == person.id)).one()
        return feed.body.decode()


@pytest.fixture
def replaced(session: Session, desk: Desk) -> Replaced:
    return Replaced(session, desk)


def test_declined_entry_is_taken_out_of_the_calendar_by_a_mail(replaced: Replaced) -> None:
    assert replaced.queued()[replaced.speaker.email] == "invitation_cancelled"
    mail = replaced.session.scalars(
        select(OutboxMessage).where(
            OutboxMessage.invitation_id == replaced.first.id, OutboxMessage.method == "CANCEL"
        )
    ).one()
    assert mail.order_key == replaced.first.uid
    assert replaced.first.sequence == 1


def test_subscription_shows_the_talk_to_the_new_person_alone(replaced: Replaced) -> None:
    made = replaced.talk.invitations[-1]
    assert made.uid in replaced.calendar_of(replaced.coming)
    assert "VEVENT" not in replaced.calendar_of(replaced.speaker)


def test_moving_the_talk_leaves_whoever_was_replaced_out(replaced: Replaced) -> None:
    replaced.send()
    replaced.later(minutes=1)
    talk_changes.move(
        replaced.session,
        replaced.desk,
        replaced.talk.code,
        start=TUESDAY + timedelta(days=1),
        minutes=120,
    )
    assert replaced.speaker.email not in replaced.queued()
    assert replaced.states()[replaced.speaker.id] == AssignmentState.CANCELLED
    assert replaced.states()[replaced.coming.id] == AssignmentState.APPROVED


def test_whoever_was_replaced_takes_part_no_longer(replaced: Replaced) -> None:
    """Nobody can be sent in their place twice, nor be missed at the talk."""
    assert replaced.states()[replaced.speaker.id] == AssignmentState.CANCELLED
    tasks = worklist.worklist(replaced.session, replaced.desk)
    assert "declined" not in {task.kind for task in tasks}
    replaced.later(days=30)
    talk_outcomes.mark_held(replaced.session, replaced.desk, replaced.talk.code)
    assert replaced.states()[replaced.speaker.id] == AssignmentState.CANCELLED
