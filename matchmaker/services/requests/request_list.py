"""The list of requests: filtered, searched, counted, a page at a time, with few statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Integer,
    Row,
    Select,
    String,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from matchmaker.models import (
    District,
    DuplicateFlag,
    Organisation,
    Person,
    Request,
    RequestLanguage,
    RequestTopic,
    Topic,
    TopicArea,
)
from matchmaker.models.states import (
    CLOSED_REQUESTS,
    OPEN_REQUESTS,
    TO_CLEAR,
    TO_PLAN,
    RequestSource,
    RequestState,
)
from matchmaker.services.house.paging import A_PAGE, Shown
from matchmaker.services.house.search import matches
from matchmaker.services.requests.duplicates import still_open

GROUPS = {
    "open": OPEN_REQUESTS,
    "waiting": TO_CLEAR,
    "to_plan": TO_PLAN,
    "closed": CLOSED_REQUESTS,
    "held": (RequestState.DONE, RequestState.FOLLOWED_UP),
}
"""Several states under one name of the filter."""

FOUND = "found"
"""The column that counts the lines of all pages."""

NEWEST = (Request.submitted_at.desc(), Request.id.desc())

LISTED = Request.state != RequestState.DRAFT
"""A draft need not say who asks, and was not submitted yet; a line of the list names both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFilter:
    """`state` is a state or the name of a group, `area` and `language` are codes, "" means all."""

    words: str = ""
    state: str = ""
    district: str = ""
    area: str = ""
    language: str = ""
    doubled: bool = False

    def states(self) -> tuple[RequestState, ...]:
        if self.state in GROUPS:
            return GROUPS[self.state]
        known = {state.value: state for state in RequestState if state is not RequestState.DRAFT}
        return (known[self.state],) if self.state in known else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRow:
    """A line of the list; topic and language are the most wanted ones, others are counted."""

    code: str
    state: RequestState
    source: RequestSource
    submitted_at: datetime | None
    people: int
    priority: int
    host: str
    district: str
    topic_de: str
    topic_en: str
    topics: int
    other_topic: str
    language: str
    languages: int
    contact: str
    email: str
    doubled: bool


@dataclass(frozen=True, slots=True)
class Offered:
    """What can be filtered by, and how many requests are in each state."""

    districts: Sequence[tuple[str, str, str]]
    areas: Sequence[tuple[str, str, str]]
    languages: Sequence[str]
    by_state: Mapping[RequestState, int]
    doubled: int

    def count(self, state: str) -> int:
        return sum(self.by_state.get(one, 0) for one in RequestFilter(state=state).states())


def requests(session: Session, wanted: RequestFilter, page: int = 1) -> Shown[RequestRow]:
    """One page of requests, the newest first; one statement."""
    first = (page - 1) * A_PAGE
    if wanted.words.strip():
        query = _filtered(_rows(), wanted).order_by(*NEWEST)
        found = [row for row in map(_row, session.execute(query)) if _fits(row, wanted.words)]
        return Shown(found[first : first + A_PAGE], len(found), page)
    # What stands in a line is gathered for the lines of the page alone.
    matching = _filtered(select(Request.id).where(LISTED), wanted)
    here = matching.order_by(*NEWEST).limit(A_PAGE).offset(first).subquery()
    total = select(func.count()).select_from(matching.subquery()).scalar_subquery()
    query = _rows().where(Request.id.in_(select(here.c.id))).order_by(*NEWEST)
    rows = session.execute(query.add_columns(total.label(FOUND))).all()
    return Shown([_row(row) for row in rows], rows[0]._mapping[FOUND] if rows else 0, page)


def offered(session: Session) -> Offered:
    """All choices of the filter and the counts, in one statement."""
    found: dict[str, list[tuple[str, str, str, int]]] = {}
    for kind, key, german, english, number in session.execute(_choices()):
        found.setdefault(kind, []).append((key, german, english, number or 0))
    areas = sorted(found.get("area", []), key=lambda row: row[3])
    return Offered(
        districts=[row[:3] for row in sorted(found.get("district", []))],
        areas=[row[:3] for row in areas],
        languages=[row[0] for row in found.get("language", [])],
        by_state={RequestState(row[0]): row[3] for row in found.get("state", [])},
        doubled=sum(row[3] for row in found.get("doubled", [])),
    )


@cache
def _choices() -> CompoundSelect[*tuple[Any, ...]]:
    """Kind, key, German and English name, number or position."""
    flagged = select(
        literal("doubled"),
        literal(""),
        literal(""),
        literal(""),
        func.count(),
    ).where(still_open())
    return union_all(
        select(
            literal("district"), District.nr, District.name, District.name, cast(null(), Integer)
        ),
        select(
            literal("area"),
            TopicArea.code,
            TopicArea.name_de,
            TopicArea.name_en,
            TopicArea.position,
        ).where(TopicArea.topics.any()),
        select(
            literal("language"),
            RequestLanguage.language_tag,
            literal(""),
            literal(""),
            func.count(),
        ).group_by(RequestLanguage.language_tag),
        select(
            literal("state"), cast(Request.state, String), literal(""), literal(""), func.count()
        ).group_by(Request.state),
        flagged,
    )


@cache
def _rows() -> Select[*tuple[Any, ...]]:
    flagged = exists().where(
        still_open(),
        or_(DuplicateFlag.first_id == Request.id, DuplicateFlag.second_id == Request.id),
    )
    topics = (
        select(func.count())
        .where(RequestTopic.request_id == Request.id)
        .correlate(Request)
        .scalar_subquery()
    )
    languages = (
        select(func.count()).where(RequestLanguage.request_id == Request.id).scalar_subquery()
    )
    first_language = (
        select(RequestLanguage.language_tag)
        .where(RequestLanguage.request_id == Request.id, RequestLanguage.rank == 1)
        .scalar_subquery()
    )
    return (
        select(
            Request.code,
            Request.state,
            Request.source,
            Request.submitted_at,
            Request.people,
            Request.priority,
            Organisation.name.label("host"),
            func.coalesce(District.name, "").label("district"),
            func.coalesce(Topic.name_de, "").label("topic_de"),
            func.coalesce(Topic.name_en, "").label("topic_en"),
            topics.label("topics"),
            Request.other_topic,
            func.coalesce(first_language, "").label("language"),
            languages.label("languages"),
            Person.name.label("contact"),
            Person.email,
            flagged.label("doubled"),
        )
        .join(Organisation, Request.organisation_id == Organisation.id)
        .join(Person, Request.contact_id == Person.id)
        .outerjoin(District, Request.district_nr == District.nr)
        .outerjoin(RequestTopic, (RequestTopic.request_id == Request.id) & (RequestTopic.rank == 1))
        .outerjoin(Topic, RequestTopic.topic_code == Topic.code)
        .where(LISTED)
    )


def _filtered(query: Select[*tuple[Any, ...]], wanted: RequestFilter) -> Select[*tuple[Any, ...]]:
    if states := wanted.states():
        query = query.where(Request.state.in_(states))
    if wanted.district:
        query = query.where(Request.district_nr == wanted.district)
    if wanted.area:
        topics = select(RequestTopic.request_id).join(Topic).join(TopicArea)
        query = query.where(Request.id.in_(topics.where(TopicArea.code == wanted.area)))
    if wanted.language:
        spoken = select(RequestLanguage.request_id)
        spoken = spoken.where(RequestLanguage.language_tag == wanted.language)
        query = query.where(Request.id.in_(spoken))
    if wanted.doubled:
        pairs = select(DuplicateFlag.first_id, DuplicateFlag.second_id)
        pairs = pairs.where(still_open())
        both = pairs.subquery()
        query = query.where(
            or_(Request.id.in_(select(both.c.first_id)), Request.id.in_(select(both.c.second_id)))
        )
    return query


def _row(row: Row[*tuple[Any, ...]]) -> RequestRow:
    """The columns bear the names of the fields."""
    columns = {name: value for name, value in row._mapping.items() if name != FOUND}
    return RequestRow(**columns)


def _fits(row: RequestRow, words: str) -> bool:
    return matches(
        words,
        row.code,
        row.host,
        row.contact,
        row.email,
        row.district,
        row.topic_de,
        row.topic_en,
        row.other_topic,
    )
