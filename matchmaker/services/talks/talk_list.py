"""Talks as a list, and one talk with everything that has happened around it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.models import (
    AuditEntry,
    District,
    Invitation,
    Organisation,
    OutboxMessage,
    Person,
    Response,
    Talk,
)
from matchmaker.models.states import Format, InvitationRole, InvitationState, TalkState
from matchmaker.services.desk import Desk
from matchmaker.services.house.paging import A_PAGE, Shown
from matchmaker.services.inviting.responses import in_force
from matchmaker.services.talks.interpreting import lacking_interpreters


class Shelf(StrEnum):
    """Which talks a list shows; `to_note` are over and not yet marked as held."""

    UPCOMING = "upcoming"
    TO_NOTE = "to_note"
    PAST = "past"
    CANCELLED = "cancelled"


class Answers(StrEnum):
    ANY = ""
    DECLINED = "declined"
    OPEN = "open"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkFilter:
    shelf: Shelf = Shelf.UPCOMING
    answers: Answers = Answers.ANY
    format: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Guest:
    """An invited person in a list; `state` is the answer to the present date."""

    name: str
    role: InvitationRole
    state: InvitationState


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkRow:
    talk: Talk
    host: str
    district: str
    guests: tuple[Guest, ...]
    lacks_interpreter: bool


def talks(session: Session, desk: Desk, wanted: TalkFilter, page: int = 1) -> Shown[TalkRow]:
    """One page, with a handful of statements however many talks there are."""
    query = _query(desk, wanted)
    rows = session.execute(query.limit(A_PAGE).offset((page - 1) * A_PAGE)).all()
    if not rows and page > 1:
        return talks(session, desk, wanted, 1)
    shown = [row[0].id for row in rows]
    guests, lacking = _guests(session, shown), lacking_interpreters(session, desk, shown)
    lines = tuple(
        TalkRow(
            talk=talk,
            host=host,
            district=district or "",
            guests=tuple(guests[talk.id]),
            lacks_interpreter=talk.id in lacking,
        )
        for talk, host, district, _ in rows
    )
    return Shown(lines, rows[0][3] if rows else 0, page)


def _query(desk: Desk, wanted: TalkFilter) -> Select[Talk, str, str, int]:
    over = Talk.ends_at <= desk.now
    standing = Talk.state == TalkState.CONFIRMED
    shelves = {
        Shelf.UPCOMING: and_(standing, ~over),
        Shelf.TO_NOTE: and_(standing, over),
        Shelf.PAST: or_(Talk.state == TalkState.DONE, and_(standing, over)),
        Shelf.CANCELLED: Talk.state == TalkState.CANCELLED,
    }
    query = (
        select(Talk, Organisation.name, District.name, func.count().over())
        .join(Organisation, Organisation.id == Talk.organisation_id)
        .outerjoin(District, District.nr == Talk.district_nr)
        .where(shelves[wanted.shelf])
    )
    if wanted.answers is not Answers.ANY:
        query = query.where(_answered(wanted.answers))
    if wanted.format in set(Format):
        query = query.where(Talk.format == Format(wanted.format))
    if wanted.text:
        query = query.where(_mentions(wanted.text))
    first = Talk.starts_at if wanted.shelf is Shelf.UPCOMING else Talk.starts_at.desc()
    return query.order_by(first, Talk.id)


def _answered(answers: Answers) -> ColumnElement[bool]:
    """Somebody has declined, or not answered yet, or everybody has accepted; guests apart."""
    own = select(Invitation.id).where(
        Invitation.talk_id == Talk.id, Invitation.role != InvitationRole.GUEST
    )
    if answers is Answers.ACCEPTED:
        living = (InvitationState.OPEN, InvitationState.TENTATIVE, InvitationState.DECLINED)
        return ~own.where(Invitation.state.in_(living)).exists()
    return own.where(Invitation.state == InvitationState(answers.value)).exists()


def _mentions(text: str) -> ColumnElement[bool]:
    people = (
        select(Invitation.id)
        .join(Person, Person.id == Invitation.person_id)
        .where(Invitation.talk_id == Talk.id, Person.name.icontains(text, autoescape=True))
    )
    columns = (Talk.code, Talk.title, Organisation.name)
    return or_(people.exists(), *(column.icontains(text, autoescape=True) for column in columns))


def _guests(session: Session, talk_ids: Sequence[int]) -> Mapping[int, list[Guest]]:
    found: defaultdict[int, list[Guest]] = defaultdict(list)
    rows = session.execute(
        select(Invitation.talk_id, Person.name, Invitation.role, Invitation.state)
        .join(Person, Person.id == Invitation.person_id)
        .where(Invitation.talk_id.in_(talk_ids))
        .order_by(Invitation.id)
    )
    for talk_id, name, role, state in rows:
        found[talk_id].append(Guest(name, role, state))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkStory:
    """What stands on a talk's page besides the talk: answers, mails and changes, latest first."""

    responses: Mapping[int, Sequence[Response]]
    mails: Sequence[OutboxMessage]
    entries: Sequence[AuditEntry]
    actors: Mapping[str, str]

    def last_mail(self, invitation: Invitation) -> OutboxMessage | None:
        return next((row for row in self.mails if row.invitation_id == invitation.id), None)

    def is_earlier(self, invitation: Invitation, given: Response) -> bool:
        """Whether an answer counted once and does no longer: another one came, or a new date."""
        current = in_force(invitation, self.responses.get(invitation.id, ()))
        if not given.applied or current is None:
            return given.applied
        return given.answer is not current.answer or given.sequence < current.sequence


def story(session: Session, talk: Talk) -> TalkStory:
    """Everything around a talk, with four statements."""
    invitations = [row.id for row in talk.invitations]
    responses: defaultdict[int, list[Response]] = defaultdict(list)
    for row in session.scalars(
        select(Response).where(Response.invitation_id.in_(invitations)).order_by(Response.id)
    ):
        responses[row.invitation_id].append(row)
    entries = session.scalars(
        select(AuditEntry).where(or_(*_about(talk, invitations))).order_by(AuditEntry.id.desc())
    ).all()
    codes = {entry.actor for entry in entries}
    actors = session.execute(select(Person.code, Person.name).where(Person.code.in_(codes)))
    return TalkStory(
        responses=responses,
        mails=session.scalars(
            select(OutboxMessage)
            .where(OutboxMessage.talk_id == talk.id)
            .order_by(OutboxMessage.id.desc())
        ).all(),
        entries=entries,
        actors={row[0]: row[1] for row in actors},
    )


def suggested_day(session: Session, desk: Desk, talk: Talk) -> date | None:
    """The coming day named last by those who cannot come; the association's goes first."""
    return session.scalars(
        select(Response.other_day)
        .join(Invitation, Invitation.id == Response.invitation_id)
        .where(
            Invitation.talk_id == talk.id,
            Invitation.state == InvitationState.DECLINED,
            Invitation.role != InvitationRole.GUEST,
            Response.other_day >= desk.today,
        )
        .order_by(Invitation.role != InvitationRole.HOST, Response.id.desc())
        .limit(1)
    ).first()


def _about(talk: Talk, invitations: Sequence[int]) -> list[ColumnElement[bool]]:
    def subject(kind: str, ids: Sequence[int]) -> ColumnElement[bool]:
        return and_(AuditEntry.subject_kind == kind, AuditEntry.subject_id.in_(ids))

    return [
        subject("talk", [talk.id]),
        subject("assignment", [row.id for row in talk.assignments]),
        subject("invitation", invitations),
    ]


def with_venue_choices(session: Session, talk: Talk) -> Organisation:
    """The host with its rooms."""
    return (
        session.scalars(
            select(Organisation)
            .where(Organisation.id == talk.organisation_id)
            .options(joinedload(Organisation.venues))
        )
        .unique()
        .one()
    )
