"""Mails about which a person decides: the list, what can be done, and doing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.i18n import N_
from matchmaker.models import IncomingMail, Invitation, MailboxState, Response, Talk
from matchmaker.models.states import AnswerVia, IncomingKind, IncomingState, InvitationState
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Conflict, NotFound, NotPossible
from matchmaker.services.house import audit
from matchmaker.services.house.paging import A_PAGE, Shown
from matchmaker.services.incoming import bounced
from matchmaker.services.incoming.deciding import Reason
from matchmaker.services.inviting import invitations
from matchmaker.services.inviting.responses import (
    COUNTS,
    Outcome,
    is_cancelled,
    is_over,
    record_response,
)

NO_SUCH_MAIL = N_("There is no such mail.")
ALREADY_DECIDED = N_("Somebody has decided about this mail already.")
NOT_OFFERED = N_("This cannot be done with this mail.")
CANNOT_COUNT = N_(
    "This answer cannot count: the person has another talk by then. Please look at the talk."
)

MOVED_MEANWHILE = N_(
    "The date has changed since you opened this page. Please look at it again: the answer would "
    "count for the date as it is now."
)

_WANTS_THE_DATE = frozenset(
    {Reason.REFRESH, Reason.OUTDATED, Reason.AHEAD, Reason.WHICH_DATE, Reason.NO_ANSWER}
)


class Decision(StrEnum):
    """`count`: what the mail says is the person's answer to the date as it is now. `decline`: the
    person does not come, whoever else shall. `came_back`: our mail did not arrive. `done`: nothing
    follows."""

    COUNT = "count"
    DECLINE = "decline"
    CAME_BACK = "came_back"
    SEND_AGAIN = "send_again"
    DONE = "done"


def waiting(session: Session, page: int = 1) -> Shown[IncomingMail]:
    """A page of what waits for a decision, the oldest first."""
    found = count(session)
    rows = session.scalars(
        select(IncomingMail)
        .where(waits())
        .options(
            joinedload(IncomingMail.invitation).options(
                joinedload(Invitation.person),
                joinedload(Invitation.talk).joinedload(Talk.organisation),
                joinedload(Invitation.assignment),
            ),
            joinedload(IncomingMail.outbox),
        )
        .order_by(IncomingMail.received_at, IncomingMail.id)
        .limit(A_PAGE)
        .offset((page - 1) * A_PAGE)
    ).all()
    if not rows and page > 1:
        return waiting(session, 1)
    return Shown(rows, found, page)


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(IncomingMail).where(waits())) or 0


def oldest(session: Session) -> datetime | None:
    return session.scalar(select(func.min(IncomingMail.received_at)).where(waits()))


def lately(session: Session, most: int = 30) -> Sequence[IncomingMail]:
    """What came in last and waits for nobody, the latest first."""
    return session.scalars(
        select(IncomingMail)
        .where(IncomingMail.state.not_in((IncomingState.REVIEW, IncomingState.NEW)))
        .options(
            joinedload(IncomingMail.invitation).options(
                joinedload(Invitation.person), joinedload(Invitation.talk)
            ),
            joinedload(IncomingMail.person),
            joinedload(IncomingMail.response),
        )
        .order_by(IncomingMail.received_at.desc(), IncomingMail.id.desc())
        .limit(most)
    ).all()


def mailbox(session: Session) -> MailboxState | None:
    """How reading the mailbox went last; None if none has been read."""
    return session.scalars(
        select(MailboxState)
        .where(MailboxState.tried_at.is_not(None))
        .order_by(MailboxState.tried_at.desc())
        .limit(1)
    ).one_or_none()


def waits() -> ColumnElement[bool]:
    """Which mails wait for a decision. None if the person has given an answer since that counts."""
    later = exists().where(
        Response.invitation_id == IncomingMail.invitation_id,
        Response.id > IncomingMail.response_id,
        Response.applied,
    )
    return and_(IncomingMail.state == IncomingState.REVIEW, ~later)


def choices(row: IncomingMail, now: datetime) -> list[Decision]:
    """What can be done with one press, the likeliest first."""
    if bounced.may_be_believed(row):
        return [Decision.CAME_BACK, Decision.DONE]
    invitation = row.invitation
    if invitation is None or is_cancelled(invitation) or is_over(invitation, now):
        return [Decision.DONE]
    found = []
    if row.kind is IncomingKind.DELEGATED:
        found.append(Decision.DECLINE)
    elif said(row) is not None and row.reason != Reason.TAKEN and not is_granted(row):
        found.append(Decision.COUNT)
    wants_date = row.reason in set(_WANTS_THE_DATE)
    if wants_date and invitations.may_go_again(invitation, now):
        # Who answered another date is asked about this one rather than taken at their word.
        found.insert(0 if other_date(row) else len(found), Decision.SEND_AGAIN)
    return [*found, Decision.DONE]


def is_granted(row: IncomingMail) -> bool:
    """Whether the talk is at the other time for which the mail asks."""
    start = row.facts.get("start")
    if row.reason != Reason.COUNTER or row.invitation is None or not start:
        return False
    return datetime.fromisoformat(start) == row.invitation.talk.starts_at


def is_doubtful(row: IncomingMail) -> bool:
    """Whether nothing the mail says should be an obvious press: it may be forged, or is about
    another date."""
    if row.kind is IncomingKind.BOUNCE:
        return True
    return row.reason in {Reason.FORGED, Reason.OTHER_ATTENDEE} or other_date(row) is not None


def said(row: IncomingMail) -> InvitationState | None:
    """Which answer the mail gives."""
    text = row.facts.get("said")
    return InvitationState(text) if text else None


@dataclass(frozen=True, slots=True)
class OtherDate:
    """An answer that was given to another date than that of now; `start` None: nobody knows which,
    only that it was an earlier one."""

    start: datetime | None


def other_date(row: IncomingMail) -> OtherDate | None:
    """To which other date the mail answers, None if it is the one of now."""
    if row.invitation is None or said(row) is None or row.kind is IncomingKind.COUNTER:
        return None
    text, sequence = row.facts.get("start"), row.facts.get("sequence")
    start = datetime.fromisoformat(text) if text else None
    if start is not None and start != row.invitation.talk.starts_at:
        return OtherDate(start)
    is_old = start is None and sequence is not None and sequence < row.invitation.sequence
    return OtherDate(None) if is_old else None


def decide(
    session: Session, desk: Desk, row_id: int, decision: Decision, *, shown: int | None = None
) -> IncomingMail:
    """Do what a person has chosen. `shown` is the SEQUENCE of the date that they saw; it is needed
    where an answer follows. Raises NotFound, NotPossible, and Conflict if it is another by now.
    """
    row = session.get(IncomingMail, row_id, with_for_update=True)
    if row is None:
        raise NotFound(NO_SUCH_MAIL)
    if row.state is not IncomingState.REVIEW:
        raise NotPossible(ALREADY_DECIDED)
    if decision not in choices(row, desk.now):
        raise NotPossible(NOT_OFFERED)
    _do(session, desk, row, decision, shown)
    row.state, row.decision = IncomingState.DECIDED, decision.value
    row.decided_at, row.decided_by_id = desk.now, desk.actor.id
    audit.record(
        session,
        desk,
        "incoming_mail.decided",
        row,
        before={"reason": row.reason},
        after={"decision": decision.value},
    )
    return row


def _do(
    session: Session, desk: Desk, row: IncomingMail, decision: Decision, shown: int | None
) -> None:
    if decision is Decision.CAME_BACK:
        bounced.believe(session, desk, row)
    invitation = row.invitation
    if invitation is None or decision in {Decision.CAME_BACK, Decision.DONE}:
        return
    if decision is Decision.SEND_AGAIN:
        invitations.send_again(session, desk, invitation)
        return
    answer = InvitationState.DECLINED if decision is Decision.DECLINE else said(row)
    if answer is None:
        return
    if shown != invitation.sequence:
        raise Conflict(MOVED_MEANWHILE)
    response = record_response(
        session,
        desk,
        invitation,
        answer,
        sequence=shown,
        stamp=desk.now,
        via=AnswerVia.MAIL,
        message_id=f"{row.digest}:decided",
        comment=str(row.facts.get("comment", "")),
        substitute=", ".join(delegates(row)),
    )
    if Outcome(response.outcome) not in COUNTS:
        raise NotPossible(CANNOT_COUNT)
    session.flush()
    row.response_id = response.id


def delegates(row: IncomingMail) -> list[str]:
    """Who shall come instead, as the mail names them."""
    people = row.facts.get("attendees", [])
    names = {person["address"]: person["name"] for person in people}
    found = [address for person in people for address in person["delegated_to"]]
    return [f"{names[address]} <{address}>" if names.get(address) else address for address in found]
