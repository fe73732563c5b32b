"""A small quarter for the coordination's pages: two evenings planned, one of them approved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session, sessionmaker

from matchmaker.models import Person
from matchmaker.models.states import Role
from matchmaker.services.desk import Desk
from matchmaker.services.talks import approval
from tests import factories
from tests.services.plans import TUESDAY, evening, stored_plan

EVENINGS = ((0, 17, 21), (1, 17, 21), (2, 17, 21), (3, 17, 21))


@dataclass
class Quarter:
    """`codes` of the requests in order of their evenings; the first is approved as T001."""

    round_id: int
    codes: tuple[str, str]
    speaker: Person
    other_speaker: Person
    host: Person
    coordinator: Person
    auditor: Person


def make_quarter(factory: sessionmaker[Session], desk: Desk) -> Quarter:
    with factory.begin() as session:
        factories.language(session, "de")
        first, second, third = (
            factories.speaker(
                session, topics={"ANE-01": 2}, weekly=EVENINGS, name=f"Fachperson {number}"
            )
            for number in "ABC"
        )
        requests = [factories.request(session, weekly=EVENINGS) for _ in range(2)]
        planning_round = factories.planning_round(session)
        stored_plan(
            session,
            desk,
            planning_round,
            evening(requests[0], first.code),
            evening(requests[1], second.code, start=TUESDAY + timedelta(days=1)),
        )
        approval.approve(session, desk, planning_round.id, requests=[requests[0].code])
        host = requests[0].contact
        assert host is not None
        return Quarter(
            planning_round.id,
            (requests[0].code, requests[1].code),
            first,
            third,
            host,
            factories.person(session, Role.COORDINATOR),
            factories.person(session, Role.AUDITOR),
        )
