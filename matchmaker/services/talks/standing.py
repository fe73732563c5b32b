"""Talks that stand in the calendar: finding them, and what may still be done with them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.calendars.event import instant
from matchmaker.i18n import N_
from matchmaker.models import (
    Assignment,
    Invitation,
    Organisation,
    Person,
    Profile,
    Request,
    RequestTopic,
    Talk,
    Venue,
)
from matchmaker.models.states import MeetingMode, TalkState
from matchmaker.services.errors import Conflict, Invalid, NotFound, NotPossible
from matchmaker.services.house.codes import next_code
from matchmaker.services.sending.overtaking import lock

NO_SUCH_TALK = N_("There is no such talk.")
STALE = N_("This talk has been changed in the meantime. Please look at it again.")
CALLED_OFF = N_("This talk has been called off already.")
HELD = N_("This talk has been held already.")
NOT_YET = N_("This talk has not begun yet.")
GIVE_DAY = N_("Please choose a day that is still to come.")
GIVE_LENGTH = N_("Please give a length between 15 minutes and 12 hours.")
NOT_OVERNIGHT = N_("A talk ends on the day on which it begins. Please choose an earlier start.")

SHORTEST, LONGEST = timedelta(minutes=15), timedelta(hours=12)
LONGEST_LOCATION = 320
MOST_ATTEMPTS = 20


def find_talk(session: Session, code: str) -> Talk:
    """The talk with everything that its page and its mails need. Raises NotFound."""
    person = selectinload(Talk.assignments).joinedload(Assignment.person)
    talk = session.scalars(
        select(Talk)
        .where(Talk.code == code)
        .options(
            joinedload(Talk.organisation).selectinload(Organisation.people),
            joinedload(Talk.request).joinedload(Request.contact),
            joinedload(Talk.request).selectinload(Request.topics).joinedload(RequestTopic.topic),
            person.joinedload(Person.organisation),
            person.joinedload(Person.profile).selectinload(Profile.topics),
            selectinload(Talk.invitations).joinedload(Invitation.person),
        )
    ).one_or_none()
    if talk is None:
        raise NotFound(NO_SUCH_TALK)
    return talk


def held_for_change(session: Session, code: str, version: int | None) -> Talk:
    """As `held_fast`, for a talk that stands; raises NotPossible if it is over or called off."""
    talk = held_fast(session, code, version)
    require_standing(talk)
    return talk


def held_fast(session: Session, code: str, version: int | None) -> Talk:
    """The talk, which nobody else changes until the transaction ends.

    Raises NotFound, and Conflict if it is not at `version` any more.
    """
    session.execute(select(Talk.id).where(Talk.code == code).with_for_update()).all()
    invited = select(Invitation.uid).join(Talk).where(Talk.code == code)
    lock(session, session.scalars(invited).all())
    talk = find_talk(session, code)
    session.refresh(talk, ["version", "state", "starts_at", "ends_at"])
    if version is not None and version != talk.version:
        raise Conflict(STALE)
    return talk


def require_standing(talk: Talk) -> None:
    if talk.state is TalkState.CANCELLED:
        raise NotPossible(CALLED_OFF)
    if talk.state is TalkState.DONE:
        raise NotPossible(HELD)


def add_numbered(session: Session, talks: Sequence[Talk]) -> None:
    """Write new talks under the next free codes (T001, T002 …).

    Of two transactions that choose the same code, one waits for the other and takes the next.
    """
    for attempt in count(1):
        first = int(next_code(session, Talk.code, "T", 3)[1:])
        for number, talk in enumerate(talks, first):
            talk.code = f"T{number:03d}"
        try:
            with session.begin_nested():
                session.add_all(talks)
                session.flush()
        except IntegrityError:
            if attempt == MOST_ATTEMPTS:
                raise
        else:
            return


def set_times(talk: Talk, start: datetime, length: timedelta, timezone: str) -> None:
    """Write the agreed wall-clock time and the instants that follow from it."""
    end = start + length
    talk.starts_local, talk.ends_local = f"{start:%Y-%m-%dT%H:%M}", f"{end:%Y-%m-%dT%H:%M}"
    talk.timezone = timezone
    talk.starts_at, talk.ends_at = instant(start, timezone), instant(end, timezone)


def set_place(
    talk: Talk, mode: MeetingMode, *, venue: Venue | None, address: str, district_nr: str | None
) -> None:
    """Write where a talk takes place: online, in a known room, or at an address.

    The `address` is that of a room that has none of its own, too.
    """
    talk.mode = mode
    if mode is MeetingMode.ONLINE:
        talk.venue_id, talk.district_nr, talk.location = None, None, ""
        return
    if venue is not None:
        address = ", ".join(filter(None, (venue.name, venue.address or address)))
    talk.venue_id = venue.id if venue else None
    talk.district_nr = district_nr
    talk.location = address[:LONGEST_LOCATION]


def require_times(start: datetime, length: timedelta, now_local: datetime) -> None:
    """Raises Invalid for a start in the past or a length that cannot be meant."""
    faults = {}
    if start <= now_local:
        faults["day"] = GIVE_DAY
    if not SHORTEST <= length <= LONGEST:
        faults["minutes"] = GIVE_LENGTH
    elif (start + length - timedelta(minutes=1)).date() != start.date():
        faults["starts"] = NOT_OVERNIGHT
    if faults:
        raise Invalid(faults)
