"""The topics of talks: their names, the questions as members ask them, when they are offered."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.i18n import N_, translations_for
from matchmaker.models import Request, Topic, TopicArea
from matchmaker.models.states import Format
from matchmaker.services.desk import Desk
from matchmaker.services.errors import CHANGED_ELSEWHERE, Conflict, Invalid, NotFound
from matchmaker.services.house import audit
from matchmaker.services.house.codes import next_code
from matchmaker.text import clean_line

LONGEST_NAME = 160
LONGEST_QUESTION = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicFacts:
    """`valid_from` and `valid_to` (both inclusive, None = no end) bound when it is offered."""

    name_de: str
    name_en: str
    question_de: str = ""
    question_en: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


def facts_of(topic: Topic) -> TopicFacts:
    return TopicFacts(
        name_de=topic.name_de,
        name_en=topic.name_en,
        question_de=topic.question_de,
        question_en=topic.question_en,
        valid_from=topic.valid_from,
        valid_to=topic.valid_to,
    )


def topic_by_code(session: Session, code: str) -> Topic:
    """Raises NotFound."""
    topic = session.get(Topic, code)
    if topic is None:
        raise NotFound(N_("There is no such topic."))
    return topic


def topic_titles(session: Session, request: Request, locale: str) -> list[str]:
    """What a request is about in the words that those who asked chose; never empty.

    The most wanted comes first.
    """
    codes = [row.topic_code for row in sorted(request.topics, key=lambda row: row.rank)]
    known = {row.code: row for row in session.scalars(select(Topic).where(Topic.code.in_(codes)))}
    names = [known[code].question_in(locale) or known[code].name_in(locale) for code in codes]
    return names or [translations_for(locale).gettext(N_("Your own question"))]


def add_topic(session: Session, desk: Desk, area_code: str, facts: TopicFacts) -> Topic:
    """A new topic in an area, under its next code. Raises Invalid."""
    facts = _normal(facts)
    area = session.scalars(select(TopicArea).where(TopicArea.code == area_code)).one_or_none()
    faults = _faults(facts)
    if area is None:
        raise Invalid({"area": N_("Area: please choose one from the list.")} | faults)
    if faults:
        raise Invalid(faults)
    topic = Topic(
        code=next_code(session, Topic.code, f"{area.code}-", 2),
        area=area,
        format=_format(area),
        institution_types=[],
    )
    _apply(topic, facts)
    session.add(topic)
    audit.record(session, desk, "topic.added", topic, after={"code": topic.code} | _plain(facts))
    return topic


def change_topic(
    session: Session, desk: Desk, topic: Topic, facts: TopicFacts, *, version: int | None = None
) -> None:
    """Replace the words and the time of a topic. Raises Conflict and Invalid."""
    if version is not None and version != topic.version:
        raise Conflict(CHANGED_ELSEWHERE)
    before, facts = facts_of(topic), _normal(facts)
    faults = _faults(facts)
    if faults:
        raise Invalid(faults)
    if facts == before:
        return
    _apply(topic, facts)
    was, becomes = _plain(before), _plain(facts)
    changed = [name for name in was if was[name] != becomes[name]]
    audit.record(
        session,
        desk,
        "topic.changed",
        topic,
        before={"code": topic.code} | {name: was[name] for name in changed},
        after={"code": topic.code} | {name: becomes[name] for name in changed},
    )


def _format(area: TopicArea) -> Format:
    """New topics are for the same kind of meeting as the others of their area."""
    return area.topics[0].format if area.topics else Format.TALK


def _normal(facts: TopicFacts) -> TopicFacts:
    return TopicFacts(
        name_de=clean_line(facts.name_de),
        name_en=clean_line(facts.name_en),
        question_de=clean_line(facts.question_de),
        question_en=clean_line(facts.question_en),
        valid_from=facts.valid_from,
        valid_to=facts.valid_to,
    )


def _faults(facts: TopicFacts) -> dict[str, str]:
    faults = {
        name: N_("Name: please write a name, at most 160 characters.")
        for name in ("name_de", "name_en")
        if not getattr(facts, name) or len(getattr(facts, name)) > LONGEST_NAME
    }
    for name in ("question_de", "question_en"):
        if len(getattr(facts, name)) > LONGEST_QUESTION:
            faults[name] = N_("Question: please write at most 200 characters.")
    if facts.valid_from and facts.valid_to and facts.valid_to < facts.valid_from:
        faults["valid_to"] = N_("Until: please give a day that is not before the first one.")
    return faults


def _apply(topic: Topic, facts: TopicFacts) -> None:
    for name, value in asdict(facts).items():
        setattr(topic, name, value)


def _plain(facts: TopicFacts) -> dict[str, Any]:
    """JSON values for the audit log."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in asdict(facts).items()
    }
