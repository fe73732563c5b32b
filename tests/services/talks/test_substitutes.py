"""Who could take over: whose evening it is counts more than who has least to do."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from matchmaker.models import RequestTopic
from matchmaker.models.states import AssignmentRole, AssignmentState
from matchmaker.services.desk import Desk
from matchmaker.services.talks.substitutes import candidates
from tests import factories
from tests.services.plans import TUESDAY_UTC
from tests.services.talks.approved import EVENINGS, Approved


@pytest.fixture
def approved(session: Session, desk: Desk) -> Approved:
    return Approved(session, desk)


def _speaker(approved: Approved, name: str, **facts: Any) -> None:
    known = {"topics": {"ANE-01": 2}, "weekly": EVENINGS, "languages": ("de",)} | facts
    person = factories.speaker(approved.session, name=name, **known)
    if name == "Busy":
        factories.assignment(approved.session, person, TUESDAY_UTC.replace(day=28))


def test_candidates_who_have_time_come_before_those_who_have_less_to_do(
    approved: Approved,
) -> None:
    factories.topic(approved.session, "ANE-02")
    _speaker(approved, "Other evening", weekly=((5, 8, 9),))
    _speaker(approved, "Other topic", topics={"ANE-02": 2})
    _speaker(approved, "Interpreted")
    _speaker(approved, "Busy", languages=("ar", "de"))

    found = candidates(approved.session, approved.desk, approved.talk, AssignmentRole.SPEAKER)

    assert [row.person.name for row in found] == [
        "Busy",
        "Interpreted",
        "Other topic",
        "Other evening",
    ]
    assert found[0].languages == ["ar", "de"]
    assert [row.directly for row in found] == [True, False, False, False]


def test_rules_that_somebody_would_break_are_named_beforehand(approved: Approved) -> None:
    approved.request.womens_group = True
    approved.request.people = 8
    assert approved.talk.district_nr is not None
    _speaker(
        approved, "Fits", profile={"districts": [approved.talk.district_nr], "max_per_month": 1}
    )
    _speaker(approved, "Men only", profile={"womens_groups": False})
    _speaker(approved, "Elsewhere", profile={"districts": ["99"], "modes": ["online"]})
    _speaker(approved, "Large groups", profile={"min_people": 9})
    _speaker(approved, "Busy", profile={"max_per_month": 1})

    found = candidates(approved.session, approved.desk, approved.talk, AssignmentRole.SPEAKER)

    by_name = {row.person.name: row for row in found}
    assert found[0] is by_name["Fits"]
    assert {name: row.blockers for name, row in by_name.items()} == {
        "Fits": (),
        "Men only": ("group",),
        "Elsewhere": ("district", "mode"),
        "Large groups": ("group_size",),
        "Busy": (),
    }
    assert [name for name, row in by_name.items() if row.full] == ["Busy"]


def test_somebody_who_knows_the_second_topic_covers_the_talk(approved: Approved) -> None:
    factories.topic(approved.session, "ANE-02")
    approved.request.topics.append(RequestTopic(rank=2, topic_code="ANE-02"))
    _speaker(approved, "Second topic", topics={"ANE-02": 2})

    (row,) = candidates(approved.session, approved.desk, approved.talk, AssignmentRole.SPEAKER)

    assert row.covers


def test_whoever_has_declined_another_talk_at_that_time_has_no_time_for_this_one(
    approved: Approved,
) -> None:
    _speaker(approved, "Declined")
    _speaker(approved, "Free")
    _speaker(approved, "Replaced")
    known = {
        row.person.name: row.person
        for row in candidates(
            approved.session, approved.desk, approved.talk, AssignmentRole.SPEAKER
        )
    }
    for name, state in (
        ("Declined", AssignmentState.DECLINED),
        ("Replaced", AssignmentState.CANCELLED),
    ):
        factories.assignment(approved.session, known[name], TUESDAY_UTC, state=state)
    approved.session.flush()

    found = candidates(approved.session, approved.desk, approved.talk, AssignmentRole.SPEAKER)

    assert [(row.person.name, row.declined, row.free) for row in found] == [
        ("Free", False, True),
        ("Replaced", False, True),
        ("Declined", True, False),
    ]
