"""Workshops, advice and coaching: dated by hand, with invitations as for every talk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.i18n import N_
from matchmaker.models import Assignment, Language, Organisation, Person, Talk
from matchmaker.models.states import (
    AssignmentRole,
    AssignmentState,
    Format,
    InvitationRole,
    MeetingMode,
    TalkState,
)
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Invalid
from matchmaker.services.house import audit, uids
from matchmaker.services.inviting import invitations
from matchmaker.services.inviting.feeds import refresh_feeds
from matchmaker.services.inviting.talk_facts import host_of
from matchmaker.services.talks.overlaps import refusing_overlaps
from matchmaker.services.talks.standing import GIVE_DAY, add_numbered, require_times, set_times
from matchmaker.services.talks.talk_changes import WHERE, Place, put
from matchmaker.text import clean_line

BY_HAND = (Format.WORKSHOP, Format.ADVICE, Format.COACHING)
LONGEST_TITLE = 200

CHOOSE_FORMAT = N_("Please choose workshop, advice or coaching.")
GIVE_TITLE = N_("Please give a title of at most 200 characters.")
CHOOSE_HOST = N_("Please choose the association.")
CHOOSE_LANGUAGE = N_("Please choose the language.")
CHOOSE_SOMEBODY = N_("Please choose at least one person who comes.")
NOT_FOUND = N_("One of these people cannot be found. Please choose again.")
BOTH_ROLES = N_("One person cannot be both speaker and interpreter.")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTalk:
    """What a coordinator has decided; people are given by their codes.

    `format` and `start` (wall-clock) are None where they could not be read: then only faults are
    named.
    """

    format: Format | None
    title: str
    organisation: str
    start: datetime | None
    minutes: int
    language: str
    place: Place
    speakers: Sequence[str]
    interpreters: Sequence[str] = ()


def create_by_hand(session: Session, desk: Desk, new: NewTalk) -> Talk:
    """Put a workshop, an advice session or coaching into the calendar and invite everybody.

    The organisation's contact is invited as host. Raises Invalid (all fields at once) and
    Conflict if somebody is elsewhere then.
    """
    host, start, team = _checked(session, desk, new)
    talk = Talk(
        uid=uids.talk_uid(desk),
        format=new.format,
        organisation=host,
        title=clean_line(new.title),
        state=TalkState.CONFIRMED,
        language_tag=new.language,
        created_at=desk.now,
    )
    set_times(talk, start, timedelta(minutes=new.minutes), desk.settings.timezone)
    with session.no_autoflush:
        put(session, talk, new.place)
    add_numbered(session, [talk])
    rows = [
        Assignment(
            person_id=person.id,
            role=role,
            state=AssignmentState.APPROVED,
            starts_at=talk.starts_at,
            ends_at=talk.ends_at,
        )
        for person, role in sorted(team, key=lambda member: member[0].id)
    ]
    with refusing_overlaps(session, rows):
        talk.assignments.extend(rows)
    _invite(session, desk, talk, team)
    return talk


def _invite(
    session: Session, desk: Desk, talk: Talk, team: Sequence[tuple[Person, AssignmentRole]]
) -> None:
    assigned = {row.person_id: row for row in talk.assignments}
    for person, role in team:
        invitations.invite(
            session,
            desk,
            talk,
            person,
            InvitationRole(role.value),
            assignment=assigned[person.id],
        )
    host = host_of(talk)
    if host is not None and host.id not in assigned:
        invitations.invite(session, desk, talk, host, InvitationRole.HOST)
    audit.record(
        session,
        desk,
        "talk.created",
        talk,
        after={
            "format": talk.format.value,
            "title": talk.title,
            "starts": talk.starts_local,
            "people": [person.code for person, _ in team],
        },
    )
    refresh_feeds(session, desk, sorted({row.person_id for row in talk.invitations}))


def _checked(
    session: Session, desk: Desk, new: NewTalk
) -> tuple[Organisation, datetime, list[tuple[Person, AssignmentRole]]]:
    """Host, start and team; every faulty field is named at once."""
    faults: dict[str, str] = {}
    title = clean_line(new.title)
    host = session.scalars(
        select(Organisation).where(Organisation.code == new.organisation)
    ).one_or_none()
    if new.format not in BY_HAND:
        faults["format"] = CHOOSE_FORMAT
    if not 0 < len(title) <= LONGEST_TITLE:
        faults["title"] = GIVE_TITLE
    if host is None:
        faults["organisation"] = CHOOSE_HOST
    if session.get(Language, new.language) is None:
        faults["language"] = CHOOSE_LANGUAGE
    if not new.speakers:
        faults["speakers"] = CHOOSE_SOMEBODY
    if set(new.speakers) & set(new.interpreters):
        faults["interpreters"] = BOTH_ROLES
    place = new.place
    if not (place.mode is MeetingMode.ONLINE or place.venue_id or clean_line(place.address)):
        faults["address"] = WHERE
    team, unknown = _team(session, new)
    faults |= unknown | _faults_of_time(desk, new)
    if faults or host is None or new.start is None:
        raise Invalid(faults)
    return host, new.start, team


def _faults_of_time(desk: Desk, new: NewTalk) -> dict[str, str]:
    if new.start is None:
        return {"day": GIVE_DAY}
    try:
        require_times(new.start, timedelta(minutes=new.minutes), desk.now_local)
    except Invalid as error:
        return dict(error.fields)
    return {}


def _team(
    session: Session, new: NewTalk
) -> tuple[list[tuple[Person, AssignmentRole]], dict[str, str]]:
    """Who comes, as far as they are known, and which fields name somebody who is not."""
    codes = [*new.speakers, *new.interpreters]
    found = session.scalars(select(Person).where(Person.code.in_(codes), Person.active.is_(True)))
    people = {person.code: person for person in found}
    wanted = {"speakers": new.speakers, "interpreters": new.interpreters}
    roles = {"speakers": AssignmentRole.SPEAKER, "interpreters": AssignmentRole.INTERPRETER}
    team = [
        (people[code], roles[field])
        for field, chosen in wanted.items()
        for code in dict.fromkeys(chosen)
        if code in people
    ]
    unknown = {
        field: NOT_FOUND
        for field, chosen in wanted.items()
        if any(code not in people for code in chosen)
    }
    return team, unknown
