"""Fills an empty database with the demo quarter: January to March 2027, all invented."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.demo import people
from matchmaker.demo.tables import listed, periods, rows, weekly_bands
from matchmaker.i18n import N_
from matchmaker.models import (
    BlockedPeriod,
    DuplicateFlag,
    Organisation,
    Person,
    PlanningRound,
    Profile,
    Request,
    RequestLanguage,
    RequestTopic,
    RequestWindow,
    Setting,
    Venue,
)
from matchmaker.models.states import OrganisationKind, RequestSource, RequestState
from matchmaker.services.desk import Actor, Desk
from matchmaker.services.errors import NotPossible
from matchmaker.services.house import audit, carrier
from matchmaker.services.house.reference import load_reference

FIRST_DAY, LAST_DAY = date(2027, 1, 11), date(2027, 3, 31)
MARK = "demo_quarter"
"""The setting that tells a database with invented data from a real one."""
SENT_TWICE = ("A057", "A058")
SUBMITTED_AT, READY_AFTER = time(18, 30), timedelta(hours=14)


def load_demo(session: Session, desk: Desk) -> None:
    """Add the reference data and the demo quarter with one open planning round.

    Raises NotPossible if there are people, organisations, requests or rounds already: invented
    data must never mix with real ones.
    """
    if not is_empty(session):
        raise NotPossible(
            N_("There is data already. The demo quarter only goes into an empty database.")
        )
    load_reference(session)
    session.add(Setting(key=MARK, value={"loaded_at": desk.now.isoformat()}))
    carrier.change_carrier(session, desk, **_carrier())
    session.add_all(_organisations())
    session.flush()
    hosts = people.add_people(session, desk)
    requests = _requests(session, desk, hosts)
    session.add_all(requests.values())
    session.flush()
    _record_history(session, desk, requests, hosts)
    _flag_duplicate(session, desk, requests)
    _open_round(session, desk)


def is_empty(session: Session) -> bool:
    return not any(
        session.scalar(select(table).limit(1))
        for table in (Person, Organisation, Request, Profile, PlanningRound)
    )


def _carrier() -> dict[str, object]:
    (row,) = rows("carrier")
    return {**row, "answer_days": int(row["answer_days"])}


def _organisations() -> Iterator[Organisation]:
    venues = {row["mo"]: row for row in rows("venues")}
    for row in rows("mos"):
        venue = venues[row["id"]]
        yield Organisation(
            code=row["id"],
            kind=OrganisationKind.MO,
            name=row["name"],
            district_nr=row["district"],
            email=venue["email"],
            phone=venue["phone"],
            venues=[
                Venue(
                    name=venue["name"],
                    address=venue["address"],
                    district_nr=row["district"],
                    capacity=int(row["room_capacity"]),
                    step_free=row["step_free"] == "1",
                )
            ],
            blocked_periods=[
                BlockedPeriod(first_day=first, last_day=last)
                for first, last in periods(row["blocked_periods"])
            ],
        )
    for row in rows("institutions"):
        yield Organisation(
            code=row["id"],
            kind=OrganisationKind.INSTITUTION,
            institution_type=row["institution_type"],
            name=row["name"],
            district_nr=row["district"] or None,
            email=row["email"],
            phone=row["phone"],
        )


def _requests(session: Session, desk: Desk, hosts: dict[str, Person]) -> dict[str, Request]:
    organisations = {row.code: row for row in session.scalars(select(Organisation))}
    womens_groups = {row["id"] for row in rows("mos") if row["group"] == "frauen"}
    questions = {row["topic"]: row["questions"] for row in rows("questions")}
    made = {}
    for row in rows("requests"):
        host = organisations[row["mo"]]
        made[row["id"]] = _request(row, host, hosts[row["mo"]], _submitted(desk, row))
        made[row["id"]].womens_group = row["mo"] in womens_groups
        made[row["id"]].questions = questions.get(row["topic"], "").replace("|", "\n")
    return made


def _request(
    row: dict[str, str], host: Organisation, contact: Person, submitted: datetime
) -> Request:
    venue = host.venues[0]
    people_expected = int(row["people"])
    return Request(
        code=row["id"],
        state=RequestState.READY,
        source=RequestSource.WEB,
        organisation=host,
        contact=contact,
        date_from=date.fromisoformat(row["date_from"]),
        date_to=date.fromisoformat(row["date_to"]),
        venue=venue,
        address=venue.address,
        district_nr=host.district_nr,
        room_capacity=venue.capacity,
        step_free=venue.step_free,
        people=people_expected,
        children=people_expected // 4 if row["childcare"] == "1" else 0,
        created_at=submitted - timedelta(minutes=6),
        submitted_at=submitted,
        updated_at=submitted + READY_AFTER,
        topics=[RequestTopic(rank=1, topic_code=row["topic"])],
        languages=[
            RequestLanguage(rank=rank, language_tag=tag)
            for rank, tag in enumerate(listed(row["languages"]), 1)
        ],
        windows=[
            RequestWindow(weekday=weekday, starts=starts, ends=ends)
            for weekday, starts, ends in weekly_bands(row["windows"])
        ],
    )


def _record_history(
    session: Session, desk: Desk, requests: dict[str, Request], hosts: dict[str, Person]
) -> None:
    """Who submitted and who cleared each request, so that its page has a past to show."""
    office = Actor.of(session.scalars(people.with_role("coordinator")).one())
    events: list[tuple[datetime, str, Request, Actor, str, str]] = []
    for row in rows("requests"):
        request, host = requests[row["id"]], Actor.of(hosts[row["mo"]])
        submitted, ready = _submitted(desk, row), request.updated_at
        events.append((submitted, "request.submitted", request, host, "draft", "submitted"))
        events.append((ready, "request.ready", request, office, "submitted", "ready"))
    for at, action, request, actor, before, after in sorted(events, key=lambda event: event[0]):
        audit.record(
            session,
            replace(desk, now=at, actor=actor),
            action,
            request,
            before={"state": before},
            after={"state": after},
        )


def _flag_duplicate(session: Session, desk: Desk, requests: dict[str, Request]) -> None:
    first, second = (requests[code] for code in SENT_TWICE)
    flag = DuplicateFlag(first=first, second=second, found_at=second.updated_at)
    session.add(flag)
    audit.record(session, desk, "duplicate.flagged", flag, after={"requests": list(SENT_TWICE)})


def _open_round(session: Session, desk: Desk) -> None:
    planning_round = PlanningRound(
        name="1. Quartal 2027", first_day=FIRST_DAY, last_day=LAST_DAY, created_at=desk.now
    )
    session.add(planning_round)
    audit.record(
        session,
        desk,
        "round.opened",
        planning_round,
        after={"first_day": str(FIRST_DAY), "last_day": str(LAST_DAY)},
    )


def _submitted(desk: Desk, row: dict[str, str]) -> datetime:
    day = date.fromisoformat(row["submitted"])
    return datetime.combine(day, SUBMITTED_AT, tzinfo=desk.settings.zone)
