"""Invitations: one person, one talk, one UID – invited once, kept up to date, called off once.

None of these functions refreshes feeds: the caller does it once for everybody concerned, after
its last change (`feeds.refresh_feeds`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy import update as sql_update
from sqlalchemy.orm import Session
from ulid import ULID

from matchmaker.calendars.event import CalendarEvent, PartStat, Status, from_snapshot, to_snapshot
from matchmaker.calendars.revision import Change, Revision, decide
from matchmaker.models import AccessToken, Assignment, Invitation, OutboxMessage, Person, Talk
from matchmaker.models.states import (
    AssignmentState,
    InvitationRole,
    InvitationState,
    OutboxState,
    TokenPurpose,
)
from matchmaker.services.desk import Desk
from matchmaker.services.house import audit, tokens
from matchmaker.services.inviting import invitation_mails
from matchmaker.services.inviting.invitation_mails import Letter
from matchmaker.services.sending import outbox
from matchmaker.services.talks.talk_facts import from_json, talk_facts, to_json

LINK_LIVES_ON = timedelta(days=14)
"""How long after the talk its answer links still work."""

_PARTSTAT = {
    InvitationState.OPEN: PartStat.NEEDS_ACTION,
    InvitationState.ACCEPTED: PartStat.ACCEPTED,
    InvitationState.TENTATIVE: PartStat.TENTATIVE,
    InvitationState.DECLINED: PartStat.DECLINED,
    InvitationState.CANCELLED: PartStat.NEEDS_ACTION,
}
_MAY_HAVE_LEFT = (OutboxState.SENT, OutboxState.SENDING, OutboxState.UNCERTAIN)


def invite(
    session: Session,
    desk: Desk,
    talk: Talk,
    person: Person,
    role: InvitationRole,
    *,
    assignment: Assignment | None = None,
) -> Invitation:
    """Invite somebody under a UID of their own and queue the mail.

    Whoever cannot be reached by mail is invited without one: their feed shows the talk.
    """
    stamp = desk.now.replace(microsecond=0)
    invitation = Invitation(
        talk=talk,
        person=person,
        assignment=assignment,
        role=role,
        uid=f"inv-{ULID.from_datetime(desk.now)}@{desk.settings.uid_host}".lower(),
        sequence=0,
        state=InvitationState.OPEN,
        stamp=stamp,
        created_at=stamp,
    )
    session.add(invitation)
    facts = talk_facts(talk, person.locale)
    event = invitation_mails.event(session, desk, invitation, facts)
    invitation.snapshot, invitation.told = to_snapshot(event), to_json(facts)
    session.flush()
    # Nothing of what follows asks for the rows that it adds; one flush a person is enough.
    with session.no_autoflush:
        letter = Letter(invitation, event, facts, _issue(session, desk, invitation))
        invitation_mails.invited(session, desk, letter)
    return invitation


def update(session: Session, desk: Desk, invitation: Invitation, *, reason: str = "") -> Revision:
    """Bring an invitation up to what its talk is now; the revision says what that meant.

    Time and place ask the person again under a raised SEQUENCE, other changes keep the answer.
    Nothing is queued if nothing visible has changed or the talk is over, and nothing small for
    people who have declined.
    """
    last = _last(invitation)
    facts = talk_facts(invitation.talk, invitation.person.locale)
    fresh = invitation_mails.event(session, desk, invitation, facts)
    fresh = replace(fresh, organizer_email=last.organizer_email)
    if invitation.state is InvitationState.CANCELLED:
        return Revision(Change.NONE, invitation.sequence, last.partstat)
    revision = decide(last, fresh, desk.now)
    gone = invitation.state is InvitationState.DECLINED and revision.kind is Change.MINOR
    if gone or revision.kind is Change.NONE:
        return Revision(Change.NONE, invitation.sequence, last.partstat)
    before = from_json(invitation.told, facts, last)
    event = _revise(session, desk, invitation, fresh, revision)
    invitation.told = to_json(facts)
    _lengthen(session, invitation)
    letter = Letter(invitation, event, facts, _issue(session, desk, invitation))
    asks_again = revision.kind is Change.MAJOR
    if asks_again:
        _ask_again(invitation)
    if _has_left(session, invitation, or_drop=(OutboxState.QUEUED, OutboxState.DEAD)):
        outbox.drop_unsent(session, invitation.uid, OutboxState.DEAD, OutboxState.UNCERTAIN)
        invitation_mails.changed(
            session, desk, letter, before, asks_again=asks_again, reason=reason
        )
    else:
        invitation_mails.invited(session, desk, letter)
    return revision


def cancel(
    session: Session,
    desk: Desk,
    invitation: Invitation,
    *,
    reason: str = "",
    only_you: bool = False,
    hear_by: date | None = None,
) -> bool:
    """End an invitation for good; whether a mail says so.

    There is none if the invitation itself was never sent (then that one is dropped as well) and
    none about talks that are over. `only_you`: the talk takes place with somebody else.
    """
    if invitation.state is InvitationState.CANCELLED:
        return False
    last = _last(invitation)
    revision = Revision(Change.MAJOR, invitation.sequence + 1, last.partstat)
    called_off = replace(last, status=Status.CANCELLED, attendee_email=invitation.person.email)
    event = _revise(session, desk, invitation, called_off, revision)
    invitation.state = InvitationState.CANCELLED
    tokens.revoke(session, desk, TokenPurpose.ANSWER, invitation.id)
    outbox.drop_unsent(session, invitation.uid, OutboxState.QUEUED, OutboxState.DEAD)
    was_out = _has_left(session, invitation)
    outbox.drop_unsent(session, invitation.uid, OutboxState.UNCERTAIN)
    if not was_out or last.end_utc <= desk.now:
        return False
    now = talk_facts(invitation.talk, invitation.person.locale)
    letter = Letter(invitation, event, from_json(invitation.told, now, last))
    return invitation_mails.cancelled(
        session, desk, letter, reason=reason, only_you=only_you, hear_by=hear_by
    )


def _last(invitation: Invitation) -> CalendarEvent:
    """The entry as it was last sent, with the answer given since."""
    return replace(from_snapshot(invitation.snapshot), partstat=_PARTSTAT[invitation.state])


def _revise(
    session: Session,
    desk: Desk,
    invitation: Invitation,
    event: CalendarEvent,
    revision: Revision,
) -> CalendarEvent:
    """Put the next revision on record; its stamp is later than that of the one before."""
    before = {"sequence": invitation.sequence, **_date_and_place(invitation.snapshot)}
    stamp = max(desk.now.replace(microsecond=0), invitation.stamp + timedelta(seconds=1))
    revised = replace(
        event,
        sequence=revision.sequence,
        partstat=revision.partstat,
        stamp=stamp,
        last_modified=stamp,
        created=invitation.created_at,
    )
    invitation.sequence, invitation.stamp = revision.sequence, stamp
    invitation.snapshot = to_snapshot(revised)
    audit.record(
        session,
        desk,
        "invitation.cancelled" if event.status is Status.CANCELLED else "invitation.updated",
        invitation,
        before=before,
        after={
            "sequence": revision.sequence,
            "changed": list(revision.reasons),
            **_date_and_place(invitation.snapshot),
        },
    )
    return revised


def _date_and_place(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """What older mails said; the answer page shows it beside what is true now."""
    return {name: snapshot.get(name, "") for name in ("start", "end", "location")}


def _ask_again(invitation: Invitation) -> None:
    invitation.state = InvitationState.OPEN
    if invitation.assignment is not None:
        invitation.assignment.state = AssignmentState.APPROVED


def _issue(session: Session, desk: Desk, invitation: Invitation) -> str:
    """A new answer token, beside those in earlier mails."""
    expires_at = invitation.talk.ends_at + LINK_LIVES_ON
    return tokens.issue(session, desk, TokenPurpose.ANSWER, invitation.id, expires_at=expires_at)


def _lengthen(session: Session, invitation: Invitation) -> None:
    """The links in earlier mails live as long as the talk as it is now."""
    session.execute(
        sql_update(AccessToken)
        .where(AccessToken.purpose == TokenPurpose.ANSWER, AccessToken.subject_id == invitation.id)
        .values(expires_at=invitation.talk.ends_at + LINK_LIVES_ON)
        .execution_options(synchronize_session=False)
    )


def _has_left(
    session: Session, invitation: Invitation, *, or_drop: tuple[OutboxState, ...] = ()
) -> bool:
    """Whether the person may have a mail of this invitation; if not, `or_drop` is taken back.

    Asked again after dropping: a worker may have taken the mail in between.
    """
    out = select(OutboxMessage.id).where(
        OutboxMessage.order_key == invitation.uid, OutboxMessage.state.in_(_MAY_HAVE_LEFT)
    )
    if session.scalars(out.limit(1)).first() is not None:
        return True
    if not or_drop or not outbox.drop_unsent(session, invitation.uid, *or_drop):
        return False
    return session.scalars(out.limit(1)).first() is not None
