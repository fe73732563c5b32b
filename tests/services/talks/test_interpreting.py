"""A talk without the interpreter that it needs: found, and given one."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import Assignment, Invitation
from matchmaker.models.states import AssignmentState, InterpretingNeed, InvitationRole
from matchmaker.services import worklist
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Conflict, Invalid, NotFound
from matchmaker.services.inviting import invitations
from matchmaker.services.talks import talk_changes
from matchmaker.services.talks.interpreting import interpreters_missing
from tests import factories
from tests.services.talks.approved import EVENINGS, Approved


@pytest.fixture
def approved(session: Session, desk: Desk) -> Approved:
    return Approved(session, desk)


@pytest.fixture
def mute(approved: Approved) -> Approved:
    """The interpreter is out of the talk and nobody has come instead."""
    row = _assignment(approved)
    row.state = AssignmentState.CANCELLED
    invitation = approved.session.scalars(
        select(Invitation).where(Invitation.role == InvitationRole.INTERPRETER)
    ).one()
    invitations.cancel(approved.session, approved.desk, invitation, only_you=True)
    for other in approved.talk.invitations:
        invitations.update(approved.session, approved.desk, other)
    approved.send()
    approved.later(minutes=1)
    return approved


def _assignment(approved: Approved) -> Assignment:
    return next(
        row for row in approved.talk.assignments if row.person_id == approved.interpreter.id
    )


def _tasks(approved: Approved) -> list[tuple[str, str]]:
    approved.session.flush()
    return [
        (task.facts["talk"], task.facts["language"])
        for task in worklist.worklist(approved.session, approved.desk)
        if task.kind == "interpreter_missing"
    ]


def test_missing_interpreter_stays_a_task_until_one_is_added(mute: Approved) -> None:
    assert interpreters_missing(mute.talk) == 1
    assert _tasks(mute) == [(mute.talk.code, "ar")]
    coming = factories.interpreter(mute.session, weekly=EVENINGS)
    talk_changes.add_interpreter(mute.session, mute.desk, mute.talk.code, coming=coming.code)
    mute.session.refresh(mute.talk, ["assignments"])
    assert interpreters_missing(mute.talk) == 0
    assert _tasks(mute) == []


def test_added_interpreter_is_invited_and_the_others_are_told(mute: Approved) -> None:
    coming = factories.interpreter(mute.session, weekly=EVENINGS)
    talk_changes.add_interpreter(mute.session, mute.desk, mute.talk.code, coming=coming.code)
    assert mute.request.contact is not None
    assert mute.queued() == {
        coming.email: "invitation",
        mute.speaker.email: "invitation_changed",
        mute.request.contact.email: "invitation_changed",
    }
    assert mute.last_entry("talk.interpreter_added").after == {"person": coming.code}


def test_same_interpreter_can_come_back(mute: Approved) -> None:
    talk_changes.add_interpreter(
        mute.session, mute.desk, mute.talk.code, coming=mute.interpreter.code
    )
    assert mute.queued()[mute.interpreter.email] == "invitation"
    assert _assignment(mute).state is AssignmentState.APPROVED


def test_nobody_is_missing_where_all_speak_or_interpreting_is_not_wanted(mute: Approved) -> None:
    mute.request.interpreting = InterpretingNeed.NEVER
    assert interpreters_missing(mute.talk) == 0
    mute.request.interpreting = InterpretingNeed.IF_NEEDED
    mute.talk.language_tag = "de"
    assert interpreters_missing(mute.talk) == 0


def test_interpreter_who_declined_is_a_task_already(approved: Approved) -> None:
    _assignment(approved).state = AssignmentState.DECLINED
    assert interpreters_missing(approved.talk) == 0


def test_only_interpreters_who_are_not_there_yet_are_added(approved: Approved) -> None:
    for code in (approved.interpreter.code, approved.another_speaker().code, "nobody"):
        with pytest.raises(Invalid) as refused:
            talk_changes.add_interpreter(
                approved.session, approved.desk, approved.talk.code, coming=code
            )
        assert refused.value.fields.keys() == {"coming"}


def test_old_page_adds_nobody(approved: Approved) -> None:
    coming = factories.interpreter(approved.session, weekly=EVENINGS)
    with pytest.raises(Conflict):
        talk_changes.add_interpreter(
            approved.session,
            approved.desk,
            approved.talk.code,
            coming=coming.code,
            version=approved.talk.version - 1,
        )


def test_interpreter_taken_out_is_told_and_so_are_the_others(approved: Approved) -> None:
    talk_changes.remove_interpreter(
        approved.session, approved.desk, approved.talk.code, leaving=approved.interpreter.code
    )
    assert approved.request.contact is not None
    assert approved.queued() == {
        approved.interpreter.email: "invitation_cancelled",
        approved.speaker.email: "invitation_changed",
        approved.request.contact.email: "invitation_changed",
    }
    assert _assignment(approved).state is AssignmentState.CANCELLED
    assert interpreters_missing(approved.talk) == 1
    entry = approved.last_entry("talk.interpreter_removed")
    assert entry.before == {"person": approved.interpreter.code}


def test_only_interpreters_are_taken_out(approved: Approved) -> None:
    for code in (approved.speaker.code, "nobody"):
        with pytest.raises(NotFound):
            talk_changes.remove_interpreter(
                approved.session, approved.desk, approved.talk.code, leaving=code
            )
