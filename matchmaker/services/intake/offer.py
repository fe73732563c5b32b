"""What the form offers to choose from: topics by area, languages, districts, days to copy."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matchmaker.models import District, Language, Request, Topic, TopicArea
from matchmaker.models.states import Format
from matchmaker.services.desk import Desk
from matchmaker.services.house.reference import DATA

MOST_TOPICS = 3
COMMON_LANGUAGES = (
    "de-simple", "de", "en", "ar", "tr", "uk", "ru", "fa", "fa-AF", "kmr", "fr", "es", "vi", "pl",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Offer:
    """`today` is the day at the carrier's place."""

    topics: Mapping[str, Topic]
    languages: Mapping[str, Language]
    districts: Mapping[str, District]
    today: date

    def areas(self) -> list[tuple[TopicArea, list[Topic]]]:
        """The areas in their order, each with its topics."""
        grouped: dict[int, tuple[TopicArea, list[Topic]]] = {}
        for topic in self.topics.values():
            grouped.setdefault(topic.area_id, (topic.area, []))[1].append(topic)
        return sorted(grouped.values(), key=lambda pair: (pair[0].position, pair[0].id))

    def common_languages(self) -> list[Language]:
        """Those that are asked for most often; they stand first."""
        return [self.languages[tag] for tag in COMMON_LANGUAGES if tag in self.languages]

    def other_languages(self) -> list[Language]:
        return [row for tag, row in self.languages.items() if tag not in COMMON_LANGUAGES]


def load_offer(session: Session, desk: Desk, request: Request | None = None) -> Offer:
    """What is offered today, and what `request` has chosen although it no longer is."""
    chosen = {row.topic_code for row in request.topics} if request else set()
    topics = session.scalars(
        select(Topic)
        .where(Topic.format == Format.TALK)
        .options(joinedload(Topic.area))
        .order_by(Topic.code)
    )
    return Offer(
        topics={
            row.code: row for row in topics if row.code in chosen or row.is_offered(desk.today)
        },
        languages={
            row.tag: row
            for row in session.scalars(select(Language).order_by(Language.position, Language.tag))
        },
        districts={row.nr: row for row in session.scalars(select(District).order_by(District.nr))},
        today=desk.today,
    )


@dataclass(frozen=True, slots=True)
class Feast:
    """Days that can be copied into a form; where they came from is never kept.

    `estimated`: the dates follow the moon and may be a day off.
    """

    key: str
    name_de: str
    name_en: str
    first: date
    last: date
    estimated: bool

    def name(self, locale: str) -> str:
        return self.name_de if locale.startswith("de") else self.name_en


@cache
def feasts() -> tuple[Feast, ...]:
    """All known feasts by their first day."""
    with (DATA / "feasts.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table, delimiter=";"))
    made = (
        Feast(
            key=row["key"],
            name_de=row["name_de"],
            name_en=row["name_en"],
            first=date.fromisoformat(row["first"]),
            last=date.fromisoformat(row["last"]),
            estimated=row["estimated"] == "1",
        )
        for row in rows
    )
    return tuple(sorted(made, key=lambda feast: (feast.first, feast.last)))


def feasts_between(first: date, last: date) -> list[Feast]:
    """Those that touch the period (both days inclusive)."""
    return [feast for feast in feasts() if feast.first <= last and feast.last >= first]
