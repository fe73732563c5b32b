"""The talks to which a person is invited, as their own pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.interfaces import ORMOption

from matchmaker.i18n import N_
from matchmaker.models import (
    Assignment,
    Invitation,
    Person,
    Profile,
    Request,
    RequestTopic,
    Talk,
)
from matchmaker.models.states import AvailabilityKind, InvitationState, TalkState
from matchmaker.services.desk import Desk
from matchmaker.services.errors import NotFound
from matchmaker.services.times.availability_facts import DayTime

KEPT = timedelta(days=366)
"""How far back past talks are shown."""


@dataclass(frozen=True, slots=True)
class OwnTalks:
    """`upcoming` with the next one first, `past` with the latest one first."""

    upcoming: tuple[Invitation, ...]
    past: tuple[Invitation, ...]

    @property
    def to_answer(self) -> tuple[Invitation, ...]:
        return tuple(row for row in self.upcoming if row.state is InvitationState.OPEN)

    @property
    def standing(self) -> tuple[Invitation, ...]:
        """Those that take place with the person, as far as anybody knows, and are answered."""
        coming = (InvitationState.ACCEPTED, InvitationState.TENTATIVE)
        return tuple(
            row
            for row in self.upcoming
            if row.state in coming and row.talk.state is not TalkState.CANCELLED
        )

    @property
    def living(self) -> tuple[Invitation, ...]:
        """The standing ones and those that wait for an answer."""
        return tuple(row for row in self.upcoming if row in (*self.standing, *self.to_answer))


def own_talks(session: Session, desk: Desk, person: Person) -> OwnTalks:
    """Everything from a year ago into the future, with few statements however many there are."""
    rows: Sequence[Invitation] = session.scalars(
        select(Invitation)
        .join(Invitation.talk)
        .where(Invitation.person_id == person.id, Talk.ends_at >= desk.now - KEPT)
        .options(*_everything())
        .order_by(Talk.starts_at, Invitation.id)
    ).all()
    upcoming = tuple(row for row in rows if row.talk.ends_at > desk.now)
    past = tuple(row for row in reversed(rows) if row.talk.ends_at <= desk.now)
    return OwnTalks(upcoming, past)


def at_odds(mine: OwnTalks, days: Iterable[DayTime]) -> list[Invitation]:
    """The living invitations at times for which the person has said that they have no time."""
    off = [row for row in days if row.kind is AvailabilityKind.OFF]
    return [
        row
        for row in mine.living
        if any(day.touches(row.talk.local_start, row.talk.local_end) for day in off)
    ]


def crossed(mine: OwnTalks, busy: Iterable[tuple[datetime, datetime]]) -> list[Invitation]:
    """The living invitations at whose time something else stands in the person's calendar.

    What has exactly the hours of a talk (aware) is taken for the talk itself.
    """
    times = list(busy)
    found = []
    for row in mine.living:
        talk = (row.talk.starts_at, row.talk.ends_at)
        if any(start < talk[1] and end > talk[0] and (start, end) != talk for start, end in times):
            found.append(row)
    return found


def own_invitation(session: Session, person: Person, invitation_id: int) -> Invitation:
    """One of the person's invitations; NotFound for anybody else's."""
    invitation = session.scalars(
        select(Invitation)
        .where(Invitation.id == invitation_id, Invitation.person_id == person.id)
        .options(*_everything())
    ).one_or_none()
    if invitation is None:
        raise NotFound(N_("We do not know this talk."))
    return invitation


def _everything() -> tuple[ORMOption, ...]:
    talk = joinedload(Invitation.talk)
    request = talk.joinedload(Talk.request)
    person = talk.selectinload(Talk.assignments).joinedload(Assignment.person)
    return (
        joinedload(Invitation.person),
        joinedload(Invitation.assignment),
        talk.joinedload(Talk.organisation),
        request.joinedload(Request.contact),
        request.selectinload(Request.topics).joinedload(RequestTopic.topic),
        person.joinedload(Person.organisation),
        person.joinedload(Person.profile).selectinload(Profile.topics),
    )
