"""Invitations: one person, one talk, one UID – invited once, kept up to date, called off once.

None of these functions refreshes feeds: the caller does it once for everybody concerned, after
its last change (`feeds.refresh_feeds`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.calendars.event import CalendarEvent, PartStat, Status, from_snapshot, to_snapshot
from matchmaker.calendars.revision import Change, Revision, decide
from matchmaker.i18n import N_
from matchmaker.mail.address import wire_or_typed
from matchmaker.mail.facts import TalkFacts
from matchmaker.models import Assignment, Invitation, OutboxMessage, Person, Talk
from matchmaker.models.states import (
    STUCK_MAILS,
    UNFINISHED_MAILS,
    AssignmentState,
    InvitationRole,
    InvitationState,
    OutboxState,
    TokenPurpose,
)
from matchmaker.services.desk import Desk
from matchmaker.services.errors import NotPossible
from matchmaker.services.house import audit, tokens, uids
from matchmaker.services.house.carrier import Carrier, carrier
from matchmaker.services.inviting import calendar_way, invitation_mails, overtaken
from matchmaker.services.inviting.invitation_mails import Letter
from matchmaker.services.inviting.talk_facts import from_json, talk_facts, to_json
from matchmaker.services.sending import outbox, post
from matchmaker.services.sending.overtaking import MAY_HAVE_LEFT, lock

HAS_ENDED = N_("This invitation was declined or has ended. It is not sent again.")
HAS_BEGUN = N_("This talk has begun already. Invitations to it are not sent again.")
ON_ITS_WAY = N_("A mail about this invitation waits to be sent. It is not sent twice.")
DECIDE_FIRST = N_(
    "A mail about this invitation could not be delivered. Please decide about it under Post first."
)

_PARTSTAT = {
    InvitationState.OPEN: PartStat.NEEDS_ACTION,
    InvitationState.ACCEPTED: PartStat.ACCEPTED,
    InvitationState.TENTATIVE: PartStat.TENTATIVE,
    InvitationState.DECLINED: PartStat.DECLINED,
    InvitationState.CANCELLED: PartStat.NEEDS_ACTION,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Somebody's place at a talk, to which nobody is invited yet."""

    talk: Talk
    person: Person
    role: InvitationRole
    assignment: Assignment | None = None


def invite(
    session: Session,
    desk: Desk,
    talk: Talk,
    person: Person,
    role: InvitationRole,
    *,
    assignment: Assignment | None = None,
) -> Invitation:
    """Invite one person, as `invite_all` does."""
    place = Place(talk=talk, person=person, role=role, assignment=assignment)
    (made,) = invite_all(session, desk, [place])
    return made


def invite_all(session: Session, desk: Desk, places: Iterable[Place]) -> list[Invitation]:
    """Invite everybody under UIDs of their own and queue the mails.

    Whoever cannot be reached by mail is invited without one: their feed shows the talk. The number
    of statements does not grow with the number of people.
    """
    whose, places = carrier(session), list(places)
    subscribers = calendar_way.subscribers(session, (place.person for place in places))
    known: dict[tuple[Talk, str], TalkFacts] = {}
    letters = []
    with session.no_autoflush:
        for place in places:
            locale = place.person.locale
            if (place.talk, locale) not in known:
                known[place.talk, locale] = talk_facts(place.talk, locale)
            letter = _first_letter(desk, whose, place, known[place.talk, locale])
            by_mail = place.person.id not in subscribers
            invitation_mails.note_first(desk, letter.invitation, has_calendar=by_mail)
            letters.append(letter)
        session.add_all(letter.invitation for letter in letters)
        session.flush()
        for letter in letters:
            signed = replace(letter, token=_issue(session, desk, letter.invitation))
            invitation_mails.invited(session, desk, whose, signed, is_new=True)
    session.flush()
    return [letter.invitation for letter in letters]


def _first_letter(desk: Desk, whose: Carrier, place: Place, facts: TalkFacts) -> Letter:
    stamp = desk.now.replace(microsecond=0)
    invitation = Invitation(
        talk=place.talk,
        person=place.person,
        assignment=place.assignment,
        role=place.role,
        uid=uids.invitation_uid(desk),
        sequence=0,
        state=InvitationState.OPEN,
        stamp=stamp,
        created_at=stamp,
    )
    event = invitation_mails.event(desk, whose, invitation, facts)
    invitation.snapshot, invitation.told = to_snapshot(event), to_json(facts)
    return Letter(invitation, event, facts)


def update(session: Session, desk: Desk, invitation: Invitation, *, reason: str = "") -> Revision:
    """Bring an invitation up to what its talk is now; the revision says what that meant.

    Time and place ask the person again under a raised SEQUENCE, other changes keep the answer.
    Nothing is queued if nothing visible has changed or the talk is over, and nothing small for
    people who have declined.
    """
    last = _last(invitation)
    facts = talk_facts(invitation.talk, invitation.person.locale)
    whose = carrier(session)
    fresh = invitation_mails.event(desk, whose, invitation, facts)
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
    letter = Letter(invitation, event, facts, _issue(session, desk, invitation))
    asks_again = revision.kind is Change.MAJOR
    if asks_again:
        _ask_again(invitation)
        overtaken.by_change(session, invitation)
    if _has_left(session, invitation, or_drop=(OutboxState.QUEUED, OutboxState.DEAD)):
        outbox.drop_unsent(session, invitation.uid, OutboxState.DEAD, OutboxState.UNCERTAIN)
        invitation_mails.changed(
            session, desk, whose, letter, before, asks_again=asks_again, reason=reason
        )
    else:
        invitation_mails.invited(session, desk, whose, letter)
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

    There is none if the invitation itself was never sent (then that one is dropped as well),
    none about talks that are over, and none for people who said no, unless an entry may still
    stand in their calendar: from a subscription it went with the answer. If it is just being
    sent, the cancellation waits for what becomes of that (`sending.overtaking`).
    `only_you`: the talk takes place with somebody else.
    """
    if invitation.state is InvitationState.CANCELLED:
        return False
    lock(session, [invitation.uid])
    last = _last(invitation)
    knows = invitation.state is InvitationState.DECLINED and not invitation.has_calendar
    revision = Revision(Change.MAJOR, invitation.sequence + 1, last.partstat)
    address = wire_or_typed(invitation.person.email)
    called_off = replace(last, status=Status.CANCELLED, attendee_email=address)
    event = _revise(session, desk, invitation, called_off, revision)
    invitation.state = InvitationState.CANCELLED
    tokens.revoke(session, desk, TokenPurpose.ANSWER, invitation.id)
    outbox.drop_unsent(session, invitation.uid, OutboxState.QUEUED, OutboxState.DEAD)
    was_out = _has_left(session, invitation)
    outbox.drop_unsent(session, invitation.uid, OutboxState.UNCERTAIN)
    if not was_out or knows or last.end_utc <= desk.now:
        return False
    now = talk_facts(invitation.talk, invitation.person.locale)
    letter = Letter(invitation, event, from_json(invitation.told, now, last))
    return invitation_mails.cancelled(
        session,
        desk,
        carrier(session),
        letter,
        reason=reason,
        only_you=only_you,
        hear_by=hear_by,
    )


def readdress(session: Session, desk: Desk, person: Person) -> int:
    """Invite somebody with another address once more, there; to how many talks.

    UID and answer stay. Mails that still wait for the old address are dropped and its answer
    links end: whoever reads there may be a stranger. Whoever said no is left alone.
    """
    whose, found = carrier(session), living(session, desk, person)
    lock(session, [invitation.uid for invitation in found])
    for invitation in found:
        last = _last(invitation)
        facts = talk_facts(invitation.talk, person.locale)
        address = wire_or_typed(person.email)
        fresh = replace(last, attendee_email=address, attendee_name=person.name)
        same = Revision(Change.MINOR, invitation.sequence, last.partstat, ("address",))
        event = _revise(session, desk, invitation, fresh, same)
        outbox.drop_unsent(
            session, invitation.uid, OutboxState.QUEUED, OutboxState.DEAD, OutboxState.UNCERTAIN
        )
        tokens.revoke(session, desk, TokenPurpose.ANSWER, invitation.id)
        letter = Letter(invitation, event, facts, _issue(session, desk, invitation))
        invitation_mails.invited(session, desk, whose, letter)
    return len(found)


def living(session: Session, desk: Desk, person: Person) -> Sequence[Invitation]:
    """Those to talks ahead to which the person may still come."""
    return session.scalars(
        select(Invitation)
        .join(Invitation.talk)
        .where(
            Invitation.person_id == person.id,
            Invitation.state.not_in((InvitationState.CANCELLED, InvitationState.DECLINED)),
            Talk.ends_at > desk.now,
        )
        .order_by(Talk.starts_at, Invitation.id)
    ).all()


def send_again(session: Session, desk: Desk, invitation: Invitation) -> None:
    """Send a living invitation once more, as it stands: no new revision, the answer stays.

    Raises NotPossible if it has ended or was declined, if the talk has begun, if the person
    cannot be reached by mail, and while another mail of this invitation waits.
    """
    _require_sendable(session, desk, invitation)
    last = _last(invitation)
    facts = from_json(invitation.told, talk_facts(invitation.talk, invitation.person.locale), last)
    letter = Letter(invitation, last, facts, _issue(session, desk, invitation))
    with_calendar = invitation_mails.again(session, desk, carrier(session), letter)
    audit.record(
        session,
        desk,
        "invitation.sent_again",
        invitation,
        after={"sequence": invitation.sequence, "with_calendar": with_calendar},
    )


def may_go_again(invitation: Invitation, now: datetime) -> bool:
    """Whether it lives and its talk is still to come."""
    ended = invitation.state in {InvitationState.CANCELLED, InvitationState.DECLINED}
    return not ended and invitation.talk.starts_at > now


def _require_sendable(session: Session, desk: Desk, invitation: Invitation) -> None:
    if invitation.state in {InvitationState.CANCELLED, InvitationState.DECLINED}:
        raise NotPossible(HAS_ENDED)
    if invitation.talk.starts_at <= desk.now:
        raise NotPossible(HAS_BEGUN)
    if not post.reachable(desk, invitation.person):
        raise NotPossible(post.NO_ADDRESS)
    lock(session, [invitation.uid])
    unfinished = select(OutboxMessage.state).where(
        OutboxMessage.order_key == invitation.uid, OutboxMessage.state.in_(UNFINISHED_MAILS)
    )
    states = set(session.scalars(unfinished))
    if states.intersection(STUCK_MAILS):
        raise NotPossible(DECIDE_FIRST)
    if states:
        raise NotPossible(ON_ITS_WAY)


def _last(invitation: Invitation) -> CalendarEvent:
    """The entry as it was last sent, with the answer given since.

    Older versions kept the address as it was typed.
    """
    sent = from_snapshot(invitation.snapshot)
    return replace(
        sent,
        attendee_email=wire_or_typed(sent.attendee_email),
        partstat=_PARTSTAT[invitation.state],
    )


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
    """A new answer token, beside those in earlier mails; `answer_links` knows when they end."""
    return tokens.issue(session, desk, TokenPurpose.ANSWER, invitation.id)


def _has_left(
    session: Session, invitation: Invitation, *, or_drop: tuple[OutboxState, ...] = ()
) -> bool:
    """Whether the person may have a mail of this invitation; if not, `or_drop` is taken back.

    Asked again after dropping: a worker may have taken the mail in between.
    """
    out = select(OutboxMessage.id).where(
        OutboxMessage.order_key == invitation.uid, OutboxMessage.state.in_(MAY_HAVE_LEFT)
    )
    if session.scalars(out.limit(1)).first() is not None:
        return True
    if not or_drop or not outbox.drop_unsent(session, invitation.uid, *or_drop):
        return False
    return session.scalars(out.limit(1)).first() is not None
