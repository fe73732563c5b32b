from __future__ import annotations

from collections import Counter
from datetime import date, time

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.demo import load
from matchmaker.demo.tables import periods, rows, weekly_bands
from matchmaker.models import (
    DuplicateFlag,
    Organisation,
    Person,
    PlanningRound,
    Request,
)
from matchmaker.models.states import DuplicateState, LanguageUse, RequestState, Role, RoundState
from matchmaker.services.desk import Desk
from matchmaker.services.errors import NotPossible
from matchmaker.services.house import audit
from tests import factories


def _person(session: Session, code: str) -> Person:
    return session.scalars(select(Person).where(Person.code == code)).one()


def _request(session: Session, code: str) -> Request:
    return session.scalars(select(Request).where(Request.code == code)).one()


def test_weekly_bands_reads_the_time_codes() -> None:
    assert list(weekly_bands("V:02|SN:5")) == [
        (0, time(10), time(12)),
        (2, time(10), time(12)),
        (5, time(15), time(17)),
    ]


def test_periods_reads_blocked_days() -> None:
    assert list(periods("2027-02-08/2027-03-11|2027-03-20/2027-03-22")) == [
        (date(2027, 2, 8), date(2027, 3, 11)),
        (date(2027, 3, 20), date(2027, 3, 22)),
    ]


def test_load_demo_brings_everybody(demo_session: Session) -> None:
    people = demo_session.scalars(select(Person)).all()
    roles = Counter(role for person in people for role in person.roles)

    assert roles == {
        Role.HOST: 20,
        Role.SPEAKER: 25,
        Role.INTERPRETER: 8,
        Role.COORDINATOR: 1,
        Role.AUDITOR: 1,
        Role.ADMIN: 1,
    }
    assert Counter(demo_session.scalars(select(Organisation.kind))) == {"mo": 20, "institution": 21}


def test_load_demo_invents_every_name_and_address(demo_session: Session) -> None:
    people = demo_session.scalars(select(Person)).all()
    organisations = demo_session.scalars(select(Organisation)).all()
    phones = [thing.phone or "" for thing in (*people, *organisations)]

    assert [person.name for person in people if not person.name.endswith(" (Demo)")] == []
    assert [thing.name for thing in organisations if "Demo" not in thing.name] == []
    assert [person.email for person in people if not person.email.endswith(".example")] == []
    assert [phone for phone in phones if not phone.startswith("+49 30 23125-")] == []


def test_load_demo_starts_with_sixty_ready_requests(demo_session: Session) -> None:
    requests = demo_session.scalars(select(Request).order_by(Request.code)).all()

    assert [request.code for request in requests] == [f"A{n:03d}" for n in range(1, 61)]
    assert {request.state for request in requests} == {RequestState.READY}
    womens = {request.organisation_id for request in requests if request.womens_group}
    groups = select(Organisation.id).where(Organisation.code.in_(["MO03", "MO20"]))
    assert womens == set(demo_session.scalars(groups))


def test_load_demo_takes_a_request_over_completely(demo_session: Session) -> None:
    request = _request(demo_session, "A002")
    windows = [(window.weekday, window.starts, window.ends) for window in request.windows]

    assert (request.date_from, request.date_to) == (date(2027, 1, 18), date(2027, 2, 27))
    assert [topic.topic_code for topic in request.topics] == ["ANE-03"]
    assert [language.language_tag for language in request.languages] == ["fr"]
    assert windows == [
        (5, time(11), time(13)),
        (6, time(15), time(17)),
        (2, time(18), time(20)),
        (4, time(18), time(20)),
    ]
    assert (request.people, request.district_nr, request.minutes) == (15, "01", 120)


def test_load_demo_takes_a_speaker_over_completely(demo_session: Session) -> None:
    profile = _person(demo_session, "R03").profile
    assert profile is not None

    assert {topic.topic_code: topic.level for topic in profile.topics} == {
        "VER-01": 2,
        "VER-03": 2,
        "QUA-02": 2,
    }
    assert [language.language_tag for language in profile.languages] == ["de", "ru"]
    assert (profile.home_district_nr, profile.districts) == ("02", ["02", "03", "09", "10", "11"])
    assert (profile.max_per_day, profile.max_per_month, profile.lead_days) == (1, 3, 21)
    assert (profile.min_people, profile.womens_groups, profile.fee_kind) == (8, True, "D")
    assert len(profile.rules) == 6


def test_load_demo_takes_an_interpreter_over_completely(demo_session: Session) -> None:
    profile = _person(demo_session, "S2").profile
    assert profile is not None

    languages = [(language.language_tag, language.use) for language in profile.languages]
    assert languages == [(tag, LanguageUse.INTERPRETS) for tag in ("fa", "fa-AF", "ps")]
    assert (profile.home_district_nr, profile.districts) == ("01", None)
    assert (profile.max_per_week, profile.lead_days, profile.womens_groups) == (2, 7, False)


def test_load_demo_flags_the_request_sent_twice(demo_session: Session) -> None:
    flags = demo_session.scalars(select(DuplicateFlag)).all()

    assert [(flag.first.code, flag.second.code, flag.state) for flag in flags] == [
        ("A057", "A058", DuplicateState.OPEN)
    ]


def test_load_demo_leaves_one_open_round(demo_session: Session) -> None:
    rounds = demo_session.scalars(select(PlanningRound)).all()

    assert [(row.first_day, row.last_day, row.state) for row in rounds] == [
        (date(2027, 1, 11), date(2027, 3, 31), RoundState.OPEN)
    ]


def test_load_demo_writes_a_whole_audit_chain(demo_session: Session) -> None:
    assert list(audit.broken_links(demo_session)) == []


def test_load_demo_twice_is_refused(demo_session: Session, demo_desk: Desk) -> None:
    with pytest.raises(NotPossible, match="empty database"):
        load.load_demo(demo_session, demo_desk)


def test_load_demo_next_to_real_data_is_refused(session: Session, desk: Desk) -> None:
    factories.organisation(session)

    with pytest.raises(NotPossible):
        load.load_demo(session, desk)


def test_the_tables_say_what_must_come_of_every_request() -> None:
    expected = Counter(row["expect"].partition(":")[0] for row in rows("requests"))

    assert expected == {"ok": 45, "unmoeglich": 9, "konflikt": 4, "dublette": 2}
