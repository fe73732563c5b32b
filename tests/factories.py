"""Small, valid things for tests; every argument that matters is given by the test itself."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from matchmaker.models import (
    Assignment,
    AuditEntry,
    AvailabilityRule,
    District,
    Language,
    Organisation,
    Person,
    PersonRole,
    PlanningRound,
    Profile,
    ProfileLanguage,
    ProfileTopic,
    Request,
    RequestLanguage,
    RequestTopic,
    RequestWindow,
    Talk,
    Topic,
    TopicArea,
)
from matchmaker.models.states import (
    AssignmentRole,
    AvailabilityKind,
    LanguageUse,
    MeetingMode,
    OrganisationKind,
    RequestSource,
    RequestState,
    Role,
)

Row = TypeVar("Row")
_numbers = itertools.count(1)
CREATED = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
BERLIN_WINTER = timedelta(hours=1)


def district(session: Session, nr: str = "01", **facts: Any) -> District:
    return session.get(District, nr) or _add(
        session, District(nr=nr, name=facts.pop("name", f"Bezirk {nr}"), neighbours=[], **facts)
    )


def language(session: Session, tag: str = "de") -> Language:
    return session.get(Language, tag) or _add(
        session,
        Language(tag=tag, iso639_3=tag[:3], name_de=tag, name_en=tag, autonym=tag),
    )


def topic(session: Session, code: str = "ANE-01") -> Topic:
    found = session.get(Topic, code)
    if found:
        return found
    area = TopicArea(code=f"{code[:3]}{next(_numbers)}", name_de=code[:3], name_en=code[:3])
    return _add(session, Topic(code=code, area=area, name_de=code, name_en=code))


def organisation(session: Session, **facts: Any) -> Organisation:
    number = next(_numbers)
    return _add(
        session,
        Organisation(
            **{
                "code": f"MO{number}",
                "kind": OrganisationKind.MO,
                "name": f"Verein {number}",
                "district_nr": district(session).nr,
                **facts,
            }
        ),
    )


def person(session: Session, *roles: Role, **facts: Any) -> Person:
    number = next(_numbers)
    return _add(
        session,
        Person(
            **{
                "code": f"P{number}",
                "name": f"Person {number}",
                "email": f"person{number}@verein.example",
                "created_at": CREATED,
                "role_rows": [PersonRole(role=role) for role in roles],
                **facts,
            }
        ),
    )


def speaker(
    session: Session,
    *,
    topics: dict[str, int] | None = None,
    languages: tuple[str, ...] = ("de",),
    kind: str = "speaker",
    weekly: tuple[tuple[int, int, int], ...] = (),
    profile: dict[str, Any] | None = None,
    **facts: Any,
) -> Person:
    """`weekly` holds (weekday, first hour, last hour)."""
    use = LanguageUse.SPEAKS if kind == "speaker" else LanguageUse.INTERPRETS
    made = person(session, Role(kind), **facts)
    made.profile = Profile(
        kind=kind,
        home_district_nr=district(session).nr,
        topics=[
            ProfileTopic(topic_code=topic(session, code).code, level=level)
            for code, level in (topics or {}).items()
        ],
        languages=[
            ProfileLanguage(language_tag=language(session, tag).tag, use=use, position=position)
            for position, tag in enumerate(languages)
        ],
        rules=[
            AvailabilityRule(
                kind=AvailabilityKind.AVAILABLE, weekday=day, starts=time(first), ends=time(last)
            )
            for day, first, last in weekly
        ],
        **(profile or {}),
    )
    session.flush()
    return made


def interpreter(session: Session, **facts: Any) -> Person:
    return speaker(session, **{"kind": "interpreter", "languages": ("ar",), **facts})


def request(
    session: Session,
    *,
    topics: tuple[str, ...] = ("ANE-01",),
    languages: tuple[str, ...] = ("de",),
    weekly: tuple[tuple[int, int, int], ...] = ((1, 18, 20),),
    **facts: Any,
) -> Request:
    """A request that is ready; `weekly` holds (weekday, first hour, last hour)."""
    host = facts.pop("organisation", None) or organisation(session)
    return _add(
        session,
        Request(
            **{
                "code": f"A{next(_numbers):03d}",
                "state": RequestState.READY,
                "source": RequestSource.WEB,
                "organisation": host,
                "contact": facts.pop("contact", None)
                or person(session, Role.HOST, organisation=host),
                "date_from": date(2027, 1, 11),
                "date_to": date(2027, 3, 31),
                "district_nr": host.district_nr,
                "address": "Musterstraße 1, Berlin",
                "people": 15,
                "created_at": CREATED,
                "updated_at": CREATED,
                "submitted_at": CREATED,
                "topics": [
                    RequestTopic(rank=rank, topic_code=topic(session, code).code)
                    for rank, code in enumerate(topics, 1)
                ],
                "languages": [
                    RequestLanguage(rank=rank, language_tag=language(session, tag).tag)
                    for rank, tag in enumerate(languages, 1)
                ],
                "windows": [
                    RequestWindow(weekday=day, starts=time(first), ends=time(last))
                    for day, first, last in weekly
                ],
                **facts,
            }
        ),
    )


def planning_round(session: Session, **facts: Any) -> PlanningRound:
    return _add(
        session,
        PlanningRound(
            **{
                "name": "1. Quartal 2027",
                "first_day": date(2027, 1, 11),
                "last_day": date(2027, 3, 31),
                "created_at": CREATED,
                **facts,
            }
        ),
    )


def talk(session: Session, starts_at: datetime, **facts: Any) -> Talk:
    """A talk of two hours in winter time."""
    number = next(_numbers)
    ends_at = starts_at + timedelta(hours=2)
    host = facts.pop("organisation", None) or organisation(session)
    return _add(
        session,
        Talk(
            **{
                "code": f"T{number:03d}",
                "uid": f"talk-{number:026d}@arbeitsmarkt.example",
                "organisation": host,
                "title": "Anerkennung",
                "starts_local": f"{starts_at + BERLIN_WINTER:%Y-%m-%dT%H:%M}",
                "ends_local": f"{ends_at + BERLIN_WINTER:%Y-%m-%dT%H:%M}",
                "timezone": "Europe/Berlin",
                "starts_at": starts_at,
                "ends_at": ends_at,
                "mode": MeetingMode.ONSITE,
                "language_tag": language(session).tag,
                "location": "Musterstraße 1, Berlin",
                "created_at": CREATED,
                **facts,
            }
        ),
    )


def assignment(session: Session, who: Person, starts_at: datetime, **facts: Any) -> Assignment:
    """Not flushed: whether the database takes it is for the test to see."""
    made = Assignment(
        **{
            "talk_id": talk(session, starts_at).id,
            "person_id": who.id,
            "role": AssignmentRole.SPEAKER,
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(hours=2),
            **facts,
        }
    )
    session.add(made)
    return made


def audit_entry(session: Session) -> AuditEntry:
    return _add(
        session,
        AuditEntry(
            at=CREATED,
            actor="system",
            action="test.done",
            subject_kind="person",
            previous_hash="0" * 64,
            hash=f"{next(_numbers):064d}",
        ),
    )


def _add(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row
