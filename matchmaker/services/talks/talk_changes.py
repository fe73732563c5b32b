"""Changing what has been approved: calling off, moving, sending somebody else or in addition."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.i18n import N_
from matchmaker.models import Assignment, Invitation, Person, Talk, Venue
from matchmaker.models.states import (
    AssignmentRole,
    AssignmentState,
    InvitationRole,
    InvitationState,
    MeetingMode,
    RequestState,
    TalkState,
)
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Invalid, NotFound, NotPossible
from matchmaker.services.house import audit
from matchmaker.services.house.carrier import carrier
from matchmaker.services.inviting import invitations
from matchmaker.services.inviting.feeds import refresh_feeds
from matchmaker.services.inviting.wide_feeds import refresh_talks
from matchmaker.services.planning.decisions import use_up_pins
from matchmaker.services.talks.overlaps import refusing_overlaps
from matchmaker.services.talks.standing import held_for_change, require_times, set_place, set_times
from matchmaker.text import clean_line, clean_text

GIVE_REASON = N_("Please give a reason. Please do not name people in it.")
READY_OR_WITHDRAWN = N_("Please choose what becomes of the request.")
NOT_ASSIGNED = N_("This person is not assigned to this talk.")
CHOOSE_PERSON = N_("Please choose a person.")
NO_SUCH_PERSON = N_("There is no such person.")
NO_INTERPRETER = N_("This person is no interpreter.")
ALREADY_THERE = N_("This person takes part in this talk already.")
OVER = N_("This talk is over. Nobody can be sent to it any more.")
NO_SUCH_VENUE = N_("There is no such room.")
WHERE = N_("Please say where the talk takes place.")

AFTERWARDS = (RequestState.READY, RequestState.WITHDRAWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a talk takes place: in a known room, at an address, or online."""

    mode: MeetingMode = MeetingMode.ONSITE
    venue_id: int | None = None
    address: str = ""
    district_nr: str | None = None


def call_off(
    session: Session,
    desk: Desk,
    code: str,
    *,
    reason: str,
    request_becomes: RequestState | None = RequestState.READY,
    version: int | None = None,
) -> Talk:
    """Cancel a talk and everybody's invitation; the request waits again or is withdrawn.

    `request_becomes` is None where nothing was chosen that there is.

    Raises NotFound, Invalid (reason, request_becomes), Conflict, NotPossible.
    """
    reason = _given(reason)
    if request_becomes is None or request_becomes not in AFTERWARDS:
        raise Invalid({"request_becomes": READY_OR_WITHDRAWN})
    talk = held_for_change(session, code, version)
    talk.state, talk.cancel_reason, talk.cancelled_at = TalkState.CANCELLED, reason, desk.now
    for row in talk.assignments:
        if row.state is not AssignmentState.DECLINED:
            row.state = AssignmentState.CANCELLED
    session.flush()
    waits = talk.request is not None and request_becomes is RequestState.READY
    for invitation in talk.invitations:
        told = waits and invitation.role is InvitationRole.HOST
        hear_by = desk.today + timedelta(days=carrier(session).answer_days) if told else None
        invitations.cancel(session, desk, invitation, reason=reason, hear_by=hear_by)
    audit.record(
        session,
        desk,
        "talk.called_off",
        talk,
        before={"state": TalkState.CONFIRMED.value},
        after={"state": TalkState.CANCELLED.value},
        reason=reason,
    )
    if talk.request is not None:
        _set_request(session, desk, talk, request_becomes, reason)
        use_up_pins(session, desk, [talk.request])
    _refresh(session, desk, talk.invitations)
    return talk


def move(
    session: Session,
    desk: Desk,
    code: str,
    *,
    start: datetime,
    minutes: int,
    place: Place | None = None,
    reason: str = "",
    version: int | None = None,
) -> Talk:
    """Give a talk another time (wall clock), length or place and tell everybody.

    Whoever said no is asked again. `reason` stands in the mails. Raises NotFound, Invalid (day,
    starts, minutes, address, venue_id), Conflict (somebody is elsewhere then, or a stale
    version), NotPossible.
    """
    reason = clean_text(reason)
    length = timedelta(minutes=minutes)
    require_times(start, length, desk.now_local)
    talk = held_for_change(session, code, version)
    before = _when_and_where(talk)
    team = [row for row in talk.assignments if row.state is not AssignmentState.CANCELLED]
    with refusing_overlaps(session, team):
        set_times(talk, start, length, desk.settings.timezone)
        if place is not None:
            put(session, talk, place)
        for row in team:
            row.starts_at, row.ends_at = talk.starts_at, talk.ends_at
            if row.state is AssignmentState.DECLINED and before != _when_and_where(talk):
                row.state = AssignmentState.APPROVED
    for invitation in talk.invitations:
        invitations.update(session, desk, invitation, reason=reason)
    after = _when_and_where(talk)
    audit.record(session, desk, "talk.moved", talk, before=before, after=after, reason=reason)
    _refresh(session, desk, talk.invitations)
    return talk


def replace_person(
    session: Session,
    desk: Desk,
    code: str,
    *,
    leaving: str,
    coming: str,
    version: int | None = None,
) -> Talk:
    """Send somebody else: one invitation ends, another begins, all others are told.

    `leaving` and `coming` are the people's codes. Raises NotFound, Invalid (coming), Conflict,
    NotPossible.
    """
    talk = held_for_change(session, code, version)
    if talk.starts_at <= desk.now:
        raise NotPossible(OVER)
    old = _assignment(talk, leaving)
    person = _newcomer(session, talk, coming)
    # Also after a "No": the answer stays in the log, and moving the talk asks nobody who is out.
    old.state = AssignmentState.CANCELLED
    new = _assign(session, talk, person, old.role)
    ended = _invitation(talk, old)
    if ended is not None:
        invitations.cancel(session, desk, ended, only_you=True)
    _invite(session, desk, talk, new)
    audit.record(
        session,
        desk,
        "talk.person_replaced",
        talk,
        before={"person": leaving},
        after={"person": coming, "role": old.role.value},
    )
    _refresh(session, desk, talk.invitations)
    return talk


def add_interpreter(
    session: Session, desk: Desk, code: str, *, coming: str, version: int | None = None
) -> Talk:
    """Invite one more interpreter (by code) to a talk; all others are told.

    Raises NotFound, Invalid (coming), Conflict, NotPossible.
    """
    talk = held_for_change(session, code, version)
    if talk.starts_at <= desk.now:
        raise NotPossible(OVER)
    person = _newcomer(session, talk, coming)
    if person.profile is None or person.profile.kind != AssignmentRole.INTERPRETER.value:
        raise Invalid({"coming": NO_INTERPRETER})
    _invite(session, desk, talk, _assign(session, talk, person, AssignmentRole.INTERPRETER))
    audit.record(session, desk, "talk.interpreter_added", talk, after={"person": coming})
    _refresh(session, desk, talk.invitations)
    return talk


def remove_interpreter(
    session: Session, desk: Desk, code: str, *, leaving: str, version: int | None = None
) -> Talk:
    """Do without an interpreter (by code): the invitation ends, all others are told.

    Raises NotFound, Conflict, NotPossible.
    """
    talk = held_for_change(session, code, version)
    if talk.starts_at <= desk.now:
        raise NotPossible(OVER)
    old = _assignment(talk, leaving)
    if old.role is not AssignmentRole.INTERPRETER:
        raise NotFound(NOT_ASSIGNED)
    old.state = AssignmentState.CANCELLED
    ended = _invitation(talk, old)
    if ended is not None:
        invitations.cancel(session, desk, ended, only_you=True)
    for invitation in talk.invitations:
        invitations.update(session, desk, invitation)
    audit.record(session, desk, "talk.interpreter_removed", talk, before={"person": leaving})
    _refresh(session, desk, talk.invitations)
    return talk


def _given(reason: str) -> str:
    cleaned = clean_text(reason)
    if not cleaned:
        raise Invalid({"reason": GIVE_REASON})
    return cleaned


def put(session: Session, talk: Talk, place: Place) -> None:
    """Set the place; raises Invalid (venue_id, address)."""
    venue = session.get(Venue, place.venue_id) if place.venue_id else None
    if place.venue_id and (venue is None or venue.organisation_id != talk.organisation_id):
        raise Invalid({"venue_id": NO_SUCH_VENUE})
    address = clean_line(place.address) if venue is None else ""
    if place.mode is not MeetingMode.ONLINE and venue is None and not address:
        raise Invalid({"address": WHERE})
    district = place.district_nr or (venue.district_nr if venue else None)
    district = district or talk.district_nr or talk.organisation.district_nr
    set_place(talk, place.mode, venue=venue, address=address, district_nr=district)


def _when_and_where(talk: Talk) -> dict[str, Any]:
    return {
        "starts": talk.starts_local,
        "ends": talk.ends_local,
        "mode": talk.mode.value,
        "location": talk.location,
    }


def _assignment(talk: Talk, code: str) -> Assignment:
    for row in talk.assignments:
        if row.person.code == code and row.state is not AssignmentState.CANCELLED:
            return row
    raise NotFound(NOT_ASSIGNED)


def _person(session: Session, code: str) -> Person:
    if not code:
        raise Invalid({"coming": CHOOSE_PERSON})
    person = session.scalars(select(Person).where(Person.code == code)).one_or_none()
    if person is None or not person.active:
        raise Invalid({"coming": NO_SUCH_PERSON})
    return person


def _newcomer(session: Session, talk: Talk, code: str) -> Person:
    person = _person(session, code)
    if any(
        row.person_id == person.id and row.state is not AssignmentState.CANCELLED
        for row in talk.assignments
    ):
        raise Invalid({"coming": ALREADY_THERE})
    return person


def _assign(session: Session, talk: Talk, person: Person, role: AssignmentRole) -> Assignment:
    """A row for the person; one from an earlier turn is taken up again."""
    known = next((row for row in talk.assignments if row.person_id == person.id), None)
    row = known or Assignment(
        person_id=person.id, role=role, starts_at=talk.starts_at, ends_at=talk.ends_at
    )
    with refusing_overlaps(session, [row]):
        row.role, row.state = role, AssignmentState.APPROVED
        row.starts_at, row.ends_at = talk.starts_at, talk.ends_at
        if known is None:
            talk.assignments.append(row)
    return row


def _invite(session: Session, desk: Desk, talk: Talk, new: Assignment) -> None:
    """Invite who is new in the team and tell everybody else who is invited."""
    others = [row for row in talk.invitations if row.state is not InvitationState.CANCELLED]
    role = InvitationRole(new.role.value)
    invitations.invite(session, desk, talk, new.person, role, assignment=new)
    for invitation in others:
        invitations.update(session, desk, invitation)


def _invitation(talk: Talk, assignment: Assignment) -> Invitation | None:
    """The person's living invitation to the talk."""
    for row in talk.invitations:
        if row.person_id == assignment.person_id and row.state is not InvitationState.CANCELLED:
            return row
    return None


def _set_request(
    session: Session, desk: Desk, talk: Talk, state: RequestState, reason: str
) -> None:
    request = talk.request
    if request is None or request.state is not RequestState.SCHEDULED:
        return
    request.state, request.state_reason = state, reason
    action = "request.reopened" if state is RequestState.READY else "request.withdrawn"
    audit.record(
        session,
        desk,
        action,
        request,
        before={"state": RequestState.SCHEDULED.value, "talk": talk.code},
        after={"state": state.value},
        reason=reason,
    )


def _refresh(session: Session, desk: Desk, rows: Iterable[Invitation]) -> None:
    refresh_feeds(session, desk, sorted({row.person_id for row in rows}))
    refresh_talks(session, desk, {row.talk_id for row in rows})
