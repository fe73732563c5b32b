"""A quarter of any size in an empty database, planned by hand: what `service.py` measures with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session

from matchmaker.models import (
    AvailabilityRule,
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
    Venue,
)
from matchmaker.models.states import (
    AvailabilityKind,
    LanguageUse,
    OrganisationKind,
    ProposalSource,
    RequestSource,
    RequestState,
    Role,
)
from matchmaker.scheduling import proposal as core
from matchmaker.scheduling.problem import Assignment, Mode
from matchmaker.services.desk import Desk
from matchmaker.services.house.carrier import change_carrier
from matchmaker.services.house.reference import load_reference
from matchmaker.services.planning.judging import judged, open_requests
from matchmaker.services.planning.proposals import store_proposal
from matchmaker.services.problems import round_problem

NOW = datetime(2026, 12, 28, 8, 0, tzinfo=UTC)
FIRST_DAY, LAST_DAY = date(2027, 1, 11), date(2027, 3, 31)
WORKING_DAYS = 35
"""The first seven weeks of the round: no public holiday of Berlin falls into them."""
EVENING, OPENS, CLOSES = time(18), time(10), time(20)
TOPIC, INTERPRETED = "ANE-01", "ar"
COORDINATOR = "koordination@arbeitsmarkt.example"
EVERY_SO_MANY_INTERPRETED = 5
"""One evening in five is held with an interpreter."""
NAMES = ("Ayşe Yılmaz", "Jürgen Größe", "Олена Коваль", "سلمى حداد", "Nguyễn Thị Hoa", "Anna Meier")


def fill(session: Session, desk: Desk, *, talks: int, earlier: int) -> int:
    """A round with a plan of `talks` evenings, and `earlier` requests of years gone by.

    Returns the round's id. Nothing is approved yet.
    """
    load_reference(session)
    change_carrier(
        session, desk, name="Haus für Arbeitsmarktgespräche", phone="030 000 000", email=COORDINATOR
    )
    session.add(_person(desk, "K1", "Kim Koordination", Role.COORDINATOR, email=COORDINATOR))
    helpers = max(8, -(-talks // 5))  # who come five times each
    speakers = [_helper(desk, Role.SPEAKER, number) for number in range(helpers)]
    interpreters = [_helper(desk, Role.INTERPRETER, number) for number in range(helpers)]
    requests = [_request(desk, number) for number in range(talks)]
    others = [_earlier(desk, talks + number, requests[number % talks]) for number in range(earlier)]
    planning_round = PlanningRound(
        name="1. Quartal 2027", first_day=FIRST_DAY, last_day=LAST_DAY, created_at=desk.now
    )
    session.add_all([*speakers, *interpreters, *requests, *others, planning_round])
    session.flush()
    plan = [
        _evening(request, day, speakers[turn % helpers], interpreters[turn % helpers])
        for request, (day, turn) in zip(requests, _turns(talks), strict=True)
    ]
    _store(session, desk, planning_round, plan)
    return planning_round.id


def _turns(talks: int) -> Iterator[tuple[date, int]]:
    """For each talk its day and whose turn it is: nobody has two turns on one day."""
    a_day = -(-talks // WORKING_DAYS)
    for place in range(talks):
        turn, number = divmod(place, WORKING_DAYS)
        week, weekday = divmod(number, 5)
        yield FIRST_DAY + timedelta(weeks=week, days=weekday), number * a_day + turn


def _person(desk: Desk, code: str, name: str, role: Role, *, email: str) -> Person:
    return Person(
        code=code,
        name=name,
        email=email,
        created_at=desk.now - timedelta(days=100),
        role_rows=[PersonRole(role=role)],
    )


def _helper(desk: Desk, role: Role, number: int) -> Person:
    speaks = role is Role.SPEAKER
    name = f"{NAMES[number % len(NAMES)]} {number}"
    code = f"{'R' if speaks else 'S'}{number:04}"
    made = _person(desk, code, name, role, email=f"{code.lower()}@fach.example")
    made.profile = Profile(
        kind=role.value,
        home_district_nr="01",
        confirmed_at=desk.now - timedelta(days=10),
        topics=[ProfileTopic(topic_code=TOPIC, level=2)] if speaks else [],
        languages=[
            ProfileLanguage(
                language_tag=tag,
                use=LanguageUse.SPEAKS if speaks else LanguageUse.INTERPRETS,
                position=position,
            )
            for position, tag in enumerate(["de"] if speaks else [INTERPRETED])
        ],
        rules=[
            AvailabilityRule(
                kind=AvailabilityKind.AVAILABLE, weekday=weekday, starts=OPENS, ends=time(21)
            )
            for weekday in range(5)
        ],
    )
    return made


def _request(desk: Desk, number: int) -> Request:
    host = Organisation(
        code=f"V{number:05}",
        kind=OrganisationKind.MO,
        name=f"Verein {number} für Bildung und Begegnung",
        district_nr="01",
        venues=[
            Venue(name="Saal", address=f"Musterstraße {number + 1}, 10115 Berlin", capacity=40)
        ],
    )
    contact = _person(
        desk, f"H{number:05}", f"{NAMES[number % 6]} {number}", Role.HOST,
        email=f"verein{number}@verein.example",
    )  # fmt: skip
    contact.organisation = host
    foreign = number % EVERY_SO_MANY_INTERPRETED == 0
    asked = desk.now - timedelta(days=30, minutes=number)
    return Request(
        code=f"A{number + 1:05}",
        state=RequestState.READY,
        source=RequestSource.WEB,
        organisation=host,
        contact=contact,
        venue=host.venues[0],
        address=host.venues[0].address,
        district_nr="01",
        date_from=FIRST_DAY,
        date_to=LAST_DAY,
        people=15,
        created_at=asked,
        submitted_at=asked,
        updated_at=asked,
        topics=[RequestTopic(rank=1, topic_code=TOPIC)],
        languages=[RequestLanguage(rank=1, language_tag=INTERPRETED if foreign else "de")],
        windows=[RequestWindow(weekday=weekday, starts=OPENS, ends=CLOSES) for weekday in range(5)],
    )


def _earlier(desk: Desk, number: int, like: Request) -> Request:
    asked = desk.now - timedelta(days=400, minutes=number)
    return Request(
        code=f"A{number + 1:05}",
        state=RequestState.WITHDRAWN,
        source=RequestSource.WEB,
        organisation=like.organisation,
        contact=like.contact,
        district_nr="01",
        people=15,
        created_at=asked,
        submitted_at=asked,
        updated_at=asked,
        topics=[RequestTopic(rank=1, topic_code=TOPIC)],
        languages=[RequestLanguage(rank=1, language_tag="de")],
    )


def _evening(request: Request, day: date, speaker: Person, interpreter: Person) -> Assignment:
    language = request.languages[0].language_tag
    return Assignment(
        request=request.code,
        start=datetime.combine(day, EVENING),
        mode=Mode.ONSITE,
        language=language,
        speakers=(speaker.code,),
        interpreters=(interpreter.code,) if language == INTERPRETED else (),
    )


def _store(
    session: Session, desk: Desk, planning_round: PlanningRound, plan: list[Assignment]
) -> None:
    made = round_problem(session, desk, planning_round)
    names = {
        row.id: {tag.partition("@")[0]: tag for tag in row.languages}
        for row in made.problem.requests
    }
    plan = [
        replace(row, language=names[row.request].get(row.language, row.language)) for row in plan
    ]
    verdict = judged(made.problem, plan)
    proposal = core.Proposal(
        status=core.Status.FEASIBLE,
        assignments=tuple(sorted(plan, key=lambda row: row.request)),
        unassigned=tuple(
            core.Unassigned(request=code) for code in open_requests(made.problem, plan)
        ),
        score=verdict.score,
        bound=None,
        seconds=0.0,
        seed=0,
        warnings=verdict.rule_warnings,
    )
    store_proposal(session, desk, planning_round, made, proposal, source=ProposalSource.SOLVER)
