"""Reference data: what the package brings along, put where coordinators may edit it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker import i18n
from matchmaker.models import District, Language, Topic, TopicArea
from matchmaker.models.states import Format

DATA = Path(i18n.__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class InstitutionType:
    """A kind of institution that sends speakers."""

    code: str
    name_de: str
    name_en: str

    def name(self, locale: str) -> str:
        return self.name_de if locale == "de" else self.name_en


def load_reference(session: Session) -> None:
    """Add the districts, languages and topics that are missing.

    Rows that exist are left alone, so that an upgrade brings new ones without undoing edits.
    """
    _add_districts(session)
    _add_languages(session)
    _add_topics(session)
    session.flush()


@cache
def institution_types() -> dict[str, InstitutionType]:
    """Every kind of institution by its code, in the order in which lists offer them."""
    return {row["code"]: InstitutionType(**row) for row in _table("institution_types")}


def _add_districts(session: Session) -> None:
    known = set(session.scalars(select(District.nr)))
    session.add_all(
        District(
            nr=row["nr"],
            name=row["name"],
            latitude=float(row["latitude"]),
            longitude=float(row["longitude"]),
            neighbours=row["neighbours"].split("|"),
        )
        for row in _table("districts")
        if row["nr"] not in known
    )


def _add_languages(session: Session) -> None:
    known = set(session.scalars(select(Language.tag)))
    session.add_all(
        Language(
            tag=language.tag,
            iso639_3=language.iso639_3,
            name_de=language.german,
            name_en=language.english,
            autonym=language.autonym,
            direction=language.direction,
            position=position,
        )
        for position, language in enumerate(i18n.languages().values())
        if language.tag not in known
    )


def _add_topics(session: Session) -> None:
    areas = {area.code: area for area in session.scalars(select(TopicArea))}
    for position, row in enumerate(_table("topic_areas")):
        if row["code"] not in areas:
            areas[row["code"]] = TopicArea(**row, position=position)
            session.add(areas[row["code"]])
    known = set(session.scalars(select(Topic.code)))
    session.add_all(
        Topic(
            code=row["code"],
            area=areas[row["area"]],
            format=Format(row["format"]),
            name_de=row["name_de"],
            name_en=row["name_en"],
            question_de=row["ask_de"],
            question_en=row["ask_en"],
            institution_types=row["institution_types"].split("|"),
        )
        for row in _table("topics")
        if row["code"] not in known
    )


def _table(name: str) -> Iterator[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream, delimiter=";")
