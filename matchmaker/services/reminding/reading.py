"""What is known of invitations, as the rules of reminding need it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.mail.address import wire_or_typed
from matchmaker.models import Invitation, OutboxMessage, Reminder, Talk
from matchmaker.models.states import (
    STAYED_MAILS,
    WAITING_MAILS,
    InvitationRole,
    InvitationState,
    OutboxState,
    ReminderKind,
    ReminderState,
    TalkState,
)
from matchmaker.services.desk import Desk
from matchmaker.services.reminding.rules import ReminderRules
from matchmaker.services.reminding.schedule import Asked, Coming, Why, coming, occasion_of
from matchmaker.services.sending import post
from matchmaker.services.sending.sent_mail import INVITING
from matchmaker.services.sending.taken_back import taken_back

LOOKS_BACK = timedelta(days=7)
"""A talk that began without its reminder is written down as such for so long."""

_OUT = (OutboxState.SENT, OutboxState.UNCERTAIN)
_ENDED = (InvitationState.CANCELLED, InvitationState.DECLINED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An invitation, its reminders so far, and those that are still to come.

    `waits`: a mail that tells the person of the talk has not left yet, or the talk lacks somebody.
    `told_at`: when the last one left, None if none has. `unreachable`: no mail can tell the person.
    """

    invitation: Invitation
    rows: Sequence[Reminder]
    coming: Sequence[Coming]
    waits: bool
    told_at: datetime | None
    unreachable: bool

    def row_of(self, due: Coming) -> Reminder | None:
        """The row of a reminder that has told nobody anything so far."""
        return next((row for row in self.rows if _names(row) == _names(due)), None)


def known(
    session: Session, desk: Desk, rules: ReminderRules, *, ids: Collection[int] | None = None
) -> list[Known]:
    """All invitations that may have to be reminded of, or those of the `ids` that count still."""
    wanted = Invitation.id.in_(ids) if ids is not None else _in_reach(desk, rules)
    invitations = session.scalars(
        select(Invitation)
        .join(Invitation.talk)
        .where(
            Talk.state == TalkState.CONFIRMED,
            Talk.starts_at > desk.now - LOOKS_BACK,
            Invitation.state.not_in(_ENDED),
            wanted,
        )
        .options(
            joinedload(Invitation.talk).selectinload(Talk.invitations),
            joinedload(Invitation.person),
        )
        .order_by(Talk.starts_at, Invitation.id)
        .execution_options(populate_existing=True)
    ).all()
    found = [invitation.id for invitation in invitations]
    rows: dict[int, list[Reminder]] = defaultdict(list)
    reminders = select(Reminder).where(Reminder.invitation_id.in_(found))
    for row in session.scalars(
        reminders.options(joinedload(Reminder.outbox)).order_by(Reminder.id)
    ):
        rows[row.invitation_id].append(row)
    lapsed = _lapsed(session, [row for some in rows.values() for row in some])
    mails: dict[int, list[_Mail]] = defaultdict(list)
    for mail in session.execute(
        select(
            OutboxMessage.invitation_id,
            OutboxMessage.message_id,
            OutboxMessage.recipient,
            OutboxMessage.state,
            OutboxMessage.dot_at,
            OutboxMessage.created_at,
        ).where(OutboxMessage.invitation_id.in_(found), OutboxMessage.kind.in_(INVITING))
    ):
        mails[mail.invitation_id or 0].append(_Mail(*mail[1:]))
    return [
        _known(desk, rules, row, rows=rows[row.id], lapsed=lapsed, mails=mails[row.id])
        for row in invitations
    ]


_NEEDED = (InvitationRole.SPEAKER, InvitationRole.INTERPRETER)
"""Without them the talk does not take place: once they decline, somebody else has to be found."""


@dataclass(frozen=True, slots=True)
class _Mail:
    message_id: str
    recipient: str
    state: OutboxState
    dot_at: datetime | None
    created_at: datetime

    @property
    def left_at(self) -> datetime | None:
        """When the person may have got it: at the final dot.

        One without a dot was noted as arrived by a person; that was later than it came.
        """
        return self.dot_at or self.created_at if self.state in _OUT else None


def _in_reach(desk: Desk, rules: ReminderRules) -> ColumnElement[bool]:
    """Talks whose reminder may be due, and questions without an answer."""
    soon = desk.now + timedelta(days=rules.talk_days + 1)
    return or_(
        Talk.starts_at <= soon,
        and_(Invitation.state == InvitationState.OPEN, Talk.starts_at > desk.now),
    )


def _known(
    desk: Desk,
    rules: ReminderRules,
    invitation: Invitation,
    *,
    rows: Sequence[Reminder],
    lapsed: Collection[int],
    mails: Sequence[_Mail],
) -> Known:
    address = wire_or_typed(invitation.person.email)
    # What went to a former address counts only if nothing went to the present one, as after a no.
    mails = [mail for mail in mails if mail.recipient == address] or mails
    settled = [row for row in rows if row.id not in lapsed]
    asked = _asked(desk, invitation, settled, mails)
    told_at = max((mail.left_at for mail in mails if mail.left_at), default=None)
    waits = any(mail.state in WAITING_MAILS for mail in mails)
    # "In three days" without a word that nobody speaks would be no help.
    short = any(
        other.state is InvitationState.DECLINED and other.role in _NEEDED
        for other in invitation.talk.invitations
    )
    lost = invitation.undeliverable_at is not None or not post.reachable(desk, invitation.person)
    return Known(
        invitation=invitation,
        rows=rows,
        coming=coming(asked, rules, desk.settings.zone),
        waits=waits or short,
        told_at=told_at,
        unreachable=lost or not (told_at or waits),
    )


def _asked(
    desk: Desk, invitation: Invitation, settled: Sequence[Reminder], mails: Sequence[_Mail]
) -> Asked:
    starts_at = invitation.talk.starts_at
    question, start = str(invitation.sequence), occasion_of(starts_at)
    asking = [row for row in settled if _is_for(row, ReminderKind.ANSWER, question)]
    return Asked(
        starts_at=starts_at,
        sequence=invitation.sequence,
        asked_at=_asked_at(invitation, mails) if starts_at > desk.now else None,
        reminded_at=[max(row.created_at, row.due_at) for row in asking if not _went_elsewhere(row)],
        last_step=max((row.step for row in asking), default=0),
        announced=any(_is_for(row, ReminderKind.TALK, start) for row in settled),
    )


def _asked_at(invitation: Invitation, mails: Sequence[_Mail]) -> datetime | None:
    """When the question last left that has no answer yet. Guests may leave theirs open."""
    if invitation.state is not InvitationState.OPEN or invitation.role is InvitationRole.GUEST:
        return None
    local = invitation.uid.partition("@")[0]
    asking = f"<{local}.{invitation.sequence}."
    times = [mail.left_at for mail in mails if mail.left_at and mail.message_id.startswith(asking)]
    return max(times, default=None)


def _is_for(row: Reminder, kind: ReminderKind, occasion: str) -> bool:
    return row.kind is kind and row.occasion == occasion


def _went_elsewhere(row: Reminder) -> bool:
    """To an address that the person no longer has."""
    address = wire_or_typed(row.invitation.person.email)
    return row.outbox is not None and row.outbox.recipient != address


def _lapsed(session: Session, rows: Sequence[Reminder]) -> set[int]:
    """Those that told nobody anything, so that what is true then may still be said later.

    Their mail was taken back or did not leave before the night, or the person could not be reached.
    """
    queued = {
        row.outbox_id: row.id
        for row in rows
        if row.state is ReminderState.QUEUED
        and row.outbox_id is not None
        and row.outbox is not None
        and row.outbox.state in STAYED_MAILS
    }
    lapsed = {queued[number] for number in taken_back(session, list(queued))}
    return lapsed | {row.id for row in rows if is_unreached(row)}


def is_unreached(row: Reminder) -> bool:
    return row.state is ReminderState.SKIPPED and row.reason == Why.UNREACHABLE


def _names(row: Reminder | Coming) -> tuple[ReminderKind, int, str]:
    return row.kind, row.step, row.occasion
