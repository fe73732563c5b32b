"""Answers: which one counts, in whatever order and by whatever way they come in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.models import AuditEntry, Invitation, Response
from matchmaker.models.states import AnswerVia, AssignmentState, InvitationRole, InvitationState
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Invalid
from matchmaker.services.inviting import responses
from matchmaker.services.inviting.responses import Outcome
from tests.support.invited import Evening, log_of, states

YES, MAYBE, NO = InvitationState.ACCEPTED, InvitationState.TENTATIVE, InvitationState.DECLINED


@pytest.fixture
def evening(session: Session, desk: Desk) -> Evening:
    return Evening(session, desk)


@pytest.fixture
def moved(evening: Evening) -> Evening:
    """Two days later, under SEQUENCE 1."""
    evening.move(evening.later(hours=1), datetime(2027, 1, 21, 18, 0))  # noqa: DTZ001  # wall clock
    return evening


@pytest.mark.parametrize(
    ("answer", "assignment"),
    [(YES, "accepted"), (MAYBE, "tentative"), (NO, "declined")],
)
def test_answer_sets_invitation_and_assignment(
    session: Session, evening: Evening, answer: InvitationState, assignment: str
) -> None:
    assert evening.answer(answer) is Outcome.APPLIED
    invitation = evening.invitation
    assert states(session, evening) == (answer.value, assignment)
    assert (invitation.answered_sequence, invitation.answered_at, invitation.answered_via) == (
        0,
        evening.desk.now,
        AnswerVia.WEB,
    )


def test_answer_of_a_host_has_no_assignment(session: Session, desk: Desk) -> None:
    evening = Evening(session, desk, role=InvitationRole.HOST)
    assert evening.answer(NO) is Outcome.APPLIED
    assert states(session, evening) == ("declined", None)


def test_answer_may_change_with_a_newer_stamp(session: Session, evening: Evening) -> None:
    evening.answer(YES)
    assert evening.answer(NO, evening.later(days=1)) is Outcome.APPLIED
    assert evening.answer(YES, evening.later(days=2)) is Outcome.APPLIED
    assert states(session, evening) == ("accepted", "accepted")


@pytest.mark.parametrize("minutes", [0, -5])
def test_answer_with_no_newer_stamp_is_only_logged(
    session: Session, evening: Evening, minutes: int
) -> None:
    evening.answer(YES)
    stamp = evening.desk.now + timedelta(minutes=minutes)
    assert evening.answer(NO, evening.later(days=1), stamp=stamp) is Outcome.OLDER
    assert states(session, evening) == ("accepted", "accepted")
    assert log_of(session, evening.invitation) == [
        ("accepted", "applied", True),
        ("declined", "older", False),
    ]


def test_answer_to_an_earlier_date_is_logged_and_stays_open(
    session: Session, moved: Evening
) -> None:
    assert moved.answer(YES, moved.later(hours=2), sequence=0) is Outcome.OUTDATED
    assert moved.invitation.state is InvitationState.OPEN
    assert log_of(session, moved.invitation) == [("accepted", "outdated", False)]


def test_answer_before_the_move_does_not_outdo_the_one_after_it(
    session: Session, evening: Evening
) -> None:
    evening.answer(NO, evening.later(minutes=30))
    evening.move(evening.later(hours=1), datetime(2027, 1, 21, 18, 0))  # noqa: DTZ001  # wall clock
    stamp = evening.desk.now + timedelta(minutes=10)
    assert evening.answer(YES, evening.later(hours=2), stamp=stamp) is Outcome.APPLIED
    assert states(session, evening) == ("accepted", "accepted")


def test_answer_to_a_revision_never_sent_is_flagged(session: Session, evening: Evening) -> None:
    assert evening.answer(YES, sequence=3) is Outcome.AHEAD
    assert states(session, evening) == ("open", "invited")
    assert log_of(session, evening.invitation) == [("accepted", "ahead", False)]


def test_answer_to_a_cancelled_talk_is_only_logged(session: Session, evening: Evening) -> None:
    evening.call_off(evening.later(hours=1))
    assert evening.answer(YES, evening.later(hours=2)) is Outcome.CANCELLED
    assert states(session, evening) == ("cancelled", "cancelled")


def test_answer_after_the_talk_is_only_logged(session: Session, evening: Evening) -> None:
    assert evening.answer(NO, evening.later(days=30)) is Outcome.PAST
    assert states(session, evening) == ("open", "invited")


def test_answer_given_twice_is_logged_once(session: Session, evening: Evening) -> None:
    first = responses.record_response(
        session,
        evening.desk,
        evening.invitation,
        YES,
        sequence=0,
        stamp=evening.desk.now,
        via=AnswerVia.MAIL,
        message_id="<1@example>",
    )
    again = responses.record_response(
        session,
        evening.later(hours=1),
        evening.invitation,
        NO,
        sequence=0,
        stamp=evening.desk.now + timedelta(minutes=5),
        via=AnswerVia.MAIL,
        message_id="<1@example>",
    )
    assert again is first
    assert evening.answer(YES) is Outcome.APPLIED  # the same by the link at the same moment
    assert log_of(session, evening.invitation) == [("accepted", "applied", True)]


def test_answer_repeated_later_changes_nothing_but_holds_off_older_ones(
    session: Session, evening: Evening
) -> None:
    evening.answer(YES)
    entries = session.scalar(select(func.count(AuditEntry.id)))
    assert evening.answer(YES, evening.later(hours=2)) is Outcome.REPEATED
    assert session.scalar(select(func.count(AuditEntry.id))) == entries
    assert evening.invitation.answered_at == evening.desk.now
    stamp = evening.desk.now + timedelta(hours=1)
    assert evening.answer(NO, evening.later(hours=3), stamp=stamp) is Outcome.OLDER
    assert states(session, evening) == ("accepted", "accepted")


def test_answer_with_details_added_is_applied_and_keeps_them(
    session: Session, evening: Evening
) -> None:
    evening.answer(NO)
    outcome = evening.answer(
        NO,
        evening.later(minutes=1),
        comment="Ich bin im\x00 Urlaub.\u2028Leider.",
        other_day=date(2027, 1, 26),
        substitute=" Dr.  Weiß\n",
    )
    evening.answer(NO, evening.later(minutes=2))
    said = responses.details(evening.invitation, responses.history(session, evening.invitation))
    assert outcome is Outcome.APPLIED
    assert said is not None
    assert (said.comment, said.other_day, said.substitute) == (
        "Ich bin im Urlaub.\nLeider.",
        date(2027, 1, 26),
        "Dr. Weiß",
    )


def test_answer_changed_forgets_the_reasons_of_the_one_before(
    session: Session, evening: Evening
) -> None:
    evening.answer(NO, comment="Urlaub")
    evening.answer(YES, evening.later(minutes=1))
    log = responses.history(session, evening.invitation)
    assert responses.details(evening.invitation, log) is None


def test_answer_from_a_clock_that_is_ahead_counts_as_given_now(
    session: Session, evening: Evening
) -> None:
    evening.answer(YES, stamp=datetime(2099, 1, 1, tzinfo=UTC))
    assert evening.invitation.answered_at == evening.desk.now
    assert evening.answer(NO, evening.later(minutes=1)) is Outcome.APPLIED


@pytest.mark.parametrize("answer", [InvitationState.OPEN, InvitationState.CANCELLED])
def test_answer_that_is_none_is_refused(evening: Evening, answer: InvitationState) -> None:
    with pytest.raises(Invalid):
        evening.answer(answer)


def test_no_frees_the_time_and_a_late_yes_finds_it_taken(session: Session, desk: Desk) -> None:
    evening = Evening(session, desk)
    evening.answer(NO)
    other = Evening(session, desk, person=evening.person)
    assert evening.answer(YES, evening.later(hours=1)) is Outcome.TAKEN
    assert states(session, evening) == ("declined", "declined")
    assert states(session, other) == ("open", "invited")
    assert log_of(session, evening.invitation)[-1] == ("accepted", "taken", False)


def test_answer_is_audited_without_what_the_person_wrote(
    session: Session, evening: Evening
) -> None:
    evening.answer(NO, comment="Mein Kind ist krank")
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (entry.action, entry.before, entry.after) == (
        "invitation.answered",
        {"state": "open"},
        {
            "state": "declined",
            "answer": "declined",
            "sequence": 0,
            "via": "web",
            "outcome": "applied",
        },
    )


def test_log_cannot_be_changed(session: Session, evening: Evening) -> None:
    evening.answer(YES)
    session.commit()
    row = session.scalars(select(Response)).one()
    row.comment = "nothing of the kind"
    with pytest.raises(DBAPIError):
        session.flush()
    session.rollback()


def test_answer_does_not_touch_a_talk_that_has_been_held(
    session: Session, evening: Evening
) -> None:
    assert evening.assignment is not None
    evening.assignment.state = AssignmentState.DONE
    assert evening.answer(NO) is Outcome.PAST
    assert states(session, evening) == ("open", "done")


@pytest.fixture
def two_sessions(factory: sessionmaker[Session]) -> Iterator[tuple[Session, Session]]:
    with factory() as first, factory() as second:
        yield first, second


def test_answer_sees_one_that_was_committed_after_the_invitation_was_read(
    session: Session, desk: Desk, evening: Evening, two_sessions: tuple[Session, Session]
) -> None:
    session.commit()
    stale, other = two_sessions
    seen = stale.get(Invitation, evening.invitation.id)
    assert seen is not None
    assert seen.state is InvitationState.OPEN
    stale.rollback()
    fresh = other.get_one(Invitation, evening.invitation.id)
    later = evening.later(hours=1)
    responses.record_response(
        other, later, fresh, NO, sequence=0, stamp=later.now, via=AnswerVia.WEB
    )
    other.commit()
    row = responses.record_response(
        stale, desk, seen, YES, sequence=0, stamp=desk.now, via=AnswerVia.MAIL
    )
    stale.commit()
    assert (row.outcome, seen.state) == ("older", NO)
