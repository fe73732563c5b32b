"""What stands on a person's and on an organisation's page: load, talks, requests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.models import Assignment, Invitation, Person, Request, RequestTopic, Talk
from matchmaker.models.states import AssignmentState, RequestState
from matchmaker.services.desk import Desk
from matchmaker.services.people.contact_lists import COMING
from matchmaker.services.people.profiles import UNLIMITED

MOST_PAST = 20
MONTHS_AHEAD = 4


@dataclass(frozen=True, slots=True)
class Month:
    """Talks in a month; `limit` None means that there is none."""

    first_day: date
    talks: int
    limit: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView:
    """`coming` the next first, `past` the latest first."""

    coming: Sequence[Assignment]
    past: Sequence[Assignment]
    months: Sequence[Month]
    requests: Sequence[Request]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationView:
    people: Sequence[Person]
    requests: Sequence[Request]
    coming: Sequence[Talk]
    past: Sequence[Talk]


def person_view(session: Session, desk: Desk, person: Person) -> PersonView:
    query = (
        select(Assignment)
        .where(Assignment.person_id == person.id)
        .options(joinedload(Assignment.talk).joinedload(Talk.organisation))
    )
    coming = session.scalars(
        query.where(Assignment.starts_at >= desk.now).order_by(Assignment.starts_at)
    ).all()
    past = session.scalars(
        query.where(Assignment.starts_at < desk.now)
        .order_by(Assignment.starts_at.desc())
        .limit(MOST_PAST)
    ).all()
    return PersonView(
        coming=coming,
        past=past,
        months=_months(desk, person, [*coming, *past]),
        requests=_requests(session, Request.contact_id == person.id),
    )


def organisation_view(session: Session, desk: Desk, organisation_id: int) -> OrganisationView:
    people = session.scalars(
        select(Person)
        .where(Person.organisation_id == organisation_id)
        .options(selectinload(Person.role_rows))
        .order_by(Person.active.desc(), Person.name)
    ).all()
    talks = (
        select(Talk)
        .where(Talk.organisation_id == organisation_id)
        .options(joinedload(Talk.organisation))
    )
    return OrganisationView(
        people=people,
        requests=_requests(session, Request.organisation_id == organisation_id),
        coming=session.scalars(
            talks.where(Talk.ends_at >= desk.now)
            .order_by(Talk.starts_at)
            .options(selectinload(Talk.invitations).joinedload(Invitation.person))
        ).all(),
        past=session.scalars(
            talks.where(Talk.ends_at < desk.now).order_by(Talk.starts_at.desc()).limit(MOST_PAST)
        ).all(),
    )


def _requests(session: Session, whose: object) -> Sequence[Request]:
    return session.scalars(
        select(Request)
        .where(whose, Request.state != RequestState.DRAFT)  # type: ignore[arg-type]  # an SQL expression
        .options(selectinload(Request.topics).joinedload(RequestTopic.topic))
        .order_by(Request.submitted_at.desc(), Request.id.desc())
    ).all()


def _months(desk: Desk, person: Person, assignments: Sequence[Assignment]) -> list[Month]:
    """This month and the next ones, as the monthly limit counts them."""
    if person.profile is None:
        return []
    zone, limit = desk.settings.zone, person.profile.max_per_month
    counted = Counter(
        row.starts_at.astimezone(zone).date().replace(day=1)
        for row in assignments
        if row.state in {*COMING, AssignmentState.DONE}
    )
    first_days = [desk.today.replace(day=1)]
    while len(first_days) < MONTHS_AHEAD:
        last = first_days[-1]
        year, month = divmod(last.year * 12 + last.month, 12)
        first_days.append(date(year, month + 1, 1))
    known = None if limit >= UNLIMITED["max_per_month"] else limit
    return [Month(day, counted[day], known) for day in first_days]
