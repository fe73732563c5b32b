from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.models import District, Language, Topic, TopicArea
from matchmaker.models.states import Format
from matchmaker.services.house.reference import institution_types, load_reference


def _counts(session: Session) -> dict[str, int]:
    tables = (District, Language, TopicArea, Topic)
    return {
        table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
        for table in tables
    }


def test_load_reference_brings_the_lists_along(session: Session) -> None:
    load_reference(session)

    assert _counts(session) == {"district": 12, "language": 46, "topic_area": 13, "topic": 56}
    topic = session.get_one(Topic, "ANE-01")
    assert topic.question_de == "Ist mein Beruf in Deutschland gültig?"
    assert topic.question_en == "Is my profession valid in Germany?"
    assert topic.institution_types == ["anerkennungsberatung", "kammer"]
    assert session.get_one(Language, "fa-AF").direction == "rtl"
    assert session.get_one(District, "05").neighbours == ["04", "06", "12"]


def test_load_reference_twice_keeps_what_was_edited(session: Session) -> None:
    load_reference(session)
    session.get_one(Topic, "ANE-01").name_de = "Von uns umbenannt"
    session.delete(session.get_one(Topic, "FAM-04"))
    session.commit()

    load_reference(session)
    session.commit()

    assert _counts(session)["topic"] == 56
    assert session.get_one(Topic, "ANE-01").name_de == "Von uns umbenannt"


def test_load_reference_gives_topics_their_format(session: Session) -> None:
    load_reference(session)

    counted = session.execute(select(Topic.format, func.count()).group_by(Topic.format))
    assert {row[0]: row[1] for row in counted} == {
        Format.TALK: 45,
        Format.WORKSHOP: 4,
        Format.ADVICE: 5,
        Format.COACHING: 2,
    }


def test_every_talk_topic_has_a_question_in_both_languages(session: Session) -> None:
    load_reference(session)

    talks = session.scalars(select(Topic).where(Topic.format == Format.TALK))
    assert [topic.code for topic in talks if not (topic.question_de and topic.question_en)] == []


def test_institution_types_have_names_in_both_languages() -> None:
    kinds = institution_types()

    assert kinds["kammer"].name("de") == "Kammer (IHK / Handwerkskammer)"
    assert kinds["kammer"].name("en") == "Chamber of commerce / crafts"
    assert len(kinds) == 25
