"""The lists of the address book."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.models import (
    Assignment,
    Organisation,
    Person,
    PersonRole,
    Profile,
    ProfileLanguage,
    Request,
    Talk,
)
from matchmaker.models.states import (
    OPEN_REQUESTS,
    AssignmentState,
    OrganisationKind,
    Role,
    TalkState,
)
from matchmaker.services.desk import Desk
from matchmaker.services.house.paging import A_PAGE, Shown
from matchmaker.services.house.search import matches
from matchmaker.services.people.availability import HOLDS

COMING = (
    AssignmentState.APPROVED,
    AssignmentState.INVITED,
    AssignmentState.ACCEPTED,
    AssignmentState.TENTATIVE,
)
"""An assignment in one of these states is a talk that somebody will give."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleFilter:
    """`old_times`: only whose times have not been confirmed for long; `inactive`: only those."""

    words: str = ""
    role: Role | None = None
    old_times: bool = False
    inactive: bool = False


@dataclass(frozen=True, slots=True)
class PersonRow:
    """`coming` counts the talks ahead: those they give, and those that their association hosts."""

    person: Person
    coming: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationFilter:
    words: str = ""
    kind: OrganisationKind | None = None
    district: str = ""
    inactive: bool = False


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """How many people, open requests and talks ahead belong to it."""

    organisation: Organisation
    people: int
    requests: int
    talks: int


def people(session: Session, desk: Desk, wanted: PeopleFilter, page: int = 1) -> Shown[PersonRow]:
    """One page of people by name."""
    query = select(Person.id, Person.name, Person.email, Person.code, Organisation.name)
    query = query.outerjoin(Organisation).where(Person.active.is_not(wanted.inactive))
    if wanted.role is not None:
        query = query.join(PersonRole).where(PersonRole.role == wanted.role)
    if wanted.old_times:
        long_ago = desk.now - HOLDS
        query = query.join(Profile, Profile.person_id == Person.id).where(
            or_(Profile.confirmed_at.is_(None), Profile.confirmed_at <= long_ago)
        )
    ids, total = _chosen(session, query.order_by(Person.name, Person.id), wanted.words, page)
    found = session.execute(
        select(Person, _coming(desk))
        .where(Person.id.in_(ids))
        .options(
            joinedload(Person.organisation),
            joinedload(Person.role_rows),
            joinedload(Person.profile)
            .selectinload(Profile.languages)
            .joinedload(ProfileLanguage.language),
        )
    )
    by_id = {person.id: PersonRow(person, coming) for person, coming in found.unique()}
    return Shown([by_id[key] for key in ids], total, page)


def organisations(
    session: Session, wanted: OrganisationFilter, desk: Desk, page: int = 1
) -> Shown[OrganisationRow]:
    """One page of organisations by name."""
    query = select(Organisation.id, Organisation.name, Organisation.code, Organisation.email)
    query = query.where(Organisation.active.is_not(wanted.inactive))
    if wanted.kind is not None:
        query = query.where(Organisation.kind == wanted.kind)
    if wanted.district:
        query = query.where(Organisation.district_nr == wanted.district)
    order = (Organisation.name, Organisation.id)
    ids, total = _chosen(session, query.order_by(*order), wanted.words, page)
    found = session.execute(select(Organisation, *_counts(desk)).where(Organisation.id.in_(ids)))
    by_id = {row[0].id: OrganisationRow(row[0], row[1], row[2], row[3]) for row in found}
    return Shown([by_id[key] for key in ids], total, page)


def _chosen(
    session: Session, query: Select[*tuple[Any, ...]], words: str, page: int
) -> tuple[list[int], int]:
    """The ids on a page, and how many there are in all. Spelling is compared here, not in SQL."""
    start = (page - 1) * A_PAGE
    if words.strip():
        found = [row[0] for row in session.execute(query) if matches(words, *row[1:])]
        return found[start : start + A_PAGE], len(found)
    whole = query.add_columns(func.count().over()).limit(A_PAGE)
    rows = session.execute(whole.offset(start)).all()
    if rows or not start:
        return [row[0] for row in rows], rows[0][-1] if rows else 0
    beyond = session.execute(whole).first()
    return [], beyond[-1] if beyond else 0


def _coming(desk: Desk) -> ColumnElement[int]:
    given = select(func.count()).where(
        Assignment.person_id == Person.id,
        Assignment.starts_at >= desk.now,
        Assignment.state.in_(COMING),
    )
    hosted = (
        select(func.count(Talk.id))
        .join(PersonRole, and_(PersonRole.person_id == Person.id, PersonRole.role == Role.HOST))
        .where(Talk.organisation_id == Person.organisation_id, *_ahead(desk))
    )
    parts = [query.correlate(Person).scalar_subquery() for query in (given, hosted)]
    return parts[0] + parts[1]


def _ahead(desk: Desk) -> tuple[ColumnElement[bool], ...]:
    return Talk.state == TalkState.CONFIRMED, Talk.starts_at >= desk.now


def _counts(desk: Desk) -> list[ScalarSelect[int]]:
    """People, open requests and talks ahead, in the order of `OrganisationRow`."""
    counted = (
        select(func.count()).where(Person.organisation_id == Organisation.id, Person.active),
        select(func.count()).where(
            Request.organisation_id == Organisation.id, Request.state.in_(OPEN_REQUESTS)
        ),
        select(func.count()).where(Talk.organisation_id == Organisation.id, *_ahead(desk)),
    )
    return [query.correlate(Organisation).scalar_subquery() for query in counted]
