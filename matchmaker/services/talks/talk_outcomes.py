"""What became of a talk: answers taken by telephone, held or not, who did not come."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from matchmaker.i18n import N_
from matchmaker.models import Assignment, Invitation, Response, Talk
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
from matchmaker.services.talks.standing import (
    CALLED_OFF,
    NOT_YET,
    active,
    find_talk,
    held_for_change,
)

MOST_PARTICIPANTS = 10_000
HOW_MANY = N_("Please give the number of participants as a whole number.")
NOT_ASSIGNED = N_("This person is not assigned to this talk.")
NO_SUCH_INVITATION = N_("There is no such invitation.")
ENDED = N_("This invitation has ended. It can no longer be answered.")


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
    if participants is not None and not 0 <= participants <= MOST_PARTICIPANTS:
        raise Invalid({"participants": HOW_MANY})
    talk = held_for_change(session, code, version)
    if talk.starts_at > desk.now:
        raise NotPossible(NOT_YET)
    team = active(talk)
    for missing in set(absent) - {row.person.code for row in team}:
        raise NotFound(NOT_ASSIGNED, person=missing)
    talk.state, talk.held_at, talk.participants = TalkState.DONE, desk.now, participants
    for row in team:
        gone = row.person.code in absent
        row.state = AssignmentState.NO_SHOW if gone else AssignmentState.DONE
    after = {"state": "done", "participants": participants, "absent": sorted(absent)}
    audit.record(session, desk, "talk.held", talk, before={"state": "confirmed"}, after=after)
    _finish_request(session, desk, talk)
    return talk


def mark_no_show(session: Session, desk: Desk, code: str, person: str) -> Assignment:
    """Somebody (by code) did not come, as was learned afterwards."""
    talk = find_talk(session, code)
    if talk.state is TalkState.CANCELLED:
        raise NotPossible(CALLED_OFF)
    if talk.starts_at > desk.now:
        raise NotPossible(NOT_YET)
    row = next((row for row in active(talk) if row.person.code == person), None)
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
    return row


def invitation_of(talk: Talk, invitation_id: int) -> Invitation:
    for row in talk.invitations:
        if row.id == invitation_id:
            return row
    raise NotFound(NO_SUCH_INVITATION)


def _finish_request(session: Session, desk: Desk, talk: Talk) -> None:
    request = talk.request
    if request is None or request.state is not RequestState.SCHEDULED:
        return
    request.state = RequestState.DONE
    audit.record(
        session,
        desk,
        "request.done",
        request,
        before={"state": RequestState.SCHEDULED.value},
        after={"state": RequestState.DONE.value, "talk": talk.code},
    )
