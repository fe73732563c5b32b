"""What became of a talk: answers taken by telephone, held or not, who did not come."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.i18n import N_
from matchmaker.models import Assignment, AuditEntry, Invitation, Response, Talk
from matchmaker.models.states import (
    AnswerVia,
    AssignmentState,
    InvitationState,
    RequestState,
    TalkState,
)
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Invalid, NotFound, NotPossible
from matchmaker.services.house import audit
from matchmaker.services.inviting.responses import record_response
from matchmaker.services.inviting.wide_feeds import refresh_talks
from matchmaker.services.talks.standing import (
    CALLED_OFF,
    NOT_YET,
    find_talk,
    held_fast,
    held_for_change,
)

MOST_PARTICIPANTS = 10_000
HOW_MANY = N_("Please give the number of participants as a whole number.")
NOT_HELD = N_("This talk is not marked as held.")
NOT_ASSIGNED = N_("This person is not assigned to this talk.")
NO_SUCH_INVITATION = N_("There is no such invitation.")
ENDED = N_("This invitation has ended. It can no longer be answered.")


_REQUEST_STEPS = {
    RequestState.DONE: (RequestState.SCHEDULED, "request.done"),
    RequestState.SCHEDULED: (RequestState.DONE, "request.undone"),
}


def answer_for(
    session: Session,
    desk: Desk,
    code: str,
    invitation_id: int,
    answer: InvitationState,
    *,
    comment: str = "",
) -> Response:
    """Write down an answer that somebody gave by telephone, to the date as it is now."""
    talk = find_talk(session, code)
    invitation = invitation_of(talk, invitation_id)
    if invitation.state is InvitationState.CANCELLED or talk.state is not TalkState.CONFIRMED:
        raise NotPossible(ENDED)
    return record_response(
        session,
        desk,
        invitation,
        answer,
        sequence=invitation.sequence,
        stamp=desk.now,
        via=AnswerVia.COORDINATOR,
        comment=comment,
    )


def mark_held(
    session: Session,
    desk: Desk,
    code: str,
    *,
    participants: int | None = None,
    absent: Collection[str] = (),
    version: int | None = None,
) -> Talk:
    """The talk took place; `absent` are the codes of people who were expected and did not come.

    Raises NotFound, Invalid (participants), Conflict, NotPossible (before it has begun).
    """
    _require_sensible(participants)
    talk = held_for_change(session, code, version)
    if talk.starts_at > desk.now:
        raise NotPossible(NOT_YET)
    team = talk.team()
    states = {row.person.code: row.state.value for row in team}
    for missing in set(absent) - {row.person.code for row in team}:
        raise NotFound(NOT_ASSIGNED, person=missing)
    talk.state, talk.held_at, talk.participants = TalkState.DONE, desk.now, participants
    for row in team:
        gone = row.person.code in absent
        row.state = AssignmentState.NO_SHOW if gone else AssignmentState.DONE
    after = {"state": "done", "participants": participants, "absent": sorted(absent)}
    before = {"state": "confirmed", "people": states}
    audit.record(session, desk, "talk.held", talk, before=before, after=after)
    _take_along(session, desk, talk, RequestState.DONE)
    refresh_talks(session, desk, [talk.id])
    return talk


def mark_no_show(session: Session, desk: Desk, code: str, person: str) -> Assignment:
    """Somebody (by code) did not come, as was learned afterwards."""
    talk = find_talk(session, code)
    if talk.state is TalkState.CANCELLED:
        raise NotPossible(CALLED_OFF)
    if talk.starts_at > desk.now:
        raise NotPossible(NOT_YET)
    row = next((row for row in talk.team() if row.person.code == person), None)
    if row is None:
        raise NotFound(NOT_ASSIGNED)
    before = row.state
    row.state = AssignmentState.NO_SHOW
    audit.record(
        session,
        desk,
        "assignment.no_show",
        row,
        before={"state": before.value},
        after={"state": row.state.value, "talk": talk.code, "person": person},
    )
    refresh_talks(session, desk, [talk.id])
    return row


def take_back_held(session: Session, desk: Desk, code: str, *, version: int | None = None) -> Talk:
    """It was marked as held by mistake: talk, people and request stand as they did before.

    Raises NotFound, Conflict, NotPossible.
    """
    talk = _held(session, code, version)
    entry = _marked(session, talk)
    states = entry.before.get("people", {}) if entry is not None else {}
    before = {
        "state": talk.state.value,
        "participants": talk.participants,
        "absent": sorted(
            row.person.code for row in talk.assignments if row.state is AssignmentState.NO_SHOW
        ),
    }
    talk.state, talk.held_at, talk.participants = TalkState.CONFIRMED, None, None
    for row in talk.assignments:
        if row.state in {AssignmentState.DONE, AssignmentState.NO_SHOW}:
            row.state = AssignmentState(states.get(row.person.code, AssignmentState.INVITED))
    after = {"state": talk.state.value}
    audit.record(session, desk, "talk.held_taken_back", talk, before=before, after=after)
    _take_along(session, desk, talk, RequestState.SCHEDULED)
    refresh_talks(session, desk, [talk.id])
    return talk


def correct_participants(
    session: Session, desk: Desk, code: str, participants: int | None, *, version: int | None = None
) -> Talk:
    """How many people came to a talk that was held; None if nobody knows.

    Raises NotFound, Invalid (participants), Conflict, NotPossible.
    """
    _require_sensible(participants)
    talk = _held(session, code, version)
    before = talk.participants
    if participants == before:
        return talk
    talk.participants = participants
    audit.record(
        session,
        desk,
        "talk.participants_corrected",
        talk,
        before={"participants": before},
        after={"participants": participants},
    )
    return talk


def require_held(talk: Talk) -> None:
    """Raises NotPossible unless the talk is marked as held."""
    if talk.state is TalkState.CANCELLED:
        raise NotPossible(CALLED_OFF)
    if talk.state is not TalkState.DONE:
        raise NotPossible(NOT_HELD)


def _held(session: Session, code: str, version: int | None) -> Talk:
    talk = held_fast(session, code, version)
    require_held(talk)
    return talk


def _marked(session: Session, talk: Talk) -> AuditEntry | None:
    """Where it stands what the talk was before it was last marked as held."""
    return session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.subject_kind == Talk.__tablename__,
            AuditEntry.subject_id == talk.id,
            AuditEntry.action == "talk.held",
        )
        .order_by(AuditEntry.id.desc())
        .limit(1)
    ).first()


def _require_sensible(participants: int | None) -> None:
    if participants is not None and not 0 <= participants <= MOST_PARTICIPANTS:
        raise Invalid({"participants": HOW_MANY})


def invitation_of(talk: Talk, invitation_id: int) -> Invitation:
    for row in talk.invitations:
        if row.id == invitation_id:
            return row
    raise NotFound(NO_SUCH_INVITATION)


def _take_along(session: Session, desk: Desk, talk: Talk, after: RequestState) -> None:
    """What the talk means to its request, unless that stands elsewhere by now."""
    request = talk.request
    before, action = _REQUEST_STEPS[after]
    if request is None or request.state is not before:
        return
    request.state = after
    audit.record(
        session,
        desk,
        action,
        request,
        before={"state": before.value, "talk": talk.code},
        after={"state": after.value, "talk": talk.code},
    )
