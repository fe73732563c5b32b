"""What the worker does about reminders once a minute."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import Invitation, Reminder
from matchmaker.models.states import ReminderKind, ReminderState
from matchmaker.services.desk import Desk
from matchmaker.services.reminding import letters
from matchmaker.services.reminding.moments import is_night, local_day
from matchmaker.services.reminding.reading import Known, is_unreached, known
from matchmaker.services.reminding.rules import reminder_rules
from matchmaker.services.reminding.schedule import Coming, Why


def due(session: Session, desk: Desk) -> list[int]:
    """The invitations for which something has to be done now. At night there are none."""
    if is_night(desk.now, desk.settings.zone):
        return []
    found = known(session, desk, reminder_rules(session))
    return [row.invitation.id for row in found if _now(desk, row)]


def settle(session: Session, desk: Desk, invitation_id: int) -> int:
    """Queue or skip what is due for one invitation; how many mails were queued.

    Whoever comes second, or after the talk has been moved, waits here and sees what is true then.
    """
    session.execute(select(Invitation.id).where(Invitation.id == invitation_id).with_for_update())
    queued = 0
    for row in known(session, desk, reminder_rules(session), ids=[invitation_id]):
        for reminder in _now(desk, row):
            queued += _settle(session, desk, row, reminder)
    session.flush()
    return queued


def _now(desk: Desk, row: Known) -> list[Coming]:
    """What to settle now: nothing of use while a mail that invites or tells of a change waits."""
    ripe = [coming for coming in row.coming if coming.is_due(desk.now, desk.settings.zone)]
    return [
        coming
        for coming in ripe
        if (not row.waits or coming.is_late(desk.now)) and not _stays_unreached(desk, row, coming)
    ]


def _stays_unreached(desk: Desk, row: Known, due: Coming) -> bool:
    """Whether it is written down that the person was not reached, and that cannot be mended."""
    written = row.row_of(due)
    if written is None or not is_unreached(written):
        return False
    return _reason(desk, row, due) in {Why.UNREACHABLE, Why.LATE}


def _settle(session: Session, desk: Desk, row: Known, due: Coming) -> int:
    reason = _reason(desk, row, due)
    written = row.row_of(due)
    if written is None:
        written = Reminder(
            invitation=row.invitation,
            kind=due.kind,
            step=due.step,
            occasion=due.occasion,
        )
        session.add(written)
    written.due_at, written.created_at = due.due_at, desk.now
    written.state = ReminderState.SKIPPED if reason else ReminderState.QUEUED
    written.reason = reason or ""
    if reason:
        return 0
    written.outbox = letters.queue(session, desk, row.invitation, due, instead_of=written.outbox_id)
    return 1


def _reason(desk: Desk, row: Known, due: Coming) -> Why | None:
    """Why the person is not reminded, None if they are."""
    if row.unreachable:
        return Why.UNREACHABLE
    if due.kind is ReminderKind.TALK and _just_told(desk, row, due):
        return Why.JUST_TOLD
    return Why.LATE if due.is_late(desk.now) else None


def _just_told(desk: Desk, row: Known, due: Coming) -> bool:
    """When a mail was written says nothing: it may have waited for days."""
    zone = desk.settings.zone
    return row.told_at is not None and local_day(row.told_at, zone) >= local_day(due.due_at, zone)
