from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import AuditEntry, Topic
from matchmaker.models.states import Format
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Conflict, Invalid, NotFound
from matchmaker.services.house import topics
from matchmaker.services.house.reference import load_reference
from matchmaker.services.house.topics import TopicFacts

FACTS = TopicFacts(name_de="Sprachcafés", name_en="Language cafés")


@pytest.fixture(autouse=True)
def _reference(session: Session) -> None:
    load_reference(session)


def test_add_topic_takes_the_format_of_its_area(session: Session, desk: Desk) -> None:
    made = [topics.add_topic(session, desk, area, FACTS) for area in ("SPR", "MOW", "SPR")]

    assert [(topic.code, topic.format) for topic in made] == [
        ("SPR-04", Format.TALK),
        ("MOW-05", Format.WORKSHOP),
        ("SPR-05", Format.TALK),
    ]


def test_add_topic_to_no_area_is_refused(session: Session, desk: Desk) -> None:
    with pytest.raises(Invalid) as refusal:
        topics.add_topic(session, desk, "XXX", replace(FACTS, name_en=""))
    assert sorted(refusal.value.fields) == ["area", "name_en"]


def test_change_topic_records_what_changed(session: Session, desk: Desk) -> None:
    topic = topics.topic_by_code(session, "ANE-01")
    facts = replace(topics.facts_of(topic), valid_to=date(2027, 6, 30))

    topics.change_topic(session, desk, topic, facts)
    topics.change_topic(session, desk, topic, facts)

    (entry,) = session.scalars(select(AuditEntry))
    assert entry.before == {"code": "ANE-01", "valid_to": None}
    assert entry.after == {"code": "ANE-01", "valid_to": "2027-06-30"}


def test_change_topic_of_a_stale_page_is_refused(session: Session, desk: Desk) -> None:
    topic = topics.topic_by_code(session, "ANE-01")
    with pytest.raises(Conflict):
        topics.change_topic(session, desk, topic, FACTS, version=topic.version - 1)


@pytest.mark.parametrize(
    ("bounds", "offered"),
    [
        ((None, None), True),
        ((date(2026, 12, 28), date(2026, 12, 28)), True),
        ((date(2026, 12, 29), None), False),
        ((None, date(2026, 12, 27)), False),
    ],
)
def test_topic_is_offered_within_its_days(
    desk: Desk, bounds: tuple[date | None, date | None], offered: bool
) -> None:
    topic = Topic(code="X", valid_from=bounds[0], valid_to=bounds[1])

    assert topic.is_offered(desk.today) is offered


def test_topic_by_code_knows_nothing(session: Session) -> None:
    with pytest.raises(NotFound):
        topics.topic_by_code(session, "XXX-01")
