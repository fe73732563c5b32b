"""Answers to invitations: one function for links, mails and the telephone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from matchmaker.i18n import N_
from matchmaker.models import Assignment, Invitation, Response, Talk
from matchmaker.models.states import (
    AnswerVia,
    AssignmentState,
    InvitationRole,
    InvitationState,
    TalkState,
)
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Invalid
from matchmaker.services.house import audit
from matchmaker.services.inviting import overtaken
from matchmaker.services.inviting.feeds import refresh_feed
from matchmaker.services.inviting.wide_feeds import refresh_talks
from matchmaker.services.sending.overtaking import lock
from matchmaker.text import clean_line, clean_text

ANSWERS = {
    InvitationState.ACCEPTED: AssignmentState.ACCEPTED,
    InvitationState.TENTATIVE: AssignmentState.TENTATIVE,
    InvitationState.DECLINED: AssignmentState.DECLINED,
}
MAX_COMMENT = 2000
MAX_SUBSTITUTE = 200

_ASKED = frozenset({AssignmentState.APPROVED, AssignmentState.INVITED, *ANSWERS.values()})


class Outcome(StrEnum):
    """What became of an answer; only the first two count (`Response.applied`)."""

    APPLIED = "applied"
    REPEATED = "repeated"  # said again: nothing changes, but nothing older counts any more
    OLDER = "older"  # overtaken by a later answer that came in first
    OUTDATED = "outdated"  # to a date that has changed since: the person is asked again
    AHEAD = "ahead"  # to a revision that was never sent: a person has to look
    TAKEN = "taken"  # the freed evening has gone to another talk of the same person
    CANCELLED = "cancelled"
    PAST = "past"


COUNTS = frozenset({Outcome.APPLIED, Outcome.REPEATED})


def record_response(
    session: Session,
    desk: Desk,
    invitation: Invitation,
    answer: InvitationState,
    *,
    sequence: int,
    stamp: datetime,
    via: AnswerVia,
    message_id: str | None = None,
    comment: str = "",
    other_day: date | None = None,
    substitute: str = "",
) -> Response:
    """Log an answer and, if it counts, put it into force; `outcome` says what became of it.

    `sequence` is the revision that was answered and `stamp` (aware) when the person did so. The
    same answer given twice is logged once: the second call returns the first one's row. Raises
    Invalid for anything but accepted, tentative and declined.
    """
    if answer not in ANSWERS:
        raise Invalid({"answer": N_("Please choose yes, maybe or no.")})
    _hold(session, invitation)
    log = _log(session, invitation)
    given = Response(
        answer=answer,
        sequence=sequence,
        # A sender's clock may be wrong; an answer from tomorrow would outdo every later one.
        stamp=min(stamp, desk.now),
        received_at=desk.now,
        via=via,
        message_id=message_id,
        comment=clean_text(comment)[:MAX_COMMENT],
        other_day=other_day,
        substitute=clean_line(substitute)[:MAX_SUBSTITUTE],
    )
    if (known := _same(given, log)) is not None:
        return known
    outcome = _judge(invitation, given, log, desk.now)
    before = invitation.state
    if outcome is Outcome.APPLIED and not _put_into_force(session, invitation, given):
        outcome = Outcome.TAKEN
    given.invitation = invitation
    given.outcome, given.applied = outcome.value, outcome in COUNTS
    session.add(given)
    _write_down(session, desk, invitation, given, before)
    return given


def history(session: Session, invitation: Invitation) -> Sequence[Response]:
    """Every answer as it came in, the oldest first."""
    return _log(session, invitation)


def in_force(invitation: Invitation, log: Sequence[Response]) -> Response | None:
    """The answer that counts for the revision last sent."""
    counting = _counting(invitation, log)
    return counting[-1] if counting else None


def details(invitation: Invitation, log: Sequence[Response]) -> Response | None:
    """The row that says why, if the answer in force, or the same answer before it, does."""
    last = in_force(invitation, log)
    for row in reversed(_counting(invitation, log)):
        if last is None or row.answer is not last.answer:
            break
        if _has_details(row):
            return row
    return None


def _counting(invitation: Invitation, log: Sequence[Response]) -> list[Response]:
    rows = [row for row in log if row.applied and row.sequence == invitation.sequence]
    return sorted(rows, key=lambda row: (row.stamp, row.id))


def _hold(session: Session, invitation: Invitation) -> None:
    """Two answers at once: the second one waits here and then sees the first.

    The assignment comes first, in the order in which a flush writes the two. Locked by id, because
    a refresh repeats the joins with which a row was loaded, and PostgreSQL locks no outer join.
    """
    session.flush()
    lock(session, [invitation.uid])
    assignment = invitation.assignment
    if assignment is not None:
        session.execute(
            select(Assignment.id).where(Assignment.id == assignment.id).with_for_update()
        )
        session.refresh(assignment)
    session.execute(select(Invitation.id).where(Invitation.id == invitation.id).with_for_update())
    session.refresh(invitation)
    session.refresh(invitation.talk)


def _log(session: Session, invitation: Invitation) -> Sequence[Response]:
    return session.scalars(
        select(Response).where(Response.invitation_id == invitation.id).order_by(Response.id)
    ).all()


def _same(given: Response, log: Sequence[Response]) -> Response | None:
    """The row of an answer that came in before, by another way or by a second press."""
    for row in log:
        if given.message_id is not None and row.message_id == given.message_id:
            return row
        if _facts(row) == _facts(given):
            return row
    return None


def _facts(row: Response) -> tuple[object, ...]:
    return (row.answer, row.sequence, row.stamp, row.comment, row.other_day, row.substitute)


def _has_details(row: Response) -> bool:
    return bool(row.comment or row.other_day or row.substitute)


def _judge(
    invitation: Invitation, given: Response, log: Sequence[Response], now: datetime
) -> Outcome:
    if is_cancelled(invitation):
        return Outcome.CANCELLED
    if is_over(invitation, now):
        return Outcome.PAST
    if given.sequence != invitation.sequence:
        return Outcome.OUTDATED if given.sequence < invitation.sequence else Outcome.AHEAD
    return _compare(given, in_force(invitation, log))


def _compare(given: Response, last: Response | None) -> Outcome:
    if last is None:
        return Outcome.APPLIED
    if given.stamp <= last.stamp:
        return Outcome.OLDER
    same_details = _facts(given)[3:] == _facts(last)[3:]
    nothing_new = given.answer is last.answer and (same_details or not _has_details(given))
    return Outcome.REPEATED if nothing_new else Outcome.APPLIED


def _put_into_force(session: Session, invitation: Invitation, given: Response) -> bool:
    """False if the person's time has been taken meanwhile; then nothing has changed."""
    assignment = invitation.assignment
    if assignment is not None and not _move(session, assignment, ANSWERS[given.answer]):
        return False
    invitation.state = given.answer
    invitation.answered_sequence = given.sequence
    invitation.answered_at = given.stamp
    invitation.answered_via = given.via
    if given.via is not AnswerVia.COORDINATOR:  # who answers has got it
        invitation.undeliverable_at, invitation.undeliverable_reason = None, ""
    return True


def _move(session: Session, assignment: Assignment, state: AssignmentState) -> bool:
    """A "No" frees the evening; whether a later "Yes" still finds it free, the database knows."""
    try:
        with session.begin_nested():
            assignment.state = state
    except IntegrityError:
        return False
    return True


def _write_down(
    session: Session,
    desk: Desk,
    invitation: Invitation,
    given: Response,
    before: InvitationState,
) -> None:
    if given.outcome == Outcome.REPEATED:
        session.flush()
        return
    # What the person wrote stays in the answer alone: the log cannot be erased.
    audit.record(
        session,
        desk,
        "invitation.answered" if given.applied else "invitation.answer_logged",
        invitation,
        before={"state": before.value},
        after={
            "state": invitation.state.value,
            "answer": given.answer.value,
            "sequence": given.sequence,
            "via": given.via.value,
            "outcome": given.outcome,
        },
    )
    if given.applied:
        overtaken.by_answer(session, invitation)
        refresh_feed(session, desk, invitation.person_id)
        declined = (state is InvitationState.DECLINED for state in (before, invitation.state))
        if any(declined) and invitation.assignment is not None:
            refresh_talks(session, desk, [invitation.talk_id])


def all_agreed(talk: Talk) -> bool:
    """Whether the date stands: the host and all who are to come have said yes. Guests may stay."""
    rows = [row for row in talk.invitations if row.state is not InvitationState.CANCELLED]
    asked = [row for row in rows if row.role is not InvitationRole.GUEST]
    return all(row.state is InvitationState.ACCEPTED for row in asked)


def is_cancelled(invitation: Invitation) -> bool:
    """Whether the talk, or the person's part in it, has been called off."""
    assignment = invitation.assignment
    return (
        invitation.state is InvitationState.CANCELLED
        or invitation.talk.state is TalkState.CANCELLED
        or (assignment is not None and assignment.state is AssignmentState.CANCELLED)
    )


def is_over(invitation: Invitation, now: datetime) -> bool:
    """Whether an answer would come too late."""
    assignment = invitation.assignment
    closed = assignment is not None and assignment.state not in _ASKED
    return closed or invitation.talk.ends_at <= now
