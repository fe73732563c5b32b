"""The demo quarter's people: hosts, speakers, interpreters and the carrier's own staff."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from matchmaker.demo.tables import listed, rows, weekly_bands
from matchmaker.models import (
    AvailabilityRule,
    Organisation,
    Person,
    PersonRole,
    Profile,
    ProfileLanguage,
    ProfileTopic,
)
from matchmaker.models.states import AvailabilityKind, LanguageUse, Role
from matchmaker.services.desk import Desk

CITY_WIDE_HOME = "01"
GOOD_KNOWLEDGE = 2
CONFIRMED = date(2026, 12, 7)
CONFIRMED_LONG_AGO = date(2026, 5, 18)
NOT_CONFIRMED_LATELY = {"R17", "R21", "S8"}


def add_people(session: Session, desk: Desk) -> dict[str, Person]:
    """Add everybody; returns the contact person of each association by its code."""
    organisations = {row.code: row for row in session.scalars(select(Organisation))}
    profiles = {row["id"]: row for row in rows("speakers") + rows("interpreters")}
    hosts = {}
    for row in rows("people"):
        person = Person(
            code=row["id"],
            name=row["name"],
            email=row["email"],
            phone=row["phone"],
            locale=row["locale"],
            organisation=organisations.get(row["organisation"]),
            created_at=desk.now - timedelta(days=200),
            role_rows=[PersonRole(role=Role(row["role"]))],
        )
        if row["id"] in profiles:
            person.profile = _profile(desk, Role(row["role"]), profiles[row["id"]])
        if row["role"] == Role.HOST:
            hosts[row["organisation"]] = person
        session.add(person)
    session.flush()
    return hosts


def with_role(role: str) -> Select[Person]:
    """The people with a role, first come first."""
    return select(Person).join(PersonRole).where(PersonRole.role == Role(role)).order_by(Person.id)


def _profile(desk: Desk, role: Role, row: dict[str, str]) -> Profile:
    speaks = role is Role.SPEAKER
    districts = listed(row.get("districts", "*"))
    everywhere = districts == ["*"]
    use = LanguageUse.SPEAKS if speaks else LanguageUse.INTERPRETS
    confirmed = CONFIRMED_LONG_AGO if row["id"] in NOT_CONFIRMED_LATELY else CONFIRMED
    profile = Profile(
        kind=role.value,
        home_district_nr=CITY_WIDE_HOME if everywhere else districts[0],
        districts=None if everywhere else districts,
        lead_days=int(row["lead_days"]),
        womens_groups=row["womens_groups_ok"] == "1",
        confirmed_at=datetime.combine(confirmed, time(14), tzinfo=desk.settings.zone),
        topics=[
            ProfileTopic(topic_code=code, level=GOOD_KNOWLEDGE)
            for code in listed(row.get("topics", ""))
        ],
        languages=[
            ProfileLanguage(language_tag=tag, use=use, position=position)
            for position, tag in enumerate(listed(row["languages"]))
        ],
        rules=[
            AvailabilityRule(
                kind=AvailabilityKind.AVAILABLE, weekday=weekday, starts=starts, ends=ends
            )
            for weekday, starts, ends in weekly_bands(row["availability"])
        ],
    )
    if speaks:
        profile.max_per_month = int(row["max_per_month"])
        profile.min_people = int(row["min_group"])
        profile.fee_kind = row["fee"]
    else:
        profile.max_per_week = int(row["max_per_week"])
        profile.fee_kind = "H"
    return profile
