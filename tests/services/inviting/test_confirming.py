"""The mail that says that a date stands: when all have agreed, once for each SEQUENCE."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import Assignment, Invitation, OutboxMessage, Person
from matchmaker.models.states import (
    AssignmentRole,
    AssignmentState,
    InvitationRole,
    InvitationState,
    OutboxState,
    Role,
)
from matchmaker.services.desk import Desk
from matchmaker.services.inviting import confirming, invitations
from matchmaker.services.sending import outbox
from tests import factories
from tests.services.inviting.mailed import parsed, plain
from tests.support.invited import TUESDAY, Evening

ACCEPTED, DECLINED = InvitationState.ACCEPTED, InvitationState.DECLINED


class Party(Evening):
    """An evening with speaker, host, interpreter and guest; by name who is invited."""

    def __init__(self, session: Session, desk: Desk) -> None:
        super().__init__(session, desk)
        self.by_role = {
            InvitationRole.SPEAKER: self.invitation,
            InvitationRole.HOST: self._invite(factories.person(session, Role.HOST)),
            InvitationRole.GUEST: self._invite(
                factories.person(session, Role.HOST), InvitationRole.GUEST
            ),
            InvitationRole.INTERPRETER: self._invite(
                factories.interpreter(session), InvitationRole.INTERPRETER
            ),
        }

    def _invite(self, person: Person, role: InvitationRole = InvitationRole.HOST) -> Invitation:
        assignment = None
        if role is InvitationRole.INTERPRETER:
            assignment = Assignment(
                talk=self.talk,
                person=person,
                role=AssignmentRole.INTERPRETER,
                state=AssignmentState.INVITED,
                starts_at=self.talk.starts_at,
                ends_at=self.talk.ends_at,
            )
            self.session.add(assignment)
        made = invitations.invite(
            self.session, self.desk, self.talk, person, role, assignment=assignment
        )
        self.session.flush()
        return made

    def says(self, answer: InvitationState, *roles: InvitationRole, **time: float) -> None:
        for role in roles:
            self.invitation = self.by_role[role]
            self.answer(answer, self.later(**time))
        self.session.flush()
        self.session.expire_all()

    def confirmed(self) -> list[str]:
        """What the sweep does now; the roles of everybody told so far."""
        for talk_id in confirming.agreed(self.session, self.desk):
            confirming.confirm(self.session, self.desk, talk_id)
        rows = self.session.scalars(
            select(OutboxMessage)
            .where(OutboxMessage.kind == confirming.KIND)
            .order_by(OutboxMessage.id)
        )
        self.mails = list(rows)
        roles = {row.id: role.value for role, row in self.by_role.items()}
        return [roles[mail.invitation_id or 0] for mail in self.mails]


@pytest.fixture
def party(session: Session, desk: Desk) -> Party:
    return Party(session, desk)


COMING = (InvitationRole.SPEAKER, InvitationRole.HOST, InvitationRole.INTERPRETER)


def moved(party: Party, desk: Desk, start: datetime) -> None:
    for invitation in party.by_role.values():
        party.invitation, party.assignment = invitation, invitation.assignment
        party.move(desk, start)


def test_host_interpreter_and_guest_hear_once_that_all_have_agreed(party: Party) -> None:
    party.says(ACCEPTED, InvitationRole.SPEAKER, InvitationRole.HOST)
    assert party.confirmed() == []
    party.says(ACCEPTED, InvitationRole.INTERPRETER)
    assert party.confirmed() == ["host", "guest", "interpreter"]
    assert party.confirmed() == ["host", "guest", "interpreter"]
    host = party.mails[0]
    assert "Alle haben zugesagt." in plain(host)
    assert "Bitte helfen Sie uns" in plain(host)
    assert parsed(host)["In-Reply-To"] == party.by_role[InvitationRole.HOST].first_message_id
    assert host.method is None


def test_perhaps_and_no_are_no_agreement(party: Party) -> None:
    party.says(ACCEPTED, InvitationRole.HOST, InvitationRole.INTERPRETER)
    party.says(InvitationState.TENTATIVE, InvitationRole.SPEAKER)
    assert party.confirmed() == []
    party.says(DECLINED, InvitationRole.SPEAKER, minutes=1)
    assert party.confirmed() == []


def test_guest_who_stays_away_is_not_told(party: Party) -> None:
    party.says(DECLINED, InvitationRole.GUEST)
    party.says(ACCEPTED, *COMING)
    assert party.confirmed() == ["host", "interpreter"]


def test_moved_talk_is_confirmed_for_its_new_start(party: Party) -> None:
    party.says(ACCEPTED, *COMING)
    assert len(party.confirmed()) == 3
    waiting = party.mails
    moved(party, party.later(days=1), datetime(2027, 1, 26, 18))  # noqa: DTZ001  # wall clock
    assert {mail.state for mail in waiting} == {OutboxState.DROPPED}
    assert len(party.confirmed()) == 3
    party.says(ACCEPTED, *COMING, days=2)
    assert len(party.confirmed()) == 6
    assert "26.01.2027" in party.mails[-1].subject


def test_talk_moved_there_and_back_is_confirmed_again(party: Party) -> None:
    party.says(ACCEPTED, *COMING)
    assert len(party.confirmed()) == 3
    for mail in party.mails:
        mail.state = OutboxState.SENT
    moved(party, party.later(hours=1), datetime(2027, 1, 26, 18))  # noqa: DTZ001  # wall clock
    moved(party, party.later(hours=2), TUESDAY)
    party.says(ACCEPTED, *COMING, hours=3)
    assert len(party.confirmed()) == 6
    assert len(party.confirmed()) == 6


def test_confirmation_taken_back_by_a_no_follows_the_yes(party: Party) -> None:
    party.says(ACCEPTED, *COMING)
    assert len(party.confirmed()) == 3
    party.says(DECLINED, InvitationRole.HOST, hours=1)
    party.says(ACCEPTED, InvitationRole.HOST, hours=2)
    assert party.confirmed()[3:] == ["host"]
    party.says(DECLINED, InvitationRole.HOST, hours=3)
    party.says(ACCEPTED, InvitationRole.HOST, hours=4)
    assert party.confirmed()[3:] == ["host", "host"]


@pytest.mark.parametrize("state", [OutboxState.DEAD, OutboxState.UNCERTAIN])
def test_confirmation_that_a_person_decides_about_is_not_written_again(
    party: Party, state: OutboxState
) -> None:
    party.says(ACCEPTED, *COMING)
    party.confirmed()
    party.mails[0].state = state
    assert len(party.confirmed()) == 3
    outbox.drop(party.session, party.desk, party.mails[0].id)
    assert len(party.confirmed()) == 3


def test_nobody_is_told_again_after_an_upgrade(party: Party) -> None:
    """Older versions put the start into the key."""
    moved(party, party.later(hours=1), datetime(2027, 1, 26, 18))  # noqa: DTZ001  # wall clock
    party.says(ACCEPTED, *COMING, hours=2)
    party.confirmed()
    for mail in party.mails:
        kind, uid, _, recipient = mail.key.split(":")
        mail.key = f"{kind}:{uid}:20270126T1700Z:{recipient}"
        mail.state = OutboxState.SENT
    assert len(party.confirmed()) == 3


def test_no_talk_that_is_off_is_confirmed(party: Party) -> None:
    party.says(ACCEPTED, *COMING)
    for invitation in party.by_role.values():
        party.invitation, party.assignment = invitation, invitation.assignment
        party.call_off(party.later(days=1))
    assert party.confirmed() == []
